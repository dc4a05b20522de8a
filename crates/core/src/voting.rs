//! Recording a decision: one final answer per person, and what it resolves.

use std::collections::BTreeMap;

use crate::audit::{Actor, AuditKind, Entry};
use crate::cause::Cause;
use crate::decision::{Decision, Verdict};
use crate::evidence::Roster;
use crate::lifecycle::{LifecycleError, RUN_WITHIN, Recorded};
use crate::moment::Moment;
use crate::name::{ApproverId, Group};
use crate::request::ApprovalRequest;
use crate::status::{Event, Status};
use crate::tally::{Count, Tally, Voice};

/// Why a decision is not taken. Each is an answer to the approver, not a failure.
#[derive(Debug, thiserror::Error)]
pub enum DecisionError {
    /// The person answered before; answers are final.
    #[error("this person has decided already")]
    Again,
    /// The deadline has passed.
    #[error("the deadline has passed")]
    Late,
    /// The person may not decide this: the requester, or nobody the requirements name.
    #[error("this person may not decide this")]
    NotEligible,
    /// Nothing is decided any more.
    #[error("the request is {0}, so nothing is decided any more")]
    Closed(Status),
    /// The record cannot be written.
    #[error(transparent)]
    Lifecycle(#[from] LifecycleError),
}

impl From<&Decision> for Voice {
    fn from(decision: &Decision) -> Self {
        let approver = decision.link.approver.clone();
        Self { approver, verdict: decision.verdict, at: decision.decided_at }
    }
}

impl ApprovalRequest {
    /// Takes one person's answer, on top of the earlier ones: the request after it, approved once
    /// distinct people fill every requirement, rejected once as many said no as one of them takes.
    ///
    /// What it says is advice like every status: execute-action counts again, by its own policy and
    /// by codes it verifies.
    ///
    /// # Errors
    ///
    /// Why the answer has no effect.
    pub fn record<R: Roster>(
        &self,
        decision: &Decision,
        earlier: &[Decision],
        roster: &R,
    ) -> Result<Recorded, DecisionError> {
        self.record_seen(decision, earlier, roster, None)
    }

    /// The same, with the instant at which the person's browser says that it got the page. The
    /// audit record notes how long they looked.
    ///
    /// # Errors
    ///
    /// Why the answer has no effect.
    pub fn record_seen<R: Roster>(
        &self,
        decision: &Decision,
        earlier: &[Decision],
        roster: &R,
        seen: Option<Moment>,
    ) -> Result<Recorded, DecisionError> {
        let now = decision.decided_at;
        if self.status != Status::Pending {
            return Err(DecisionError::Closed(self.status));
        }
        if self.expires_at().is_none_or(|by| now >= by) || now >= decision.link.hard_limit {
            return Err(DecisionError::Late);
        }
        let who = &decision.link.approver;
        if earlier.iter().any(|one| one.link.approver == *who) {
            return Err(DecisionError::Again);
        }
        let count = self.count(roster);
        let voice = Voice::from(decision);
        if count.groups(&voice).is_empty() {
            return Err(DecisionError::NotEligible);
        }
        let mut voices: Vec<_> = earlier.iter().map(Voice::from).collect();
        voices.push(voice);
        Ok(self.tallied(decision, count.of(&voices), seen)?)
    }

    /// The whole seconds from the page to the decision, between none and all since it was asked.
    ///
    /// # Security
    ///
    /// It rests on what a browser sends back, so it is a signal and no rule: whoever posts a form
    /// may claim any instant, and nothing is refused or allowed by it.
    #[must_use]
    pub fn seconds_to_decide(&self, seen: Option<Moment>, decided_at: Moment) -> Option<i64> {
        let most = decided_at.since(self.asked_at).as_secs().max(0);
        seen.map(|seen| decided_at.since(seen).as_secs().clamp(0, most))
    }

    /// Whether the person may decide this as of `now`.
    #[must_use]
    pub fn may_decide<R: Roster>(&self, voice: &Voice, roster: &R) -> bool {
        !self.count(roster).groups(voice).is_empty()
    }

    /// Who approves for which requirement, each for one, by that roster.
    #[must_use]
    pub fn filled<R: Roster>(
        &self,
        decisions: &[Decision],
        roster: &R,
    ) -> BTreeMap<ApproverId, Group> {
        let voices: Vec<_> = decisions.iter().map(Voice::from).collect();
        self.count(roster).filled(&voices)
    }

    fn count<'a, R>(&'a self, roster: &'a R) -> Count<'a, R> {
        let required = self.assessment.as_ref().map_or(&[][..], |a| &a.requirements);
        let (person, decide_by) = (&self.requester.person, self.decide_by);
        Count { required, person, decide_by, roster }
    }

    fn tallied(
        &self,
        decision: &Decision,
        tally: Tally,
        seen: Option<Moment>,
    ) -> Result<Recorded, LifecycleError> {
        let (who, now) = (&decision.link.approver, decision.decided_at);
        let (kind, said) = match decision.verdict {
            Verdict::Approve => (AuditKind::Approval, format!("{who} approved")),
            Verdict::Reject => (AuditKind::Rejection, format!("{who} rejected")),
        };
        let looked = self.seconds_to_decide(seen, now);
        let looked = looked.map(|seconds| format!(", {seconds} s after opening the page"));
        let note = format!("{said}{}", looked.unwrap_or_default());
        let mut entry = Entry::new(Actor::CallbackHandler, kind).about(who).noting(&note);
        let mut after = match tally {
            Tally::Open => self.touched(now),
            Tally::Met => self.after(Event::Approve, now)?,
            Tally::Rejected => self.after(Event::Reject, now)?,
        };
        if tally == Tally::Met {
            after.run_by = Some(now.plus(RUN_WITHIN));
        }
        if tally == Tally::Rejected {
            entry = entry.because(Cause::PeopleRejected);
            after.reason = Some(said);
            after.cause = Some(Cause::PeopleRejected);
            after.comment = Some(decision.comment.clone()).filter(|words| !words.is_empty());
        }
        after.with_audit(Some(self.status), now, entry)
    }
}

#[cfg(test)]
mod tests;
