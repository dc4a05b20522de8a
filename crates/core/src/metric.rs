//! What is measured: what the audit trail tells, and how much waits.

use std::future::Future;

use crate::audit::{AuditKind, AuditRecord};
use crate::cause::Cause;
use crate::decision::Verdict;
use crate::moment::Moment;
use crate::ports::Unavailable;
use crate::request::ApprovalRequest;
use crate::status::Status;
use jiff::SignedDuration;

/// One measurement.
///
/// # Security
///
/// Whoever may read the account's metrics reads it, so it is made of numbers and of words of ours:
/// no id, name, argument or text of anybody fits in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Metric {
    /// A request was opened.
    RequestCreated,
    /// A person decided.
    Decided(Verdict),
    /// People agreed or said no so long after it was asked.
    TimeToDecision(SignedDuration),
    /// A deadline passed.
    Expired,
    /// It was refused, for this cause.
    Refused(Cause),
    /// It was cancelled, for this cause.
    Cancelled(Cause),
    /// Nobody knows whether it was done.
    Doubted,
    /// A channel took a message to a person.
    MailSent,
    /// A channel did not take one.
    MailFailed,
    /// A mail that was taken came back.
    MailReturned,
    /// So many requests wait for people.
    Pending(usize),
    /// The oldest of them was asked so long ago.
    OldestPending(SignedDuration),
    /// So many requests could not be served by a sweep.
    Parked(usize),
    /// A wait could not be ended.
    ResumeFailed,
}

/// What a measurement counts in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Unit {
    /// Things.
    Count,
    /// Seconds.
    Seconds,
}

/// A measurement by name and number.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sample {
    /// The name.
    pub name: &'static str,
    /// What it counts in.
    pub unit: Unit,
    /// How many.
    pub value: u64,
    /// What tells it from others of its name: which way, and which one.
    pub dimension: Option<(&'static str, &'static str)>,
}

/// Takes measurements down.
pub trait Measure {
    /// Takes one down, as of `at`. Nothing depends on it, so it cannot fail.
    fn measure(&self, metric: Metric, at: Moment);
}

/// What waits for people.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Waiting {
    /// How many requests, up to what one look reads.
    pub count: usize,
    /// When the oldest of those was asked; none where nothing waits.
    pub oldest: Option<Moment>,
}

/// Looks at what waits for people.
pub trait Queue {
    /// What waits, soonest deadlines first, in one look that reads no more however much waits.
    fn waiting(&self) -> impl Future<Output = Result<Waiting, Unavailable>> + Send;
}

impl Metric {
    /// What one transition tells, once it is written.
    #[must_use]
    pub fn of(record: &AuditRecord, request: &ApprovalRequest) -> Vec<Self> {
        let happened = match record.kind {
            AuditKind::Approval => Some(Self::Decided(Verdict::Approve)),
            AuditKind::Rejection => Some(Self::Decided(Verdict::Reject)),
            AuditKind::Asked | AuditKind::Escalated | AuditKind::Relinked => Some(Self::MailSent),
            AuditKind::Reminded | AuditKind::Informed => Some(Self::MailSent),
            AuditKind::Unreached => Some(Self::MailFailed),
            AuditKind::Returned => Some(Self::MailReturned),
            AuditKind::Transition | AuditKind::Published | AuditKind::LinkKilled => None,
            AuditKind::ClaimedAgain | AuditKind::Extended | AuditKind::RemindOrdered => None,
            AuditKind::Hastened => None,
        };
        let changed = if record.from == Some(record.to) { None } else { reached(record, request) };
        happened.into_iter().chain(changed).collect()
    }

    /// The measurement by name and number.
    #[must_use]
    pub fn sample(self) -> Sample {
        let one = |name| Sample { name, unit: Unit::Count, value: 1, dimension: None };
        let count =
            |name, value| Sample { value: u64::try_from(value).unwrap_or(u64::MAX), ..one(name) };
        let seconds = |name, span: SignedDuration| {
            let value = u64::try_from(span.as_secs()).unwrap_or_default();
            Sample { unit: Unit::Seconds, value, ..one(name) }
        };
        let by = |name, dimension| Sample { dimension: Some(dimension), ..one(name) };
        match self {
            Self::RequestCreated => one("RequestsCreated"),
            Self::Decided(Verdict::Approve) => by("Decided", ("Verdict", "approve")),
            Self::Decided(Verdict::Reject) => by("Decided", ("Verdict", "reject")),
            Self::TimeToDecision(span) => seconds("TimeToDecisionSeconds", span),
            Self::Expired => one("Expired"),
            Self::Refused(cause) => by("Refused", ("Cause", cause.as_str())),
            Self::Cancelled(cause) => by("Cancelled", ("Cause", cause.as_str())),
            Self::Doubted => one("InDoubt"),
            Self::MailSent => one("MailSent"),
            Self::MailFailed => one("MailFailed"),
            Self::MailReturned => one("MailReturned"),
            Self::Pending(found) => count("PendingCount", found),
            Self::OldestPending(span) => seconds("OldestPendingSeconds", span),
            Self::Parked(found) => count("ParkedCount", found),
            Self::ResumeFailed => one("ResumeFailed"),
        }
    }
}

