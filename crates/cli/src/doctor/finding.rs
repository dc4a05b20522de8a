//! What was found of one thing, and what to do about it.

use std::io::{self, Write};

use approval_core::ports::Unavailable;
use approval_views::visible;
use serde::Serialize;

use crate::diagnosis;
use crate::failure::Failure;

/// How it is with one thing.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum State {
    Ok,
    /// It works, or it could not be looked at.
    Warn,
    Fail,
}

/// What was found of one thing.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub(super) struct Finding {
    pub(super) state: State,
    what: &'static str,
    found: String,
    fix: Option<String>,
}

impl Finding {
    pub(super) fn ok(what: &'static str, found: impl Into<String>) -> Self {
        Self { state: State::Ok, what, found: found.into(), fix: None }
    }

    pub(super) fn warn(
        what: &'static str,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { state: State::Warn, what, found: found.into(), fix: Some(fix.into()) }
    }

    pub(super) fn fail(
        what: &'static str,
        found: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        Self { state: State::Fail, what, found: found.into(), fix: Some(fix.into()) }
    }

    /// One that works, or else what does not and what to do.
    pub(super) fn works(
        what: &'static str,
        works: bool,
        ok: impl Into<String>,
        bad: impl Into<String>,
        fix: impl Into<String>,
    ) -> Self {
        if works { Self::ok(what, ok) } else { Self::fail(what, bad, fix) }
    }

    /// A failure, in its words, which say what to do.
    pub(super) fn failure(what: &'static str, failure: &Failure) -> Self {
        let text = failure.to_string();
        let (found, fix) = text.rsplit_once(": ").unwrap_or((&text, "see above"));
        Self::fail(what, found, fix)
    }

    /// It could not be looked at: a warning where these credentials may not, and else a failure.
    pub(super) fn unseen(what: &'static str, error: &Unavailable) -> Self {
        let failure = diagnosis::of(error, "");
        let words = diagnosis::words(error);
        let action = words.split_whitespace().next().unwrap_or_default().to_owned();
        if matches!(failure, Failure::Denied(_)) {
            let fix = format!("allow {action}, as OperatorPolicyArn of the stack's outputs does");
            Self::warn(what, "not allowed to look", fix)
        } else if words.contains("NotFound") || words.contains("DoesNotExist") {
            Self::fail(what, words, "it is gone, deploy the stack again")
        } else {
            Self::failure(what, &failure)
        }
    }
}

/// Everything that was found.
#[derive(Debug, Default)]
pub(super) struct Report {
    pub(super) findings: Vec<Finding>,
}

impl Report {
    pub(super) fn add(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Whether nothing has failed.
    pub(super) fn is_healthy(&self) -> bool {
        self.count(State::Fail) == 0
    }

    fn count(&self, state: State) -> usize {
        self.findings.iter().filter(|finding| finding.state == state).count()
    }

    /// One line for one finding, and how many there are of each.
    pub(super) fn write(&self, out: &mut impl Write) -> io::Result<()> {
        let width = self.findings.iter().map(|finding| finding.what.len()).max();
        let width = width.unwrap_or_default();
        for Finding { state, what, found, fix } in &self.findings {
            let mark = match state {
                State::Ok => "ok  ",
                State::Warn => "warn",
                State::Fail => "FAIL",
            };
            let fix = fix.as_deref().map(|fix| format!(": {}", visible(fix))).unwrap_or_default();
            writeln!(out, "{mark}  {what:<width$}  {}{fix}", visible(found))?;
        }
        let [ok, warn, fail] = [State::Ok, State::Warn, State::Fail].map(|state| self.count(state));
        writeln!(out, "{ok} ok, {warn} to know, {fail} failed")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_not_be_looked_at_is_a_warning_that_names_the_action() {
        let unseen = |cause: &str| Finding::unseen("schedule", &Unavailable(cause.into()));
        let denied = unseen("events:DescribeRule failed: AccessDeniedException (AWS request 1)");
        assert_eq!(denied.state, State::Warn);
        assert!(denied.fix.unwrap().starts_with("allow events:DescribeRule, "));
        let gone = unseen("events:DescribeRule failed: ResourceNotFoundException (AWS request 1)");
        assert_eq!(gone.state, State::Fail);
        let expired = unseen("sts:GetCallerIdentity failed: ExpiredToken (AWS request 1)");
        assert_eq!((expired.state, expired.fix.as_deref()), (State::Fail, Some("renew them")));
    }
}
