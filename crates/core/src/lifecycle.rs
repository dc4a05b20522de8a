//! What a request becomes: each function returns what is to be written, and writes nothing.

use jiff::SignedDuration;

use crate::action::CanonicalAction;
use crate::assessment::{Answer, Assessment};
use crate::audit::{Actor, AuditHead, AuditKind, AuditRecord, Entry};
use crate::canonical::CanonicalError;
use crate::cause::Cause;
use crate::digest::Digest;
use crate::event::EventType;
use crate::moment::Moment;
use crate::request::{ApprovalRequest, SCHEMA};
use crate::sealed::Sealed;
use crate::status::{Event, IllegalTransition, Status};
use crate::task::Wait;

/// How long after its resolution, or after being allowed, an action may be claimed.
pub const RUN_WITHIN: SignedDuration = SignedDuration::from_mins(15);
/// The longest any request may live, whatever a bundle says: a workflow execution waits 33 days,
/// and the request must end well before it.
pub const MOST_LIVES: SignedDuration = SignedDuration::from_hours(30 * 24);
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
}

impl ApprovalRequest {
    /// Opens the request of a new ask.
    ///
    /// # Errors
    ///
    /// The audit record has no canonical form.
    pub fn open(ask: Ask, now: Moment) -> Result<Recorded, LifecycleError> {
        let Ask { action, digest, idempotent, lives, sealed } = ask;
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
            ended_at: None,
            hard_limit: action.asked_at.plus(lives),
            assessment: None,
            decide_by: None,
            run_by: None,
            claimed_until: None,
            wait: None,
            notify_at: None,
            remind_from: None,
            reason: None,
            cause: None,
            comment: None,
            action: sealed,
            display: None,
            before: None,
            result: None,
            audit: AuditHead::start(&action.request),
            publish_from: None,
            id: action.request,
        };
        request.with_audit(None, now, Entry::new(Actor::SubmitAction, AuditKind::Transition))
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
        let mut entry = Entry::new(Actor::RiskClassify, AuditKind::Transition);
        if after.status == Status::Refused {
            after.cause = Some(Cause::PolicyRefuses);
            entry = entry.because(Cause::PolicyRefuses);
        }
        after.with_audit(Some(self.status), now, entry)
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
        self.status.next(Event::Expire)?;
        if self.expires_at().is_none_or(|deadline| now < deadline) {
            return Err(LifecycleError::NotDue);
        }
        let (cause, reason) = if self.status == Status::Pending {
            (Cause::NotDecidedInTime, "nobody decided in time")
        } else if self.status == Status::Received {
            (Cause::NotAssessedInTime, "it was not assessed in time")
        } else {
            (Cause::NotStartedInTime, "it did not start in time")
        };
        let entry = Entry::new(by, AuditKind::Transition).because(cause).noting(reason);
        self.end(Event::Expire, now, entry)
    }

    /// Refuses it: policy changed its mind, or the evidence does not hold.
    ///
    /// # Errors
    ///
    /// The status does not allow it.
    pub fn refuse(&self, by: Actor, now: Moment, reason: &str) -> Result<Recorded, LifecycleError> {
        let entry = Entry::new(by, AuditKind::Transition).because(Cause::EvidenceRefused);
        self.end(Event::Refuse, now, entry.noting(reason))
    }

    /// Takes it back.
    ///
    /// # Errors
    ///
    /// The status does not allow it.
    pub fn cancel(
        &self,
        by: Actor,
        now: Moment,
        cause: Cause,
        reason: &str,
    ) -> Result<Recorded, LifecycleError> {
        let entry = Entry::new(by, AuditKind::Transition).because(cause).noting(reason);
        self.end(Event::Cancel, now, entry)
    }

    /// Closes the request of a workflow execution that died.
    ///
    /// # Errors
    ///
    /// The request has ended, or a claim of it still holds.
    pub fn abandon(&self, by: Actor, now: Moment) -> Result<Recorded, LifecycleError> {
        if self.status == Status::Executing {
            return self.doubt(by, now);
        }
        let unresolved = [Status::Received, Status::Pending].contains(&self.status);
        let event = if unresolved { Event::Expire } else { Event::Cancel };
        let entry = Entry::new(by, AuditKind::Transition).because(Cause::WorkflowEnded);
        self.end(event, now, entry.noting("its workflow execution ended early"))
    }

    /// Ends it, for the entry's cause and in the words of its note.
    pub(crate) fn end(
        &self,
        event: Event,
        now: Moment,
        entry: Entry,
    ) -> Result<Recorded, LifecycleError> {
        let after = self.after(event, now)?;
        let (reason, cause) = (entry.note.clone(), entry.cause);
        Self { reason, cause, ..after }.with_audit(Some(self.status), now, entry)
    }

    /// Whoever was asked is told how it ended; nobody is asked any more.
    pub(crate) fn after(&self, event: Event, now: Moment) -> Result<Self, IllegalTransition> {
        let status = self.status.next(event)?;
        let asked = self.assessment.as_ref().is_some_and(|a| a.answer == Answer::Pending);
        let notify_at = (asked && status.is_terminal()).then_some(now);
        let ended_at = status.is_terminal().then_some(now);
        Ok(Self { status, ended_at, notify_at, ..self.touched(now) })
    }

    pub(crate) fn touched(&self, now: Moment) -> Self {
        Self { version: self.version.saturating_add(1), changed_at: now, ..self.clone() }
    }

    pub(crate) fn with_audit(
        mut self,
        from: Option<Status>,
        now: Moment,
        entry: Entry,
    ) -> Result<Recorded, LifecycleError> {
        let Entry { actor, kind, who, cause, note } = entry;
        let mut audit = AuditRecord {
            request: self.id.clone(),
            seq: self.audit.count,
            version: self.version,
            at: now,
            actor,
            kind,
            who,
            from,
            to: self.status,
            digest: self.digest,
            cause,
            note,
            previous: self.audit.hash,
            hash: self.audit.hash,
        };
        audit.hash = audit.expected_hash()?;
        self.audit = AuditHead { count: audit.seq.saturating_add(1), hash: audit.hash };
        let tells = !EventType::of(&audit).is_empty();
        self.publish_from = self.publish_from.or(tells.then_some(audit.seq));
        Ok(Recorded { request: self, audit })
    }
}
