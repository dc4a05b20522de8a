//! When the same ask is the same request.

use jiff::SignedDuration;

use crate::moment::Moment;
use crate::request::ApprovalRequest;
use crate::status::Status;

/// Whether a repeat of the ask is answered with this request instead of a new one.
///
/// While it is open or in doubt, always: asking again must not make a second one. After it was
/// executed or rejected, for `window`: a retry must not do it twice, nor nag. After any other end,
/// never: nothing was done and nobody said no.
#[must_use]
pub fn covers(request: &ApprovalRequest, window: SignedDuration, now: Moment) -> bool {
    match request.status {
        Status::Received | Status::Pending | Status::Allowed | Status::Approved => true,
        Status::Executing | Status::InDoubt => true,
        // Not by the last write: what is noted afterwards must not make a repeat of a new ask.
        Status::Executed | Status::Rejected => {
            now < request.ended_at.unwrap_or(request.changed_at).plus(window)
        }
        Status::Failed | Status::Refused | Status::Expired | Status::Cancelled => false,
    }
}
