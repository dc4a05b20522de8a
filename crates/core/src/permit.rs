//! The execution permit: without one, nothing can be performed.

use serde_json::Value;

use crate::digest::Digest;
use crate::name::{RequestId, ToolName};
use crate::requester::Requester;

/// Leave to perform one action, once. Only [`authorize`](crate::evidence::authorize) makes one, and
/// for what merely reads [`look`](crate::evidence::look).
///
/// ```compile_fail,E0451
/// # use approval_core::permit::ExecutionPermit;
/// fn forge(honest: ExecutionPermit) -> ExecutionPermit {
///     ExecutionPermit { arguments: serde_json::json!({"amount": 5000}), ..honest }
/// }
/// ```
///
/// # Security
///
/// Its fields are private and it cannot be cloned or read from text, so code that performs an
/// action without evidence does not compile.
#[derive(Debug)]
pub struct ExecutionPermit {
    pub(crate) request: RequestId,
    pub(crate) digest: Digest,
    pub(crate) tool: ToolName,
    pub(crate) target: String,
    pub(crate) idempotent: bool,
    pub(crate) arguments: Value,
    pub(crate) requester: Requester,
}

impl ExecutionPermit {
    /// The request.
    #[must_use]
    pub fn request(&self) -> &RequestId {
        &self.request
    }

    /// The digest of what was allowed or approved.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// The tool.
    #[must_use]
    pub fn tool(&self) -> &ToolName {
        &self.tool
    }

    /// Where it runs.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// Whether it may be called again with the same key.
    #[must_use]
    pub fn idempotent(&self) -> bool {
        self.idempotent
    }

    /// The arguments that were allowed or approved.
    #[must_use]
    pub fn arguments(&self) -> &Value {
        &self.arguments
    }

    /// On whose behalf.
    #[must_use]
    pub fn requester(&self) -> &Requester {
        &self.requester
    }

    /// The key under which the target recognises a repeat: the same for every attempt.
    #[must_use]
    pub fn idempotency_key(&self) -> &str {
        self.request.as_str()
    }
}
