//! From claim to outcome: what a request becomes while it is done.

use crate::audit::{Actor, AuditKind, Entry};
use crate::cause::Cause;
use crate::lifecycle::{LifecycleError, Recorded};
use crate::moment::Moment;
use crate::outcome::Outcome;
use crate::permit::ExecutionPermit;
use crate::request::ApprovalRequest;
use crate::sealed::Sealed;
use crate::status::{Event, IllegalTransition, Status};

impl ApprovalRequest {
    /// Claims it for the holder of the permit, until `until`.
    ///
    /// # Errors
    ///
    /// It is not runnable, its time to run has passed, or the permit is for another action.
    pub fn claim(
        &self,
        permit: &ExecutionPermit,
        until: Moment,
        now: Moment,
    ) -> Result<Recorded, LifecycleError> {
        let mut after = self.after(Event::Claim, now)?;
        if *permit.request() != self.id || permit.digest() != self.digest {
            return Err(LifecycleError::ForeignPermit);
        }
        if self.run_by.is_none_or(|run_by| now >= run_by) {
            return Err(LifecycleError::Late);
        }
        after.claimed_until = Some(until);
        let entry = Entry::new(Actor::ExecuteAction, AuditKind::Transition);
        after.with_audit(Some(self.status), now, entry)
    }

    /// Claims it again after a claim that ran out, to call an idempotent target with the same key.
    ///
    /// # Errors
    ///
    /// It is not executing, its claim still holds, or the permit is not for an idempotent action
    /// or is for another one.
    pub fn reclaim(
        &self,
        permit: &ExecutionPermit,
        until: Moment,
        now: Moment,
    ) -> Result<Recorded, LifecycleError> {
        if self.status != Status::Executing {
            let illegal = IllegalTransition { status: self.status, event: Event::Claim };
            return Err(LifecycleError::Illegal(illegal));
        }
        if *permit.request() != self.id || permit.digest() != self.digest || !permit.idempotent() {
            return Err(LifecycleError::ForeignPermit);
        }
        if self.claimed_until.is_none_or(|held| now < held) {
            return Err(LifecycleError::NotDue);
        }
        let after = Self { claimed_until: Some(until), ..self.touched(now) };
        let note = "claimed again with the same key after a claim that ran out";
        let entry = Entry::new(Actor::ExecuteAction, AuditKind::ClaimedAgain).noting(note);
        after.with_audit(Some(self.status), now, entry)
    }

    /// Takes what became of calling the target.
    ///
    /// # Errors
    ///
    /// It is not executing.
    pub fn settle(
        &self,
        outcome: &Outcome,
        result: Option<Sealed>,
        now: Moment,
    ) -> Result<Recorded, LifecycleError> {
        let entry = Entry::new(Actor::ExecuteAction, AuditKind::Transition);
        let (event, entry) = match outcome {
            Outcome::Done(_) => (Event::Succeed, entry),
            Outcome::NotDone(why) => {
                (Event::Fail, entry.because(Cause::TargetDeclined).noting(why))
            }
            Outcome::Unknown(why) => {
                (Event::Doubt, entry.because(Cause::OutcomeUnknown).noting(why))
            }
        };
        let settled = Self { claimed_until: None, result, ..self.clone() };
        settled.end(event, now, entry)
    }

    /// Marks it in doubt, once its claim has run out without an outcome.
    ///
    /// # Errors
    ///
    /// It is not executing, or its claim still holds.
    pub fn doubt(&self, by: Actor, now: Moment) -> Result<Recorded, LifecycleError> {
        self.status.next(Event::Doubt)?;
        if self.claimed_until.is_some_and(|held| now < held) {
            return Err(LifecycleError::NotDue);
        }
        let reason = "the executor stopped before it knew whether the target did it";
        let entry = Entry::new(by, AuditKind::Transition).because(Cause::OutcomeUnknown);
        Self { claimed_until: None, ..self.clone() }.end(Event::Doubt, now, entry.noting(reason))
    }
}
