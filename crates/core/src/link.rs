//! The link: what a personal link stands for, and how it is written into a URL.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;
use crate::moment::Moment;
use crate::name::{ApproverId, RequestId};

pub mod token;

/// What a personal link stands for. No verdict and no task token is inside.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The stack.
    pub stack: String,
    /// The key that made the code; inside what is authenticated, so it cannot be swapped.
    pub key: String,
    /// The request.
    pub request: RequestId,
    /// The one person it was made for.
    pub approver: ApproverId,
    /// Rises when the person's links are revoked.
    pub epoch: u32,
    /// The action digest.
    pub digest: Digest,
    /// No decision through this link counts from this instant on.
    pub hard_limit: Moment,
}

impl Link {
    /// What the link key authenticates.
    ///
    /// # Errors
    ///
    /// The link has no canonical form.
    pub fn message(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::bytes(&("countersign-link-v1", self))
    }
}
