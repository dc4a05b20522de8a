//! A policy bundle: loaded whole or not at all.

use std::path::{Path, PathBuf};

use approval_core::action::{CanonicalAction, FORMAT};
use approval_core::assessment::Assessment;
use approval_core::digest::Digest;
use approval_core::evidence::Terms;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::requester::Requester;
use serde_json::Value;

use crate::assess;
use crate::cases::{self, CaseResult};
use crate::catalogue::{Catalogue, Entry, Preview};
use crate::cedar::{Rule, Rules};
use crate::error::{LoadErrors, Problems};
use crate::files::{ACTIONS, APPROVERS, Files, POLICY, TESTS, TOOLS};
use crate::roster::Approvers;
use crate::settings::Settings;

/// A policy bundle that passed every check.
#[derive(Debug)]
pub struct Bundle {
    pub(crate) catalogue: Catalogue,
    pub(crate) roster: Approvers,
    pub(crate) settings: Settings,
    pub(crate) rules: Rules,
    pub(crate) digest: Digest,
    pub(crate) stack: String,
    tests: PathBuf,
}

/// What to look at before people are asked about an action.
#[derive(Debug)]
pub struct Look<'a> {
    /// What the catalogue names.
    pub preview: &'a Preview,
    /// The action that reads.
    pub action: CanonicalAction,
    /// The catalogue's entry of it.
    pub terms: Terms,
    /// What the rules say of it.
    pub assessment: Assessment,
}

impl Bundle {
    /// Loads the bundle in a folder, for a stack.
    ///
    /// ```
    /// use std::path::Path;
    ///
    /// use approval_policy::{Bundle, CaseResult};
    ///
    /// let folder = Path::new("../../examples/customer-support/policy");
    /// let bundle = Bundle::load(folder, "demo")?;
    /// assert!(bundle.test().iter().all(CaseResult::passed));
    /// # Ok::<(), approval_policy::LoadErrors>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, at once.
    pub fn load(folder: &Path, stack: &str) -> Result<Self, LoadErrors> {
        let mut problems = Problems::default();
        let files = Files::read(folder, &mut problems);
        Self::build(&files, folder, stack, problems)
    }

    pub(crate) fn build(
        files: &Files,
        folder: &Path,
        stack: &str,
        mut problems: Problems,
    ) -> Result<Self, LoadErrors> {
        let bundle = Self::parts(files, folder, stack, &mut problems);
        problems.none_or(bundle)
    }

    fn parts(files: &Files, folder: &Path, stack: &str, problems: &mut Problems) -> Option<Self> {
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if stack.is_empty() || !stack.chars().all(fits) {
            problems.add("stack", "the stack's name is not letters, digits and `-`: correct it");
        }
        let tools = files.needed(TOOLS, problems);
        let actions = files.needed(ACTIONS, problems);
        let approvers = files.needed(APPROVERS, problems);
        let policy = files.needed(POLICY, problems);

        let catalogue = tools.zip(actions).map(|(t, a)| Catalogue::read(t, a, stack, problems));
        let roster = approvers.map(|text| Approvers::read(text, problems));
        let settings = policy.and_then(|text| Settings::read(text, problems));
        let (catalogue, roster, settings) = (catalogue?, roster?, settings?);
        // Without sound tools and people every rule would seem wrong as well.
        let rules = if problems.count() == 0 {
            Rules::read(files, stack, &catalogue, &roster, &settings, problems)
        } else {
            None
        };
        Some(Self {
            rules: rules?,
            catalogue,
            roster,
            settings,
            digest: files.digest(),
            stack: stack.to_owned(),
            tests: folder.join(TESTS),
        })
    }

    /// The digest over the bundle's files, tests excepted.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The tools.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.catalogue
    }

    /// The people and groups.
    #[must_use]
    pub fn roster(&self) -> &Approvers {
        &self.roster
    }

    /// The rules, in the order of their ids.
    pub fn rules(&self) -> impl Iterator<Item = &Rule> {
        self.rules.all()
    }

    /// The limits and defaults.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Classifies an action: allowed, refused, or who must be asked until when.
    ///
    /// What nobody but the requester could approve is refused. Any error refuses.
    #[must_use]
    pub fn assess(&self, action: &CanonicalAction, now: Moment) -> Assessment {
        let judged = self.judge(action, now);
        match self.unsatisfied(&judged, &action.requester, now) {
            Some(why) => assess::refuse(judged, why),
            None => judged,
        }
    }

    /// What the rules alone say, without asking whether anybody could approve.
    ///
    /// For judging again what people have approved already: who may approve is then a question of
    /// the time of their decision.
    #[must_use]
    pub fn judge(&self, action: &CanonicalAction, now: Moment) -> Assessment {
        assess::judge(self, action, now)
    }

    /// What to look at before people are asked about an action; none where the catalogue names
    /// nothing, or the action leaves out what the call would need.
    #[must_use]
    pub fn look(&self, action: &CanonicalAction, now: Moment) -> Option<Look<'_>> {
        let preview = self.catalogue.tool(&action.tool)?.preview.as_ref()?;
        let reader = self.catalogue.tool(&preview.tool)?;
        let action = CanonicalAction {
            tool: reader.name.clone(),
            arguments: preview.arguments(&action.arguments)?,
            entry: reader.digest(),
            ..action.clone()
        };
        let assessment = self.judge(&action, now);
        Some(Look { preview, terms: reader.terms(), assessment, action })
    }

    /// Says why nobody but the requester can meet the assessment's requirements at that instant;
    /// nothing if others can.
    #[must_use]
    pub fn unsatisfied(
        &self,
        assessment: &Assessment,
        requester: &Requester,
        at: Moment,
    ) -> Option<String> {
        self.roster.unsatisfied(&assessment.requirements, &requester.person, at)
    }

    /// The action that an ask at that instant would make, to see what the bundle says of it. It
    /// stands for no request: nothing is stored, sealed or asked.
    #[must_use]
    pub fn imagine(
        &self,
        entry: &Entry,
        arguments: Value,
        requester: Requester,
        at: Moment,
    ) -> Option<CanonicalAction> {
        Some(CanonicalAction {
            format: FORMAT,
            stack: self.stack.clone(),
            request: RequestId::parse("imagined").ok()?,
            nonce: String::new(),
            tool: entry.name.clone(),
            arguments,
            requester,
            session: None,
            asked_at: at,
            entry: entry.digest(),
        })
    }

    /// Runs the bundle's own tests, `tests/*.toml`.
    #[must_use]
    pub fn test(&self) -> Vec<CaseResult> {
        cases::run(self, &self.tests)
    }
}

#[cfg(test)]
mod tests;
