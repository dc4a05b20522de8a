//! The canonical action: everything that will run, and on whose behalf.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;
use crate::moment::Moment;
use crate::name::{RequestId, ToolName};
use crate::requester::Requester;

/// The format this code writes and reads.
pub const FORMAT: u32 = 1;

/// Everything that will run, and on whose behalf. What is approved is the digest of this.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct CanonicalAction {
    /// The format, [`FORMAT`].
    pub format: u32,
    /// The stack, so that an approval from staging is worth nothing in production.
    pub stack: String,
    /// The request.
    pub request: RequestId,
    /// 256 random bits in hexadecimal, so that the digest gives away no short secret.
    pub nonce: String,
    /// The tool.
    pub tool: ToolName,
    /// The arguments, coerced and validated.
    pub arguments: Value,
    /// Who asked.
    pub requester: Requester,
    /// The caller's session, as it came.
    pub session: Option<String>,
    /// When it was asked.
    pub asked_at: Moment,
    /// The digest of the catalogue entry, so that a retargeted tool cannot run under an old
    /// approval.
    pub entry: Digest,
}

/// The bytes are no canonical action.
#[derive(Debug, thiserror::Error)]
pub enum ActionError {
    /// Not the canonical form of what they say.
    #[error("the sealed bytes are not in canonical form")]
    NotCanonical,
    /// Written in a format this code does not know.
    #[error("the sealed action has format {0}, this code reads format {FORMAT}")]
    Format(u32),
    /// Not a canonical action at all.
    #[error("the sealed bytes are no canonical action")]
    Unreadable(#[from] serde_json::Error),
    /// No canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

impl CanonicalAction {
    /// The canonical bytes (RFC 8785): what is sealed.
    ///
    /// # Errors
    ///
    /// The arguments have no canonical form.
    pub fn encode(&self) -> Result<Vec<u8>, CanonicalError> {
        canonical::bytes(self)
    }

    /// Reads canonical bytes, and nothing but canonical bytes.
    ///
    /// # Errors
    ///
    /// The bytes are anything else, down to a space.
    pub fn decode(bytes: &[u8]) -> Result<Self, ActionError> {
        let action: Self = serde_json::from_slice(bytes)?;
        if action.format != FORMAT {
            return Err(ActionError::Format(action.format));
        }
        if action.encode()? != bytes {
            return Err(ActionError::NotCanonical);
        }
        Ok(action)
    }

    /// The action digest: SHA-256 over the canonical bytes.
    ///
    /// # Errors
    ///
    /// The arguments have no canonical form.
    pub fn digest(&self) -> Result<Digest, CanonicalError> {
        Ok(Digest::of(&self.encode()?))
    }
}
