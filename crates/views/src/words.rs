//! Statuses, verdicts and actors in words.

use approval_core::audit::Actor;
use approval_core::decision::Verdict;
use approval_core::requester::Person;
use approval_core::risk::RiskTier;
use approval_core::status::Status;

/// What the status means.
#[must_use]
pub fn status(status: Status) -> &'static str {
    match status {
        Status::Received => "received: not assessed yet",
        Status::Pending => "pending: waits for people to decide",
        Status::Allowed => "allowed: may run without a person",
        Status::Approved => "approved: may run, the people asked agreed",
        Status::Executing => "executing: the target is being called",
        Status::InDoubt => "in doubt: it may or may not have been done, a person must find out",
        Status::Executed => "executed: done, once",
        Status::Failed => "failed: started, and certainly not done",
        Status::Refused => "refused: must not run",
        Status::Rejected => "rejected: a person said no",
        Status::Expired => "expired: a deadline passed, nothing was done",
        Status::Cancelled => "cancelled: taken back, nothing was done",
    }
}

/// The tier.
#[must_use]
pub fn tier(tier: RiskTier) -> &'static str {
    match tier {
        RiskTier::Low => "Low risk",
        RiskTier::Medium => "Medium risk",
        RiskTier::High => "High risk",
        RiskTier::Critical => "Critical risk",
    }
}

/// The verdict.
#[must_use]
pub fn verdict(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Approve => "approve",
        Verdict::Reject => "reject",
    }
}

/// Who made a transition, as records name it.
#[must_use]
pub fn actor(actor: Actor) -> &'static str {
    match actor {
        Actor::SubmitAction => "submit-action",
        Actor::RiskClassify => "risk-classify",
        Actor::RequestApproval => "request-approval",
        Actor::CallbackHandler => "callback-handler",
        Actor::ExecuteAction => "execute-action",
        Actor::RelayOutbox => "relay-outbox",
        Actor::OperatorDesk => "operator-desk",
    }
}

/// The person behind the agent, and how far to believe it. Not yet [`visible`](crate::visible()).
#[must_use]
pub fn person(person: &Person) -> String {
    match person {
        Person::Verified { issuer, subject } => format!("verified by {issuer}: {subject}"),
        Person::Claimed { name } => format!("claimed, not proven: {name}"),
        Person::Unknown => "unknown".to_owned(),
    }
}

/// What the arguments are called, while it may run by them or after that.
#[must_use]
pub fn exactly(may_run: bool) -> &'static str {
    if may_run { "Exactly what will run" } else { "Exactly what was asked" }
}

/// The status in one or two words.
#[must_use]
pub fn short(status: Status) -> &'static str {
    match status {
        Status::InDoubt => "in doubt",
        Status::Received | Status::Pending | Status::Allowed | Status::Approved => status.as_str(),
        Status::Executing | Status::Executed | Status::Failed | Status::Refused => status.as_str(),
        Status::Rejected | Status::Expired | Status::Cancelled => status.as_str(),
    }
}
