//! What is written together: a request, its audit record, and the rows that guard them.

use serde::{Deserialize, Serialize};

use crate::audit::AuditRecord;
use crate::claim::Claim;
use crate::decision::Decision;
use crate::digest::Digest;
use crate::freeze::FreezeScope;
use crate::lifecycle::Recorded;
use crate::moment::Moment;
use crate::name::RequestId;
use crate::notice::Notice;
use crate::ports::BoxError;
use crate::request::ApprovalRequest;

/// One transaction. It takes effect whole, on top of exactly the version before
/// [`request`](Self::request)'s, or not at all.
#[derive(Clone, Debug, PartialEq)]
pub struct Commit {
    /// The request to be stored.
    pub request: ApprovalRequest,
    /// Its audit record; none where neither status nor deadline changed.
    pub audit: Option<AuditRecord>,
    /// What else must hold and be written.
    pub guard: Guard,
}

/// What else must hold and be written.
#[derive(Clone, Debug, PartialEq)]
pub enum Guard {
    /// Nothing but the version.
    Version,
    /// The request is new, and no other one covers the same ask.
    Open {
        /// The row that finds it by what was asked.
        ask: AskRow,
        /// The request whose row it replaces.
        replaces: Option<RequestId>,
        /// The digest of the agent's reference.
        reference: Digest,
    },
    /// No claim was made, or, where `again`, one that ran out unsettled; and nothing is frozen.
    Claim {
        /// The claim.
        claim: Claim,
        /// Whether a claim that ran out is taken over.
        again: bool,
        /// The freezes that would stop it.
        scopes: Vec<FreezeScope>,
    },
    /// The claim is settled.
    Settle(Claim),
    /// These notices are stored with it.
    Notices(Vec<Notice>),
    /// The person has not decided before, the deadline has not passed, their link is of the epoch
    /// that counts, and nothing is frozen. The decision is stored.
    Decide {
        /// The decision.
        decision: Box<Decision>,
        /// The freezes that would stop it.
        scopes: Vec<FreezeScope>,
    },
}

/// Finds a request by what was asked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct AskRow {
    /// Keyed hash of caller, requester, session, tool, and arguments or idempotency key.
    pub ask: Digest,
    /// Keyed hash of the arguments.
    pub arguments: Digest,
    /// The request.
    pub request: RequestId,
    /// When it was asked.
    pub at: Moment,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum CommitError {
    /// Another request covers the same ask.
    #[error("the same ask is open already")]
    AskTaken(AskRow),
    /// The person has decided already.
    #[error("this person has decided already")]
    Decided,
    /// The link is of an epoch that no longer counts.
    #[error("this link was replaced")]
    Revoked,
    /// A claim exists that may not be taken over.
    #[error("the request is claimed already")]
    Claimed,
    /// Somebody else wrote first.
    #[error("the request changed meanwhile")]
    Conflict,
    /// A freeze holds.
    #[error("a freeze holds")]
    Frozen,
    /// The store did not answer, or not that it wrote.
    #[error("the store is unavailable")]
    Unavailable(#[source] BoxError),
}

impl From<Recorded> for Commit {
    fn from(Recorded { request, audit }: Recorded) -> Self {
        Self { request, audit: Some(audit), guard: Guard::Version }
    }
}

impl From<ApprovalRequest> for Commit {
    fn from(request: ApprovalRequest) -> Self {
        Self { request, audit: None, guard: Guard::Version }
    }
}

impl Commit {
    /// The same transaction with another guard.
    #[must_use]
    pub fn guarded(self, guard: Guard) -> Self {
        Self { guard, ..self }
    }
}
