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

/// One kind of thing that relay-outbox may owe a request, in the order in which it does them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Duty {
    /// To close what ran out of time: it expires, or its claim is dead.
    Close,
    /// To end a wait that has nothing left to wait for.
    Resume,
    /// To see to it that a workflow execution is at work on it.
    Revive,
    /// To have people told.
    Tell,
    /// To publish what happened.
    Publish,
}

impl Duty {
    /// Every duty.
    pub const ALL: [Self; 5] = [Self::Close, Self::Resume, Self::Revive, Self::Tell, Self::Publish];

    /// When it is due; none while it is not owed.
    ///
    /// While somebody is at work on the request only its end is watched: any other write could
    /// cost the outcome.
    #[must_use]
    pub fn due(self, request: &ApprovalRequest) -> Option<Moment> {
        match self {
            Self::Close => closes(request),
            Self::Resume => owes_resume(request).then_some(request.changed_at),
            Self::Revive => revives(request),
            Self::Tell => tells(request),
            Self::Publish if request.status == Status::Executing => None,
            Self::Publish => request.publish_from.map(|_| request.changed_at),
        }
    }
}

/// The next instant at which relay-outbox owes this request something; none when nothing is owed.
#[must_use]
pub fn next_due(request: &ApprovalRequest) -> Option<Moment> {
    Duty::ALL.into_iter().filter_map(|duty| duty.due(request)).min()
}

/// Whether a wait must still be ended: somebody waits, and there is nothing left to wait for.
#[must_use]
pub fn owes_resume(request: &ApprovalRequest) -> bool {
    let resolved = match request.status {
        Status::Received | Status::Pending => false,
        Status::Executing => false,
        Status::Allowed | Status::Approved | Status::InDoubt => true,
        Status::Executed | Status::Failed | Status::Refused | Status::Rejected => true,
        Status::Expired | Status::Cancelled => true,
    };
    resolved && request.wait.as_ref().is_some_and(|wait| !wait.resumed)
}

fn closes(request: &ApprovalRequest) -> Option<Moment> {
    if request.status != Status::Executing {
        return request.expires_at();
    }
    let grace = if request.idempotent { DOUBT_AFTER_RETRIES } else { DOUBT_AFTER };
    Some(request.claimed_until.unwrap_or(request.changed_at).plus(grace))
}

fn revives(request: &ApprovalRequest) -> Option<Moment> {
    let silent = request.changed_at.plus(LOOK_AFTER);
    match request.status {
        Status::Received => Some(silent),
        Status::Pending => request.wait.is_none().then_some(silent),
        // Whoever waits is resumed first.
        Status::Allowed | Status::Approved => (!owes_resume(request)).then_some(silent),
        Status::Executing | Status::InDoubt | Status::Executed | Status::Failed => None,
        Status::Refused | Status::Rejected | Status::Expired | Status::Cancelled => None,
    }
}

/// Nobody is told anything between the answer of the last person and the end.
fn tells(request: &ApprovalRequest) -> Option<Moment> {
    match request.status {
        Status::Pending => request.notify_at,
        Status::Received | Status::Allowed | Status::Approved => None,
        Status::Executing | Status::InDoubt => None,
        Status::Executed | Status::Failed | Status::Refused => request.notify_at,
        Status::Rejected | Status::Expired | Status::Cancelled => request.notify_at,
    }
}

#[cfg(test)]
mod tests;