fn reached(record: &AuditRecord, request: &ApprovalRequest) -> Option<Metric> {
    match record.to {
        Status::Received => Some(Metric::RequestCreated),
        Status::Approved | Status::Rejected => {
            Some(Metric::TimeToDecision(record.at.since(request.asked_at)))
        }
        Status::Expired => Some(Metric::Expired),
        Status::Refused => Some(Metric::Refused(record.cause.unwrap_or(Cause::PolicyRefuses))),
        Status::InDoubt => Some(Metric::Doubted),
        Status::Cancelled => record.cause.map(Metric::Cancelled),
        Status::Pending | Status::Allowed | Status::Executing => None,
        Status::Executed | Status::Failed => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::Actor;
    use crate::fixture::{asks, at, need, opened, pending, who};
    use crate::lifecycle::Recorded;
    use crate::notice::Return;

    fn told(recorded: &Recorded) -> Vec<Metric> {
        Metric::of(&recorded.audit, &recorded.request)
    }

    #[test]
    fn each_step_of_a_life_is_measured_by_what_its_record_tells() {
        assert_eq!(told(&opened()), [Metric::RequestCreated]);
        let asked = opened().request.assess(asks(&[need("billing", 1)]), at(0)).unwrap();
        assert_eq!(told(&asked), []);
        let waits = pending(&[need("billing", 1)]);
        assert_eq!(told(&waits.expire(Actor::RelayOutbox, at(240)).unwrap()), [Metric::Expired]);
        let refused = waits.refuse(Actor::ExecuteAction, at(5), "no");
        assert!(refused.is_err(), "only what may run is refused by evidence");
        let approved = ApprovalRequest { status: Status::Approved, ..waits.clone() };
        let refused = approved.refuse(Actor::ExecuteAction, at(5), "no").unwrap();
        assert_eq!(told(&refused), [Metric::Refused(Cause::EvidenceRefused)]);
        let frozen = approved.cancel(Actor::ExecuteAction, at(5), Cause::Frozen, "x").unwrap();
        assert_eq!(told(&frozen), [Metric::Cancelled(Cause::Frozen)]);
        let withdrawn = waits.withdraw(at(5)).unwrap();
        assert_eq!(told(&withdrawn), [Metric::Cancelled(Cause::AgentCancelled)]);
        let returned = waits.returned(&who("ana"), Return::Bounce, None, at(5)).unwrap();
        assert_eq!(told(&returned), [Metric::MailReturned]);
    }

    #[test]
    fn a_decision_that_ends_the_wait_says_how_long_it_took() {
        let waits = pending(&[need("billing", 1)]);
        let recorded = waits.withdraw(at(9)).unwrap();
        let audit =
            AuditRecord { kind: AuditKind::Rejection, to: Status::Rejected, ..recorded.audit };
        let took = Metric::TimeToDecision(SignedDuration::from_mins(9));
        assert_eq!(Metric::of(&audit, &waits), [Metric::Decided(Verdict::Reject), took]);
        assert_eq!(took.sample().value, 540);
        let early = Metric::TimeToDecision(SignedDuration::from_secs(-5)).sample();
        assert_eq!(early.value, 0, "clocks differ");
    }

    #[test]
    fn promise_10_no_text_of_anybody_is_in_a_measurement() {
        let waits = pending(&[need("billing", 1)]);
        let approved = ApprovalRequest { status: Status::Approved, ..waits };
        let refused = approved.refuse(Actor::ExecuteAction, at(5), "canary-reason").unwrap();
        let audit = AuditRecord { who: Some("canary-who".to_owned()), ..refused.audit };
        let samples: Vec<_> =
            Metric::of(&audit, &refused.request).into_iter().map(Metric::sample).collect();
        assert_eq!(samples.len(), 1);
        let text = format!("{samples:?}");
        assert!(!text.contains("canary") && !text.contains(audit.request.as_str()), "{text}");
    }
}
