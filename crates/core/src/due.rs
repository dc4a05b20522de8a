//! What is owed to a request, and when. One function; the sweep asks nothing else.

use jiff::SignedDuration;

use crate::moment::Moment;
use crate::request::ApprovalRequest;
use crate::status::Status;

/// How long a workflow execution may be silent before the sweep looks whether it lives.
pub const LOOK_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// How long after its claim ran out a request is marked in doubt.
pub const DOUBT_AFTER: SignedDuration = SignedDuration::from_secs(10);
/// The same for idempotent tools: longer than the state machine retries with the same key.
pub const DOUBT_AFTER_RETRIES: SignedDuration = SignedDuration::from_mins(10);

/// The next instant at which relay-outbox owes this request something; none when nothing is owed.
#[must_use]
pub fn next_due(request: &ApprovalRequest) -> Option<Moment> {
    let silent = request.changed_at.plus(LOOK_AFTER);
    let duty = match request.status {
        Status::Received => Some(silent),
        Status::Pending => {
            let unasked = request.wait.is_none().then_some(silent);
            [unasked, request.notify_at, request.expires_at()].into_iter().flatten().min()
        }
        Status::Allowed | Status::Approved => {
            Some(request.run_by.map_or(silent, |by| by.min(silent)))
        }
        Status::Executing => {
            let grace = if request.idempotent { DOUBT_AFTER_RETRIES } else { DOUBT_AFTER };
            Some(request.claimed_until.unwrap_or(request.changed_at).plus(grace))
        }
        Status::InDoubt | Status::Executed | Status::Failed => None,
        Status::Refused | Status::Rejected | Status::Expired | Status::Cancelled => None,
    };
    if owes_resume(request) { Some(request.changed_at) } else { duty }
}

/// Whether a wait must still be ended: somebody waits, and there is nothing left to wait for.
#[must_use]
pub fn owes_resume(request: &ApprovalRequest) -> bool {
    let resolved = match request.status {
        Status::Received | Status::Pending => false,
        // Somebody is at work on it: a write now could cost the outcome.
        Status::Executing => false,
        Status::Allowed | Status::Approved | Status::InDoubt => true,
        Status::Executed | Status::Failed | Status::Refused | Status::Rejected => true,
        Status::Expired | Status::Cancelled => true,
    };
    resolved && request.wait.as_ref().is_some_and(|wait| !wait.resumed)
}

#[cfg(test)]
mod tests;
