//! Loading the rules: parsed, named, checked against the schema and the roster.

use std::collections::{BTreeMap, BTreeSet};

use approval_core::risk::RiskTier;
use cedar_policy::{Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use miette::Diagnostic;

use super::annotations::Rule;
use super::{bounds, schema};
use crate::catalogue::Catalogue;
use crate::error::{Problems, at};
use crate::files::{ACTIONS, Files, POLICY};
use crate::roster::Approvers;
use crate::settings::Settings;

/// The most rules a bundle may have, as an AgentCore policy engine.
const MOST_RULES: usize = 1000;

/// The rules of a bundle, ready to be evaluated.
#[derive(Debug)]
pub(crate) struct Rules {
    pub(super) schema: Schema,
    /// Everything but the rules that ask.
    pub(super) plain: PolicySet,
    /// The rules that ask.
    pub(super) asking: PolicySet,
    by_id: BTreeMap<String, Rule>,
    pub(super) gateway: String,
}

/// A rule and where it stands.
struct Found<'a> {
    file: &'a str,
    text: &'a str,
    rule: Rule,
    policy: Policy,
}

impl Found<'_> {
    fn place(&self) -> String {
        format!("{} @id(\"{}\")", self.file, self.rule.id)
    }
}

impl Rules {
    /// Reads the rule files.
    pub(crate) fn read(
        files: &Files,
        stack: &str,
        catalogue: &Catalogue,
        roster: &Approvers,
        settings: &Settings,
        problems: &mut Problems,
    ) -> Option<Self> {
        let found = all(files, problems);
        for one in &found {
            people(one, roster, settings, problems);
            gateway(one, stack, problems);
        }
        let schema = match schema::of(catalogue) {
            Ok(schema) => schema,
            Err(why) => {
                problems.add(ACTIONS, format!("the tools make no Cedar schema: {why}"));
                return None;
            }
        };
        let mut plain = PolicySet::new();
        let mut asking = PolicySet::new();
        for one in &found {
            let set = if one.rule.ask.is_some() { &mut asking } else { &mut plain };
            if let Err(why) = set.add(one.policy.clone()) {
                problems.add(one.place(), why);
            }
        }
        let validator = Validator::new(schema.clone());
        for set in [&plain, &asking] {
            validate(&validator, set, &found, problems);
        }
        let by_id = found.into_iter().map(|one| (one.rule.id.to_string(), one.rule)).collect();
        Some(Self { schema, plain, asking, by_id, gateway: stack.to_owned() })
    }

    /// All rules, in the order of their ids.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Rule> {
        self.by_id.values()
    }

    /// The rule with this id.
    pub(super) fn named(&self, id: &PolicyId) -> Option<&Rule> {
        let id: &str = id.as_ref();
        self.by_id.get(id)
    }
}

fn all<'a>(files: &'a Files, problems: &mut Problems) -> Vec<Found<'a>> {
    let mut found = Vec::<Found<'a>>::new();
    for (file, text) in files.rules() {
        for one in one_file(file, text, problems) {
            if let Some(first) = found.iter().find(|other| other.rule.id == one.rule.id) {
                let what = format!("`{}` has a rule of this id already: rename one", first.file);
                problems.add(one.place(), what);
                continue;
            }
            found.push(one);
        }
    }
    if found.is_empty() && problems.count() == 0 {
        problems.add("*.cedar", "the bundle has no rules, so nothing would be allowed: add some");
    }
    if found.len() > MOST_RULES {
        problems.add("*.cedar", format!("the bundle has more than {MOST_RULES} rules"));
    }
    found
}

fn one_file<'a>(file: &'a str, text: &'a str, problems: &mut Problems) -> Vec<Found<'a>> {
    if let Some((offset, what)) = bounds::exceeded(text) {
        problems.add(at(file, text, offset..offset), what);
        return Vec::new();
    }
    let set: PolicySet = match text.parse() {
        Ok(set) => set,
        Err(errors) => {
            let errors: cedar_policy::ParseErrors = errors;
            for error in errors.iter() {
                problems.add(place(file, text, error), said(error));
            }
            return Vec::new();
        }
    };
    for template in set.templates() {
        let id = template.annotation("id").unwrap_or("?");
        problems.add(
            format!("{file} @id(\"{id}\")"),
            "a template needs a principal or resource filled in, and nothing does: name it instead \
             of `?principal` or `?resource`",
        );
    }
    let mut found = Vec::new();
    let mut policies: Vec<&Policy> = set.policies().collect();
    policies.sort_by_key(|policy| position(policy));
    for (index, policy) in policies.into_iter().enumerate() {
        match Rule::read(policy) {
            Ok(rule) => {
                let policy = policy.new_id(PolicyId::new(rule.id.as_str()));
                found.push(Found { file, text, rule, policy });
            }
            Err(faults) => {
                let place = match policy.annotation("id") {
                    Some(id) => format!("{file} @id(\"{}\")", approval_core::strict::shown(id)),
                    None => format!("{file} rule {}", index.saturating_add(1)),
                };
                for fault in faults {
                    problems.add(&place, fault);
                }
            }
        }
    }
    found
}

