//! The bundle's own tests: request, and what it should be answered.

mod file;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use approval_core::assessment::{Answer, Assessment};
use approval_core::moment::Moment;
use approval_core::name::RuleId;
use approval_core::requester::Requester;
use approval_core::requirement::Requirement;

use self::file::{Case, Expectation, Expected};
use crate::bundle::Bundle;
use crate::files::text_of;

/// How one case of `tests/*.toml` ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CaseResult {
    /// The file.
    pub file: String,
    /// The case.
    pub name: String,
    /// What was otherwise than expected; empty if it passed.
    pub differences: Vec<String>,
}

impl CaseResult {
    /// Whether everything was as expected.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.differences.is_empty()
    }
}

/// Runs every case of a folder; a file that cannot be read is a failed case.
pub(crate) fn run(bundle: &Bundle, folder: &Path) -> Vec<CaseResult> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        // A bundle without tests, or shipped without them.
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Vec::new(),
        Err(error) => {
            let why = format!("the folder cannot be read: {error}");
            return vec![failed(&folder.display().to_string(), "(folder)", why)];
        }
    };
    let mut paths: Vec<_> = entries.filter_map(Result::ok).map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "toml"));
    paths.sort();
    paths.iter().flat_map(|path| file(bundle, path)).collect()
}

fn file(bundle: &Bundle, path: &Path) -> Vec<CaseResult> {
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let name = format!("{}/{name}", crate::files::TESTS);
    let cases = match text_of(path).and_then(|text| file::read(&name, &text)) {
        Ok(cases) => cases,
        Err(why) => return vec![failed(&name, "(file)", why)],
    };
    let mut names = BTreeSet::new();
    let mut results = Vec::new();
    for case in cases {
        if !names.insert(case.name.clone()) {
            results.push(failed(&name, &case.name, "two cases have this name".to_owned()));
        }
        results.push(CaseResult {
            file: name.clone(),
            name: case.name.clone(),
            differences: differences(bundle, &case),
        });
    }
    results
}

fn failed(file: &str, name: &str, why: String) -> CaseResult {
    CaseResult { file: file.to_owned(), name: name.to_owned(), differences: vec![why] }
}

fn differences(bundle: &Bundle, case: &Case) -> Vec<String> {
    let Some(entry) = bundle.catalogue.tool(&case.tool) else {
        return vec![format!("the bundle has no tool `{}`", case.tool)];
    };
    match (entry.validate(&case.arguments), case.expect.answer) {
        (Err(_), Expected::Invalid) => return Vec::new(),
        (Ok(()), Expected::Invalid) => return vec!["the arguments are accepted".to_owned()],
        (Err(why), Expected::Allowed | Expected::Pending | Expected::Refused) => {
            return vec![format!("the arguments are turned away before any rule is asked: {why}")];
        }
        (Ok(()), Expected::Allowed | Expected::Pending | Expected::Refused) => {}
    }
    let now = case.now.or_else(|| Moment::from_millis(NOON).ok());
    let requester =
        Requester { caller: case.caller, agent: case.agent.clone(), person: case.person.clone() };
    let action = now.and_then(|now| bundle.imagine(entry, case.arguments.clone(), requester, now));
    let Some((action, now)) = action.zip(now) else {
        return vec!["the case cannot be made a request".to_owned()];
    };
    compare(&case.expect, &bundle.assess(&action, now), now)
}

/// When a case takes place unless it says so: noon of 1 January 2026.
const NOON: i64 = 1_767_268_800_000;

fn compare(expect: &Expectation, found: &Assessment, now: Moment) -> Vec<String> {
    let mut differences = Vec::new();
    let mut differ = |what: &str, wanted: String, got: String| {
        if wanted != got {
            differences.push(format!("{what}: expected {wanted}, found {got}"));
        }
    };
    let answer = match found.answer {
        Answer::Allowed => Expected::Allowed,
        Answer::Pending => Expected::Pending,
        Answer::Refused => Expected::Refused,
    };
    differ("answer", expect.answer.to_string(), answer.to_string());
    if let Some(tier) = expect.tier {
        differ("tier", tier.to_string(), found.tier.to_string());
    }
    if let Some(rules) = &expect.rules {
        let wanted = sorted(rules.iter().map(String::as_str));
        let got = sorted(found.rules.iter().map(RuleId::as_str));
        differ("rules", format!("{wanted:?}"), format!("{got:?}"));
    }
    if let Some(requirements) = &expect.requirements {
        let listed = |all: &[Requirement]| {
            let said = all.iter().map(|one| {
                let rejects = one.reject_quorum;
                let no = if rejects > 1 { format!(", {rejects} to reject") } else { String::new() };
                format!("{} of {}{no}", one.quorum, one.group)
            });
            format!("{:?}", sorted(said))
        };
        differ("requirements", listed(requirements), listed(&found.requirements));
    }
    if let Some(within) = expect.decide_within {
        let by = found.decide_by.map(|by| by.to_string());
        differ("decide_by", now.plus(within).to_string(), by.unwrap_or_default());
    }
    if let Some(reason) = &expect.reason {
        differ(
            "reason",
            format!("{reason:?}"),
            format!("{:?}", found.reason.as_deref().unwrap_or_default()),
        );
    }
    differences
}

fn sorted<T: Ord>(values: impl Iterator<Item = T>) -> Vec<T> {
    values.collect::<BTreeSet<T>>().into_iter().collect()
}

#[cfg(test)]
mod tests;
