//! The ports: all that handlers need of the outside, one narrow trait for each need.
//!
//! Each has an implementation on AWS and one in memory that can also fail.

use std::future::Future;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::audit::AuditRecord;
use crate::commit::{Commit, CommitError};
use crate::decision::Decision;
use crate::digest::{Digest, hex, unhex};
use crate::moment::Moment;
use crate::name::RequestId;
use crate::outcome::Outcome;
use crate::permit::ExecutionPermit;
use crate::request::ApprovalRequest;
use crate::sealed::{Part, Sealed};
use crate::task::TaskToken;

/// The cause of a failure, for logs only.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// The outside did not answer, or not in a way that can be relied on.
#[derive(Debug, thiserror::Error)]
#[error("unavailable")]
pub struct Unavailable(#[source] pub BoxError);

/// Tells the time. Only handlers hold one.
pub trait Clock {
    /// The present instant.
    fn now(&self) -> Moment;
}

/// Makes unguessable bits.
pub trait Ids {
    /// 256 random bits.
    ///
    /// # Errors
    ///
    /// The system gives no randomness.
    fn random(&self) -> Result<[u8; 32], Unavailable>;
}

/// Reads requests. Every read sees every write that was acknowledged before it.
pub trait Requests {
    /// The request; none where there is none, or one of a schema this code does not know.
    fn load(
        &self,
        id: &RequestId,
    ) -> impl Future<Output = Result<Option<ApprovalRequest>, Unavailable>> + Send;
}

/// Writes requests.
pub trait Commits {
    /// Writes all of it or nothing.
    fn commit(&self, commit: Commit) -> impl Future<Output = Result<(), CommitError>> + Send;
}

/// Finds requests by the digest of the agent's reference.
pub trait References {
    /// The request the reference stands for.
    fn find(
        &self,
        reference: &Digest,
    ) -> impl Future<Output = Result<Option<RequestId>, Unavailable>> + Send;
}

/// Reads decisions.
pub trait Decisions {
    /// All decisions on a request, genuine or not. A row that is no decision makes it fail.
    fn decisions(
        &self,
        id: &RequestId,
    ) -> impl Future<Output = Result<Vec<Decision>, DecisionsError>> + Send;
}

/// Why the decisions on a request cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DecisionsError {
    /// A row stands where decisions stand and is none.
    #[error("a decision row is malformed")]
    Malformed,
    /// The store did not answer.
    #[error("the store is unavailable")]
    Unavailable(#[source] BoxError),
}

/// Reads audit trails.
pub trait AuditTrail {
    /// The trail of a request, oldest first.
    fn trail(
        &self,
        id: &RequestId,
    ) -> impl Future<Output = Result<Vec<AuditRecord>, Unavailable>> + Send;
}

/// Finds what is owed.
pub trait DueIndex {
    /// Requests of which something was due at `now`, oldest first, at most `most`.
    fn due(
        &self,
        now: Moment,
        most: usize,
    ) -> impl Future<Output = Result<Vec<RequestId>, Unavailable>> + Send;
}

/// Seals parts of a request.
pub trait Seal {
    /// Seals the bytes as that part of that request.
    fn seal(
        &self,
        part: Part,
        request: &RequestId,
        bytes: &[u8],
    ) -> impl Future<Output = Result<Sealed, Unavailable>> + Send;
}

/// Opens sealed parts.
pub trait Open {
    /// The bytes; none where they were changed, or sealed as another part or for another request.
    fn open(
        &self,
        part: Part,
        request: &RequestId,
        sealed: &Sealed,
    ) -> impl Future<Output = Result<Option<Vec<u8>>, Unavailable>> + Send;
}

/// Makes keyed hashes that only the door can make.
pub trait AskHash {
    /// The keyed hash of the message.
    fn hash(&self, message: &[u8]) -> impl Future<Output = Result<Digest, Unavailable>> + Send;
}

/// The keys that authenticate decisions.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum MacKey {
    /// Over links: request-approval makes, callback-handler and execute-action verify.
    Link,
    /// Over decisions: callback-handler makes, execute-action verifies.
    Decision,
}

/// Verifies authentication codes.
pub trait VerifyMac {
    /// Whether `mac` is the code of `message` under key `id`, and `id` is one of the accepted keys
    /// of that kind.
    fn verify(
        &self,
        key: MacKey,
        id: &str,
        message: &[u8],
        mac: &Mac,
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}

/// A message authentication code.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mac(pub Vec<u8>);

impl Serialize for Mac {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&hex(&self.0))
    }
}

impl<'de> Deserialize<'de> for Mac {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        unhex(&text).map(Self).ok_or_else(|| serde::de::Error::custom("not hexadecimal"))
    }
}

/// What is known of a request's workflow execution.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Execution {
    /// It runs.
    Running,
    /// It ended, in whatever way.
    Ended,
    /// There is none.
    Missing,
}

/// What became of starting a workflow execution.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Started {
    /// It runs, now or since an earlier start.
    Running,
    /// One of that name exists; it may have ended.
    Exists,
}

/// Starts workflow executions.
pub trait StartWorkflow {
    /// Starts the execution named by the request id. Harmless to repeat.
    fn start(&self, id: &RequestId) -> impl Future<Output = Result<Started, Unavailable>> + Send;
}

/// What became of ending a wait.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Resumed {
    /// It was ended.
    Now,
    /// It had ended before, or never will: nothing is owed.
    Never,
}

/// Watches and resumes workflow executions.
pub trait Workflows {
    /// Looks whether it lives.
    fn look(&self, id: &RequestId) -> impl Future<Output = Result<Execution, Unavailable>> + Send;
    /// Ends its wait. The output is advice.
    fn resume(
        &self,
        token: &TaskToken,
        output: &str,
    ) -> impl Future<Output = Result<Resumed, Unavailable>> + Send;
}

/// Performs actions.
pub trait Perform {
    /// Calls the target once. No permit, no call.
    fn perform(&self, permit: &ExecutionPermit) -> impl Future<Output = Outcome> + Send;
}