/// Where a policy stands in its file: Cedar numbers them `policy0`, `policy1` …
fn position(policy: &Policy) -> usize {
    let id: &str = policy.id().as_ref();
    id.trim_start_matches("policy").parse().unwrap_or(usize::MAX)
}

/// Whether the people a rule asks can answer at all.
fn people(one: &Found<'_>, roster: &Approvers, settings: &Settings, problems: &mut Problems) {
    let Rule { tier, ask, .. } = &one.rule;
    match tier {
        Some(RiskTier::Critical) => problems.add(
            one.place(),
            "tier critical needs approvers who sign in, which is not built yet: use a lower tier",
        ),
        Some(RiskTier::High) if !settings.accept_mailbox_risk => problems.add(
            one.place(),
            format!(
                "tier high needs approvers who sign in, which is not built yet: use tier medium, \
                 or write `accept_mailbox_risk = true` in {POLICY}"
            ),
        ),
        Some(RiskTier::High | RiskTier::Medium | RiskTier::Low) | None => {}
    }
    let Some(ask) = ask else { return };
    if ask.decide_within.is_some_and(|within| within > settings.hard_limit) {
        problems.add(one.place(), format!("`@decide_within` is beyond `hard_limit` of {POLICY}"));
    }
    let group = &ask.group;
    let floor = if *tier >= Some(RiskTier::High) { settings.unverified_quorum } else { 1 };
    let quorum = ask.quorum.max(floor);
    if ask.escalate_after.is_some() && roster.escalation(group).is_none() {
        let what = "`@escalate_after`, but the group has no further one: add `escalation` to";
        problems.add(one.place(), format!("{what} `[groups.{group}]`"));
    }
    if let (Some(after), Some(within)) = (ask.escalate_after, ask.decide_within)
        && after >= within
    {
        let what = "`@escalate_after` is not before `@decide_within`: write less";
        problems.add(one.place(), what);
    }
    match roster.permanent(group) {
        None => problems.add(
            one.place(),
            format!("`@ask(\"{group}\")` names no group: add `[groups.{group}]` with members"),
        ),
        Some(members) if members < quorum as usize => problems.add(
            one.place(),
            format!(
                "`{group}` has {members} permanent members and {quorum} must agree: add members \
                 or lower `@quorum`"
            ),
        ),
        Some(members) if members < ask.reject_quorum as usize => problems.add(
            one.place(),
            format!(
                "`{group}` has {members} permanent members and {} must reject: lower \
                 `@reject_quorum`",
                ask.reject_quorum
            ),
        ),
        Some(_) => {}
    }
}

/// A rule about another gateway would never hold here; a `forbid` would silently forbid nothing.
fn gateway(one: &Found<'_>, stack: &str, problems: &mut Problems) {
    let Some(here) = super::entity("Gateway", stack) else {
        return;
    };
    for literal in one.policy.entity_literals() {
        if literal.type_name() == here.type_name() && literal != here {
            problems.add(
                one.place(),
                format!("the rule names {literal} and would never hold here: write `resource`"),
            );
        }
    }
}

/// Strict validation. Warnings count: each is a rule that does not do what it seems to.
fn validate(validator: &Validator, set: &PolicySet, found: &[Found<'_>], problems: &mut Problems) {
    let result = validator.validate(set, ValidationMode::Strict);
    let mut told = BTreeSet::<&PolicyId>::new();
    let mut tell = |id: &PolicyId, error: &dyn Diagnostic| {
        let id: &str = id.as_ref();
        let one = found.iter().find(|one| one.rule.id.as_str() == id);
        let place = one.map_or_else(|| id.to_owned(), |one| place(one.file, one.text, error));
        problems.add(place, said(error));
    };
    for error in result.validation_errors() {
        told.insert(error.policy_id());
        tell(error.policy_id(), error);
    }
    // What is wrong anyway is bound to be warned about as well.
    for warning in result.validation_warnings().filter(|w| !told.contains(w.policy_id())) {
        tell(warning.policy_id(), warning);
    }
}

/// File, line and column of an error, as far as it knows them.
fn place(file: &str, text: &str, error: &dyn Diagnostic) -> String {
    let label = error.labels().and_then(|mut labels| labels.next());
    label.map_or_else(
        || file.to_owned(),
        |label| {
            let start = label.offset();
            at(file, text, start..start.saturating_add(label.len()))
        },
    )
}

/// The message with what its label and its help add: what was expected, what was perhaps meant.
fn said(error: &dyn Diagnostic) -> String {
    let label = error.labels().and_then(|mut labels| labels.next());
    let label = label.and_then(|label| label.label().map(str::to_owned));
    let help = error.help().map(|help| help.to_string());
    [Some(error.to_string()), label, help].into_iter().flatten().collect::<Vec<_>>().join(": ")
}
