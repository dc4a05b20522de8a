//! Why a transaction was cancelled, told by which of its steps did not hold.

use approval_core::commit::CommitError;
use approval_core::ports::BoxError;
use aws_sdk_dynamodb::types::CancellationReason;

use super::plan::About;
use crate::call::CallError;

const OPERATION: &str = "dynamodb:TransactWriteItems";

/// What a cancelled transaction means.
#[derive(Debug)]
pub(super) enum Cancelled {
    /// A condition did not hold, or the store could not: trying again changes nothing.
    Because(CommitError),
    /// It met another transaction and was not judged at all: trying again is right.
    Contended,
}

/// Tells a condition that did not hold from a collision with another transaction. Reasons come in
/// the order of the steps.
pub(super) fn meaning(steps: &[About], reasons: &[CancellationReason]) -> Cancelled {
    let failed = |reason: &CancellationReason| reason.code() == Some("ConditionalCheckFailed");
    let pairs = steps.iter().zip(reasons);
    if let Some((about, reason)) = pairs.into_iter().find(|(_, reason)| failed(reason)) {
        return Cancelled::Because(broken(*about, reason));
    }
    let codes: Vec<_> = reasons
        .iter()
        .filter_map(CancellationReason::code)
        .filter(|code| *code != "None")
        .collect();
    if !codes.is_empty() && codes.iter().all(|code| *code == "TransactionConflict") {
        return Cancelled::Contended;
    }
    Cancelled::Because(unavailable(format!("cancelled for {codes:?}")))
}

fn broken(about: About, reason: &CancellationReason) -> CommitError {
    match about {
        // Ids and references are random and audit rows follow the version, so whatever stands
        // there was written by somebody who was first.
        About::Request | About::Audit | About::Reference => CommitError::Conflict,
        About::Ask => {
            let row = reason.item().cloned().map(serde_dynamo::from_item);
            match row {
                Some(Ok(row)) => CommitError::AskTaken(row),
                Some(Err(_)) | None => unavailable("the row in the way cannot be read".to_owned()),
            }
        }
        About::Claim => CommitError::Claimed,
        About::Freeze => CommitError::Frozen,
        About::Decision => CommitError::Decided,
        About::Epoch => CommitError::Revoked,
        // Written beside a request whose version held: nothing conditions them.
        About::Notice => CommitError::Conflict,
    }
}

fn unavailable(what: String) -> CommitError {
    let cause: BoxError = CallError::of(OPERATION, what).into();
    CommitError::Unavailable(cause)
}
