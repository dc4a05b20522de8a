//! How a request ended, in sentences that page and mail share.

use approval_core::cause::Cause;
use approval_core::decision::Verdict;
use approval_core::status::Status;

use crate::case::Case;

/// What became of it, and by whose doing; nothing while it has not ended.
pub(crate) fn happened(case: &Case) -> String {
    let why = why(case);
    match case.status {
        Status::Received | Status::Pending | Status::Allowed => String::new(),
        Status::Approved | Status::Executing | Status::InDoubt => String::new(),
        Status::Executed if case.cause == Some(Cause::OperatorSettled) => {
            format!("It was done: an operator found that out.{why}")
        }
        Status::Executed => "It was done, once.".to_owned(),
        Status::Failed if case.cause == Some(Cause::OperatorSettled) => {
            format!("It was not done: an operator found that out.{why}")
        }
        Status::Failed => format!("It was started and not done.{why}"),
        Status::Refused => {
            format!("The last check before it ran refused it, so nothing was done.{why}")
        }
        Status::Rejected => format!("It was rejected{}, so nothing was done.", by_other(case)),
        Status::Expired if case.cause == Some(Cause::NotStartedInTime) => {
            "It was approved and did not start in time, so nothing was done.".to_owned()
        }
        Status::Expired => "Too few answered in time, so nothing was done.".to_owned(),
        Status::Cancelled => format!("{} Nothing was done.", taken_back(case)),
    }
}

/// The same to whoever reads it: those who approved, those who rejected, those who did not answer.
pub(crate) fn to_you(case: &Case) -> String {
    let (happened, why) = (happened(case), why(case));
    match case.own.as_ref().map(|own| own.verdict) {
        None => format!("You did not answer. {happened}"),
        Some(Verdict::Reject) if case.status == Status::Rejected => {
            let told = "The agent is told when it asks, with the comment.";
            format!("You rejected this, so nothing was done. {told}")
        }
        Some(Verdict::Reject) => format!("You rejected this. {happened}"),
        Some(Verdict::Approve) => match case.status {
            Status::Executed if why.is_empty() => "What you approved was done, once.".to_owned(),
            Status::Failed if case.cause != Some(Cause::OperatorSettled) => {
                format!("What you approved was started and not done.{why}")
            }
            Status::Received | Status::Pending | Status::Allowed | Status::Approved => happened,
            Status::Executing | Status::InDoubt => happened,
            Status::Executed | Status::Failed | Status::Refused | Status::Rejected => {
                format!("You approved this. {happened}")
            }
            Status::Expired | Status::Cancelled => format!("You approved this. {happened}"),
        },
    }
}

/// Who took it back, as far as it was somebody.
pub(crate) fn taken_back(case: &Case) -> String {
    let why = why(case);
    match case.cause {
        Some(Cause::AgentCancelled) => "The agent took it back.".to_owned(),
        Some(Cause::OperatorCancelled) => format!("An operator took it back.{why}"),
        Some(Cause::Frozen) => {
            "An operator had stopped actions of this kind before it could run.".to_owned()
        }
        Some(Cause::WorkflowEnded) => {
            "Its workflow execution ended before it could run.".to_owned()
        }
        Some(
            Cause::PolicyRefuses
            | Cause::EvidenceRefused
            | Cause::PeopleRejected
            | Cause::NotAssessedInTime
            | Cause::NotDecidedInTime
            | Cause::NotStartedInTime
            | Cause::TargetDeclined
            | Cause::OutcomeUnknown
            | Cause::OperatorSettled,
        )
        | None => format!("It was taken back.{why}"),
    }
}

fn why(case: &Case) -> String {
    let why = case.reason.as_ref();
    why.map(|why| format!(" Reason: {}.", why.trim_end_matches('.'))).unwrap_or_default()
}

fn by_other(case: &Case) -> String {
    match &case.by {
        Some(by) if case.own.as_ref().is_none_or(|own| own.who.id != by.who.id) => {
            format!(" by {}", by.who.name)
        }
        Some(_) | None => String::new(),
    }
}
