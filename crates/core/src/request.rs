//! The approval request: the one record all functions agree on.

use serde::{Deserialize, Serialize};

use crate::assessment::Assessment;
use crate::audit::AuditHead;
use crate::cause::Cause;
use crate::digest::Digest;
use crate::moment::Moment;
use crate::name::{RequestId, ToolName};
use crate::requester::Requester;
use crate::sealed::Sealed;
use crate::status::Status;
use crate::task::Wait;

/// The record version this code reads and writes. Others are left alone.
pub const SCHEMA: u32 = 1;

/// An agent's ask, from submission to its end. What runs is in [`action`](Self::action), sealed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub struct ApprovalRequest {
    /// The record version, [`SCHEMA`].
    pub schema: u32,
    /// The id.
    pub id: RequestId,
    /// Rises by one with every write; each write is conditional on it.
    pub version: u64,
    /// Where it stands.
    pub status: Status,
    /// The tool.
    pub tool: ToolName,
    /// Who asked.
    pub requester: Requester,
    /// The action digest.
    pub digest: Digest,
    /// Whether the catalogue says that the tool may be called again with the same key.
    pub idempotent: bool,
    /// When it was asked.
    pub asked_at: Moment,
    /// When this version was written.
    pub changed_at: Moment,
    /// When it ended; none while it has not.
    #[serde(default)]
    pub ended_at: Option<Moment>,
    /// No deadline is ever moved beyond this instant.
    pub hard_limit: Moment,
    /// What policy answered.
    pub assessment: Option<Assessment>,
    /// When waiting ends: no decision counts from this instant on.
    pub decide_by: Option<Moment>,
    /// When running ends: no claim is made from this instant on.
    pub run_by: Option<Moment>,
    /// Until when the present claim holds.
    pub claimed_until: Option<Moment>,
    /// The newest wait of its workflow execution.
    pub wait: Option<Wait>,
    /// When people must next be written to; none when nobody is owed a message.
    #[serde(default)]
    pub notify_at: Option<Moment>,
    /// When an operator last had those who have not answered written to again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remind_from: Option<Moment>,
    /// Why it ended as it did, in fixed or the operator's words.
    pub reason: Option<String>,
    /// The same for programs.
    #[serde(default)]
    pub cause: Option<Cause>,
    /// What the person who rejected it wrote beside it, as it came.
    #[serde(default)]
    pub comment: Option<String>,
    /// The canonical action, sealed.
    pub action: Sealed,
    /// What approvers and operators may see of it, sealed; none until it was assessed.
    #[serde(default)]
    pub display: Option<Sealed>,
    /// How what it would change stood when people were asked, sealed; none where nobody looked.
    #[serde(default)]
    pub before: Option<Sealed>,
    /// What the target answered, sealed.
    pub result: Option<Sealed>,
    /// Where its audit trail ends.
    pub audit: AuditHead,
    /// From which audit record on events are owed; none when all were published.
    #[serde(default)]
    pub publish_from: Option<u64>,
}
