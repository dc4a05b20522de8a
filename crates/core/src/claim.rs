//! The claim: the row that makes a side effect happen at most once.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::name::RequestId;

/// An executor's claim on a request. There is one per request, for ever.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Claim {
    /// The request.
    pub request: RequestId,
    /// When it was made.
    pub at: Moment,
    /// Until when its maker may still be at work: beyond its function's timeout.
    pub until: Moment,
    /// Whether the outcome is recorded. A settled claim is never taken again, whatever a status
    /// field says.
    pub settled: bool,
}
