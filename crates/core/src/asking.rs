//! Asking people: the bookkeeping of who is told, and when next.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::audit::{Actor, AuditKind, Entry};
use crate::commit::{Commit, Guard};
use crate::lifecycle::{LifecycleError, Recorded};
use crate::moment::Moment;
use crate::name::{ApproverId, Group};
use crate::notice::{Channel, Delivery, Notice, Occasion, Return};
use crate::request::ApprovalRequest;
use crate::requirement::Escalation;
use crate::sealed::Sealed;
use crate::status::Status;
use crate::task::Wait;

/// How long one run of request-approval has for telling people before the sweep has another one
/// look. Longer than its function's timeout.
pub const TELL_WITHIN: SignedDuration = SignedDuration::from_secs(60);

impl ApprovalRequest {
    /// Stores the newest wait. An older attempt's token never replaces a newer one. No change of
    /// status, so no audit record.
    #[must_use]
    pub fn waiting(&self, wait: Wait, now: Moment) -> Self {
        let wait = match &self.wait {
            Some(known) if known.is_newer_than(&wait) => known.clone(),
            Some(_) | None => wait,
        };
        Self { wait: Some(wait), ..self.touched(now) }
    }

    /// Begins to tell people: if this run dies, another one is due a little later.
    #[must_use]
    pub fn telling(&self, now: Moment) -> Self {
        Self { notify_at: Some(now.plus(TELL_WITHIN)), ..self.touched(now) }
    }

    /// Notes when people must next be told.
    #[must_use]
    pub fn told(&self, next: Option<Moment>, now: Moment) -> Self {
        Self { notify_at: next, ..self.touched(now) }
    }

    /// Keeps how what it would change stands, sealed. No change of status, so no audit record.
    #[must_use]
    pub fn looked(&self, before: Sealed, now: Moment) -> Self {
        Self { before: Some(before), ..self.touched(now) }
    }

    /// Takes note of one attempt to reach somebody.
    ///
    /// # Errors
    ///
    /// The audit record has no canonical form.
    pub fn noticed(
        &self,
        notice: &Notice,
        delivery: &Delivery,
        now: Moment,
    ) -> Result<Recorded, LifecycleError> {
        let (kind, what) = match delivery.occasion {
            Occasion::Ask => (AuditKind::Asked, "asked"),
            Occasion::Escalation => (AuditKind::Escalated, "asked in place of others"),
            Occasion::FreshLink => (AuditKind::Relinked, "sent a fresh link"),
            Occasion::Reminder => (AuditKind::Reminded, "reminded"),
            Occasion::Outcome => (AuditKind::Informed, "told how it ended"),
        };
        let how = match delivery.channel {
            Channel::Mail => "by mail",
            Channel::Sns => "over SNS",
        };
        let who = &notice.approver;
        let note = match &delivery.failure {
            None => format!("{who} was {what} {how}"),
            Some(why) => format!("{who} could not be {what} {how}: {why}"),
        };
        let kind = if delivery.failure.is_some() { AuditKind::Unreached } else { kind };
        let entry = Entry::new(Actor::RequestApproval, kind).about(who);
        self.noted(entry.noting(&note), now)
    }

    /// Takes note of a mail that came back; people are next written to at `next`.
    ///
    /// # Errors
    ///
    /// The audit record has no canonical form.
    pub fn returned(
        &self,
        who: &ApproverId,
        why: Return,
        next: Option<Moment>,
        now: Moment,
    ) -> Result<Recorded, LifecycleError> {
        let note = match why {
            Return::Bounce => format!("mail to {who} bounced"),
            Return::Transient => format!("mail to {who} bounced for now"),
            Return::Complaint => format!("{who} reported the mail as unwanted"),
            Return::Rejected => format!("mail to {who} was not sent after all"),
        };
        let entry = Entry::new(Actor::RequestApproval, AuditKind::Returned).about(who);
        Self { notify_at: next, ..self.clone() }.noted(entry.noting(&note), now)
    }

    /// Lets the further groups of those that nobody is left in whom a message reached answer at
    /// once; none where that changes nothing.
    ///
    /// # Errors
    ///
    /// The audit record has no canonical form.
    ///
    /// # Security
    ///
    /// It adds people and removes none, and quorums stay. Only where the policy that assessed it
    /// says so: the executor's own policy has to say so as well, or it counts their answers from
    /// the planned instant on.
    pub fn hastened(
        &self,
        unreached: &BTreeSet<Group>,
        now: Moment,
    ) -> Result<Option<Recorded>, LifecycleError> {
        let mut after = Self { notify_at: Some(now), ..self.touched(now) };
        let mut notes = Vec::new();
        let requirements = after.assessment.iter_mut().flat_map(|a| &mut a.requirements);
        for one in requirements.filter(|one| unreached.contains(&one.group)) {
            let later = |to: &&mut Escalation| now < to.from && to.earliest() <= now;
            let Some(to) = one.escalation.as_mut().filter(later) else { continue };
            to.from = now;
            let (first, further) = (&one.group, &to.group);
            notes.push(format!("nobody of {first} could be reached: {further} may answer at once"));
        }
        if self.status != Status::Pending || notes.is_empty() {
            return Ok(None);
        }
        let entry = Entry::new(Actor::RequestApproval, AuditKind::Hastened);
        let entry = entry.noting(&notes.join("; "));
        after.with_audit(Some(self.status), now, entry).map(Some)
    }

    /// Takes note of the notice without links that goes to all who subscribed.
    ///
    /// # Errors
    ///
    /// The audit record has no canonical form.
    pub fn published(
        &self,
        failure: Option<&str>,
        now: Moment,
    ) -> Result<Recorded, LifecycleError> {
        let note = failure.map_or_else(
            || "a notice was published".to_owned(),
            |why| format!("a notice could not be published: {why}"),
        );
        let entry = Entry::new(Actor::RequestApproval, AuditKind::Published);
        self.noted(entry.noting(&note), now)
    }

    /// Takes note of a wrong code. A killed link is a change of epoch, so it leaves a record; a
    /// fresh one is due at once.
    ///
    /// # Errors
    ///
    /// The audit record has no canonical form.
    pub fn missed(
        &self,
        before: &Notice,
        after: &Notice,
        now: Moment,
    ) -> Result<Commit, LifecycleError> {
        let guard = Guard::Notices(vec![after.clone()]);
        if before.epoch == after.epoch {
            return Ok(Commit::from(self.touched(now)).guarded(guard));
        }
        let who = &after.approver;
        let note = if after.locked {
            format!("{who} typed five wrong codes again: no further link is made")
        } else {
            format!("{who} typed five wrong codes: the link was killed")
        };
        let due = if after.locked { self.notify_at } else { Some(now) };
        let killed = Self { notify_at: due, ..self.clone() };
        let entry = Entry::new(Actor::CallbackHandler, AuditKind::LinkKilled).about(who);
        Ok(Commit::from(killed.noted(entry.noting(&note), now)?).guarded(guard))
    }

    fn noted(&self, entry: Entry, now: Moment) -> Result<Recorded, LifecycleError> {
        self.touched(now).with_audit(Some(self.status), now, entry)
    }
}

#[cfg(test)]
mod tests;
