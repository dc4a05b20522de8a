//! What agents and operators may do to a request: take it back, give people more time, have them
//! reminded, say what became of it.

use jiff::SignedDuration;

use crate::audit::{Actor, AuditKind, Entry};
use crate::cause::Cause;
use crate::lifecycle::{LifecycleError, Recorded};
use crate::moment::Moment;
use crate::notice::Notice;
use crate::request::ApprovalRequest;
use crate::status::{Event, IllegalTransition, Status};

/// How long after people were last written to an operator may have them reminded.
pub const REMIND_AGAIN: SignedDuration = SignedDuration::from_mins(15);

/// An operator, and why they do something.
#[derive(Clone, Copy, Debug)]
pub struct Operator<'a> {
    /// Who, as AWS says it.
    pub who: &'a str,
    /// Why, in their words.
    pub reason: &'a str,
}

/// Why people are not given more time. Each is an answer to the operator, not a failure.
#[derive(Debug, thiserror::Error)]
pub enum ExtendError {
    /// Nobody is asked, or the time is over.
    #[error("it is {0}, so nobody can be given more time")]
    Closed(Status),
    /// The time to decide has passed.
    #[error("its time to decide has passed")]
    Late,
    /// That is no more time than people have.
    #[error("people have until {0} already: name a later time")]
    NotLater(Moment),
    /// That is beyond the limit that was set when it was asked.
    #[error("nothing extends it beyond {0}, its hard limit")]
    BeyondLimit(Moment),
    /// The record cannot be written.
    #[error(transparent)]
    Lifecycle(#[from] LifecycleError),
}

/// Why people are not reminded. Each is an answer to the operator, not a failure.
#[derive(Debug, thiserror::Error)]
pub enum RemindError {
    /// Nobody is asked, or the time is over.
    #[error("it is {0}, so nobody is left to be reminded")]
    Closed(Status),
    /// The time to decide has passed.
    #[error("its time to decide has passed")]
    Late,
    /// People were written to moments ago.
    #[error("people were written to within the last 15 minutes: it is possible again from {0} on")]
    TooSoon(Moment),
    /// The record cannot be written.
    #[error(transparent)]
    Lifecycle(#[from] LifecycleError),
}

impl ApprovalRequest {
    /// Takes it back for the agent that asked.
    ///
    /// # Errors
    ///
    /// The status does not allow it: it is being done, or has ended.
    pub fn withdraw(&self, now: Moment) -> Result<Recorded, LifecycleError> {
        let reason = "the agent took it back";
        self.cancel(Actor::SubmitAction, now, Cause::AgentCancelled, reason)
    }

    /// Takes it back for an operator.
    ///
    /// # Errors
    ///
    /// The status does not allow it: it is being done, or has ended.
    pub fn stop(&self, by: &Operator<'_>, now: Moment) -> Result<Recorded, LifecycleError> {
        let cause = Cause::OperatorCancelled;
        let entry = Entry::new(Actor::OperatorDesk, AuditKind::Transition).because(cause);
        self.end(Event::Cancel, now, entry.about(&by.who).noting(by.reason))
    }

    /// Gives people until `to`. Links stay as they are: they are good until the hard limit.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn extend(
        &self,
        to: Moment,
        by: &Operator<'_>,
        now: Moment,
    ) -> Result<Recorded, ExtendError> {
        if self.status != Status::Pending {
            return Err(ExtendError::Closed(self.status));
        }
        let until = self.decide_by.unwrap_or(self.hard_limit);
        if now >= until {
            return Err(ExtendError::Late);
        }
        if to <= until {
            return Err(ExtendError::NotLater(until));
        }
        if to > self.hard_limit {
            return Err(ExtendError::BeyondLimit(self.hard_limit));
        }
        // Who is to be reminded when is worked out anew.
        let after = Self { decide_by: Some(to), notify_at: Some(now), ..self.touched(now) };
        let entry = Entry::new(Actor::OperatorDesk, AuditKind::Extended).about(&by.who);
        let note = format!("to {to}: {}", by.reason);
        Ok(after.with_audit(Some(self.status), now, entry.noting(&note))?)
    }

    /// Has those who have not answered written to again, at once. `notices` are those of this very
    /// version: every message that goes out makes another.
    ///
    /// # Errors
    ///
    /// Why not.
    pub fn remind(
        &self,
        notices: &[Notice],
        by: &Operator<'_>,
        now: Moment,
    ) -> Result<Recorded, RemindError> {
        if self.status != Status::Pending {
            return Err(RemindError::Closed(self.status));
        }
        if self.expires_at().is_none_or(|end| now >= end) {
            return Err(RemindError::Late);
        }
        let told = notices.iter().filter_map(Notice::last_told);
        let again = told.chain(self.remind_from).max().map(|last| last.plus(REMIND_AGAIN));
        if let Some(again) = again.filter(|again| now < *again) {
            return Err(RemindError::TooSoon(again));
        }
        let after = Self { remind_from: Some(now), notify_at: Some(now), ..self.touched(now) };
        let entry = Entry::new(Actor::OperatorDesk, AuditKind::RemindOrdered).about(&by.who);
        Ok(after.with_audit(Some(self.status), now, entry.noting(by.reason))?)
    }

    /// Says what became of it, once somebody has found out.
    ///
    /// # Errors
    ///
    /// It is not in doubt.
    pub fn resolve(
        &self,
        done: bool,
        by: &Operator<'_>,
        now: Moment,
    ) -> Result<Recorded, LifecycleError> {
        let event = if done { Event::Succeed } else { Event::Fail };
        // While it is executing, the executor says so itself.
        if self.status != Status::InDoubt {
            return Err(IllegalTransition { status: self.status, event }.into());
        }
        let entry = Entry::new(Actor::OperatorDesk, AuditKind::Transition);
        self.end(event, now, entry.because(Cause::OperatorSettled).about(&by.who).noting(by.reason))
    }
}

#[cfg(test)]
mod tests;
