//! The audit trail: one record per transition, hash-chained per request.

use serde::{Deserialize, Serialize};

use crate::canonical::{self, CanonicalError};
use crate::cause::Cause;
use crate::digest::Digest;
use crate::moment::Moment;
use crate::name::RequestId;
use crate::request::ApprovalRequest;
use crate::status::Status;

/// Who made a transition: a function, or a person through one.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Actor {
    /// The agents' door.
    SubmitAction,
    /// Policy.
    RiskClassify,
    /// The one that asks people.
    RequestApproval,
    /// The approvers' door.
    CallbackHandler,
    /// The executor.
    ExecuteAction,
    /// The one that owes.
    RelayOutbox,
    /// The operators' door.
    OperatorDesk,
}

/// What a record is about.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AuditKind {
    /// The status changed, and nothing else is said here.
    Transition,
    /// A person approved; the status may have changed with it.
    Approval,
    /// A person rejected; the status may have changed with it.
    Rejection,
    /// A person was asked.
    Asked,
    /// A person of a further group was asked, because too few had answered.
    Escalated,
    /// A person was reminded.
    Reminded,
    /// A person was sent a fresh link.
    Relinked,
    /// A person was told how it ended.
    Informed,
    /// A channel did not take a message to a person, whatever it was about.
    Unreached,
    /// A mail that its service had taken came back.
    Returned,
    /// A further group may answer at once, because nobody of the first one could be reached.
    Hastened,
    /// A notice without links was published, or could not be.
    Published,
    /// A link was killed by wrong codes.
    LinkKilled,
    /// It was claimed again.
    ClaimedAgain,
    /// People were given more time.
    Extended,
    /// An operator had those who have not answered written to again.
    RemindOrdered,
}

/// One transition of one request.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct AuditRecord {
    /// The request.
    pub request: RequestId,
    /// The place in the chain, from 0.
    pub seq: u64,
    /// The version of the request that this transition made.
    pub version: u64,
    /// When, by the writer's clock. Order is by `seq`.
    pub at: Moment,
    /// Who.
    pub actor: Actor,
    /// What it is about.
    pub kind: AuditKind,
    /// The approver it is about, or the operator who did it.
    pub who: Option<String>,
    /// The status before; none when the request was opened.
    pub from: Option<Status>,
    /// The status after.
    pub to: Status,
    /// The action digest.
    pub digest: Digest,
    /// Why it ended, for programs.
    pub cause: Option<Cause>,
    /// Why, in fixed or the operator's words; never an argument or a secret.
    pub note: Option<String>,
    /// The hash of the record before, or of the request's id.
    pub previous: Digest,
    /// SHA-256 over all of the above.
    pub hash: Digest,
}

/// What a record says besides when and from where to where.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) actor: Actor,
    pub(crate) kind: AuditKind,
    pub(crate) who: Option<String>,
    pub(crate) cause: Option<Cause>,
    pub(crate) note: Option<String>,
}

impl Entry {
    pub(crate) fn new(actor: Actor, kind: AuditKind) -> Self {
        Self { actor, kind, who: None, cause: None, note: None }
    }

    pub(crate) fn about(self, who: &impl ToString) -> Self {
        Self { who: Some(who.to_string()), ..self }
    }

    pub(crate) fn because(self, cause: Cause) -> Self {
        Self { cause: Some(cause), ..self }
    }

    pub(crate) fn noting(self, note: &str) -> Self {
        Self { note: Some(note.to_owned()), ..self }
    }
}

/// Where the chain of a request ends.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AuditHead {
    /// How many records there are.
    pub count: u64,
    /// The hash of the last one, or of the request's id.
    pub hash: Digest,
}

/// A chain that does not hold.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
    /// A record is missing, out of place or foreign.
    #[error("audit record {0} is missing, out of place or of another request")]
    Broken(u64),
    /// A record was changed.
    #[error("audit record {0} was changed: its hash does not match")]
    Changed(u64),
    /// A record is about another action than the request, or the request was given another one.
    #[error("audit record {0} is about another action than the request")]
    Redirected(u64),
    /// The chain is shorter or longer than the request says.
    #[error("the audit trail does not end where the request says it ends")]
    Truncated,
    /// The request stands elsewhere than its last record says.
    #[error("the request does not stand where the audit trail says it stands")]
    Contradicted,
    /// A record cannot be hashed.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

impl AuditHead {
    /// The head before the first record.
    #[must_use]
    pub fn start(request: &RequestId) -> Self {
        Self { count: 0, hash: Digest::of(request.as_str().as_bytes()) }
    }
}

impl AuditRecord {
    /// The hash this record should have.
    ///
    /// # Errors
    ///
    /// The record has no canonical form.
    pub fn expected_hash(&self) -> Result<Digest, CanonicalError> {
        let zero = Digest::of(b"countersign-audit-v1");
        canonical::digest(&Self { hash: zero, ..self.clone() })
    }
}

/// Checks that the records are one unbroken chain about the action of the request, that ends where
/// the request says, and stands.
///
/// # Errors
///
/// The first record that was changed, moved, dropped or brought in from elsewhere. A writer who
/// can also rewrite the head can rewrite the whole chain: the chain shows accidents and edits, a
/// second copy shows rewriting.
pub fn check(request: &ApprovalRequest, trail: &[AuditRecord]) -> Result<(), ChainError> {
    let id = &request.id;
    let mut end = AuditHead::start(id);
    for record in trail {
        if record.request != *id || record.seq != end.count || record.previous != end.hash {
            return Err(ChainError::Broken(end.count));
        }
        if record.expected_hash()? != record.hash {
            return Err(ChainError::Changed(record.seq));
        }
        if record.digest != request.digest {
            return Err(ChainError::Redirected(record.seq));
        }
        end = AuditHead { count: end.count.saturating_add(1), hash: record.hash };
    }
    if end != request.audit {
        return Err(ChainError::Truncated);
    }
    if trail.last().map(|last| last.to) != Some(request.status) {
        return Err(ChainError::Contradicted);
    }
    Ok(())
}
