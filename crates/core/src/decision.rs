//! One approver's final answer.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;
use crate::link::Link;
use crate::moment::Moment;
use crate::ports::Mac;

/// What an approver says.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// It may run.
    Approve,
    /// It must not run.
    Reject,
}

/// One approver's final answer, with the proof that the link was theirs and the answer is the one
/// they gave.
///
/// # Security
///
/// Two keys in two hands: request-approval makes links and cannot make the decision's code;
/// callback-handler makes the decision's code and cannot make links. Neither can make a whole
/// decision, and nobody can edit one.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The link it came through.
    pub link: Link,
    /// The link key's code over the link.
    pub link_mac: Mac,
    /// What the approver says.
    pub verdict: Verdict,
    /// What they wrote beside it, as it came; empty for nothing.
    pub comment: String,
    /// When, by callback-handler's clock.
    pub decided_at: Moment,
    /// The key that made [`mac`](Self::mac).
    pub key: String,
    /// The decision key's code over all of the above.
    pub mac: Mac,
}

impl Decision {
    /// What the decision key authenticates: all of it, the comment by its digest, since a key
    /// takes 4096 bytes at the most.
    ///
    /// # Errors
    ///
    /// The decision has no canonical form.
    pub fn message(&self) -> Result<Vec<u8>, CanonicalError> {
        let Self { link, link_mac, verdict, comment, decided_at, key, mac: _ } = self;
        canonical::bytes(&(
            ("countersign-decision-v1", link, link_mac),
            (verdict, Digest::of(comment.as_bytes()), decided_at, key),
        ))
    }
}

#[cfg(test)]
mod tests;
