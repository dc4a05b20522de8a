//! What a request becomes: each function returns what is to be written, and writes nothing.

use jiff::SignedDuration;

use crate::action::CanonicalAction;
use crate::assessment::{Answer, Assessment};
use crate::audit::{Actor, AuditHead, AuditRecord};
use crate::canonical::CanonicalError;
use crate::digest::Digest;
use crate::moment::Moment;
use crate::outcome::Outcome;
use crate::permit::ExecutionPermit;
use crate::request::{ApprovalRequest, SCHEMA};
use crate::sealed::Sealed;
use crate::status::{Event, IllegalTransition, Status};
use crate::task::Wait;

/// How long after its resolution, or after being allowed, an action may be claimed.
pub const RUN_WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// How long an ask may stay unassessed.
pub const ASSESS_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// A transition to be written: the request after it and its audit record, in one transaction.
#[derive(Clone, Debug, PartialEq)]
pub struct Recorded {
    /// The request after the transition.
    pub request: ApprovalRequest,
    /// Its audit record.
    pub audit: AuditRecord,
}

/// Why a transition cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum LifecycleError {
    /// The status does not allow it.
    #[error(transparent)]
    Illegal(#[from] IllegalTransition),
    /// The deadline has not passed, so nothing expires.
    #[error("no deadline has passed")]
    NotDue,
    /// The deadline has passed, so nothing starts.
    #[error("the deadline has passed")]
    Late,
    /// The permit is for another action.
    #[error("the permit is for another action")]
    ForeignPermit,
    /// The audit record has no canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

/// What the door stores of a new ask.
#[derive(Clone, Debug)]
pub struct Ask {
    /// What will run.
    pub action: CanonicalAction,
    /// The digest of it.
    pub digest: Digest,
    /// Whether the tool may be called again with the same key.
    pub idempotent: bool,
    /// How long the request may live at the most.
    pub lives: SignedDuration,
    /// The canonical action, sealed.
    pub sealed: Sealed,
    /// What approvers may see, sealed.
    pub display: Sealed,
}

impl ApprovalRequest {
    /// Opens the request of a new ask.
    ///
    /// # Errors
    ///
    /// The audit record has no canonical form.
    pub fn open(ask: Ask, now: Moment) -> Result<Recorded, LifecycleError> {
        let Ask { action, digest, idempotent, lives, sealed, display } = ask;
        let request = Self {
            schema: SCHEMA,
            version: 1,
            status: Status::Received,
            tool: action.tool,
            requester: action.requester,
            digest,
            idempotent,
            asked_at: action.asked_at,
            changed_at: now,
            hard_limit: action.asked_at.plus(lives),
            assessment: None,
            decide_by: None,
            run_by: None,
            claimed_until: None,
            wait: None,
            notify_at: None,
            reason: None,
            comment: None,
            action: sealed,
            display,
            result: None,
            audit: AuditHead::start(&action.request),
            id: action.request,
        };
        request.with_audit(None, Actor::SubmitAction, now, None)
    }

    /// Takes policy's answer.
    ///
    /// # Errors
    ///
    /// The request was assessed before, or has ended.
    pub fn assess(&self, assessment: Assessment, now: Moment) -> Result<Recorded, LifecycleError> {
        let event = match assessment.answer {
            Answer::Allowed => Event::Allow,
            Answer::Pending => Event::Ask,
            Answer::Refused => Event::Refuse,
        };
        let mut after = self.after(event, now)?;
        after.decide_by = assessment.decide_by.map(|by| by.min(self.hard_limit));
        after.run_by = (after.status == Status::Allowed).then(|| now.plus(RUN_WITHIN));
        after.reason.clone_from(&assessment.reason);
        after.assessment = Some(assessment);
        after.with_audit(Some(self.status), Actor::RiskClassify, now, None)
    }

    /// Notes that the wait was ended. No change of status, so no audit record.
    #[must_use]
    pub fn resumed(&self, now: Moment) -> Self {
        let wait = self.wait.clone().map(|wait| Wait { resumed: true, ..wait });
        Self { wait, ..self.touched(now) }
    }

    /// The instant from which it counts as expired; none when it no longer can.
    #[must_use]
    pub fn expires_at(&self) -> Option<Moment> {
        match self.status {
            Status::Received => Some(self.asked_at.plus(ASSESS_WITHIN).min(self.hard_limit)),
            Status::Pending => Some(self.decide_by.unwrap_or(self.hard_limit)),
            Status::Allowed | Status::Approved => self.run_by,
            Status::Executing | Status::InDoubt | Status::Executed | Status::Failed => None,
            Status::Refused | Status::Rejected | Status::Expired | Status::Cancelled => None,
        }
    }

    /// Expires it, if its deadline has passed. The deadline itself is past.
    ///
    /// # Errors
    ///
    /// No deadline has passed, or the request can no longer expire.
    pub fn expire(&self, by: Actor, now: Moment) -> Result<Recorded, LifecycleError> {
        let mut after = self.after(Event::Expire, now)?;
        if self.expires_at().is_none_or(|deadline| now < deadline) {
            return Err(LifecycleError::NotDue);
        }
        let reason = if self.status == Status::Pending {
            "nobody decided in time"
        } else if self.status == Status::Received {
            "it was not assessed in time"
        } else {
            "it did not start in time"
        };
        after.reason = Some(reason.to_owned());
        after.with_audit(Some(self.status), by, now, Some(reason))
    }

    /// Refuses it: policy changed its mind, or the evidence does not hold.
    ///
    /// # Errors
    ///
    /// The status does not allow it.
    pub fn refuse(&self, by: Actor, now: Moment, reason: &str) -> Result<Recorded, LifecycleError> {
        self.end(Event::Refuse, by, now, reason)
    }

    /// Takes it back.
    ///
    /// # Errors
    ///
    /// The status does not allow it.
    pub fn cancel(&self, by: Actor, now: Moment, reason: &str) -> Result<Recorded, LifecycleError> {
        self.end(Event::Cancel, by, now, reason)
    }

    /// Closes the request of a workflow execution that died.
    ///
    /// # Errors
    ///
    /// The request has ended, or a claim of it still holds.
    pub fn abandon(&self, by: Actor, now: Moment) -> Result<Recorded, LifecycleError> {
        let reason = "its workflow execution ended early";
        let unresolved = [Status::Received, Status::Pending].contains(&self.status);
        if unresolved {
            return self.end(Event::Expire, by, now, reason);
        }
        if self.status == Status::Executing {
            return self.doubt(by, now);
        }
        self.end(Event::Cancel, by, now, reason)
    }

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
        after.with_audit(Some(self.status), Actor::ExecuteAction, now, None)
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
        after.with_audit(Some(self.status), Actor::ExecuteAction, now, Some(note))
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
        let (event, reason) = match outcome {
            Outcome::Done(_) => (Event::Succeed, None),
            Outcome::NotDone(why) => (Event::Fail, Some(*why)),
            Outcome::Unknown(why) => (Event::Doubt, Some(*why)),
        };
        let mut after = self.after(event, now)?;
        after.claimed_until = None;
        after.result = result;
        after.reason = reason.map(str::to_owned);
        after.with_audit(Some(self.status), Actor::ExecuteAction, now, reason)
    }

    /// Marks it in doubt, once its claim has run out without an outcome.
    ///
    /// # Errors
    ///
    /// It is not executing, or its claim still holds.
    pub fn doubt(&self, by: Actor, now: Moment) -> Result<Recorded, LifecycleError> {
        let after = self.after(Event::Doubt, now)?;
        if self.claimed_until.is_some_and(|held| now < held) {
            return Err(LifecycleError::NotDue);
        }
        let reason = "the executor stopped before it knew whether the target did it";
        let after = Self { reason: Some(reason.to_owned()), claimed_until: None, ..after };
        after.with_audit(Some(self.status), by, now, Some(reason))
    }

    fn end(
        &self,
        event: Event,
        by: Actor,
        now: Moment,
        reason: &str,
    ) -> Result<Recorded, LifecycleError> {
        let mut after = self.after(event, now)?;
        after.reason = Some(reason.to_owned());
        after.with_audit(Some(self.status), by, now, Some(reason))
    }

    pub(crate) fn after(&self, event: Event, now: Moment) -> Result<Self, IllegalTransition> {
        Ok(Self { status: self.status.next(event)?, ..self.touched(now) })
    }

    pub(crate) fn touched(&self, now: Moment) -> Self {
        Self { version: self.version.saturating_add(1), changed_at: now, ..self.clone() }
    }

    pub(crate) fn with_audit(
        mut self,
        from: Option<Status>,
        actor: Actor,
        now: Moment,
        note: Option<&str>,
    ) -> Result<Recorded, LifecycleError> {
        let mut audit = AuditRecord {
            request: self.id.clone(),
            seq: self.audit.count,
            version: self.version,
            at: now,
            actor,
            from,
            to: self.status,
            digest: self.digest,
            note: note.map(str::to_owned),
            previous: self.audit.hash,
            hash: self.audit.hash,
        };
        audit.hash = audit.expected_hash()?;
        self.audit = AuditHead { count: audit.seq.saturating_add(1), hash: audit.hash };
        Ok(Recorded { request: self, audit })
    }
}
