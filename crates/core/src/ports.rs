//! The ports: all that handlers need of the outside, one narrow trait for each need.
//!
//! Each has an implementation on AWS and one in memory that can also fail.

use std::fmt;
use std::future::Future;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::audit::AuditRecord;
use crate::commit::{Commit, CommitError};
use crate::decision::Decision;
use crate::digest::{Digest, hex, unhex};
use crate::event::Event;
use crate::freeze::{Freeze, FreezeScope, Switch};
use crate::moment::Moment;
use crate::name::{ApproverId, RequestId};
use crate::notice::{Channel, Notice};
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

/// Reads notices.
pub trait Notices {
    /// The notices of a request: who was written to, and how their links stand.
    fn notices(
        &self,
        id: &RequestId,
    ) -> impl Future<Output = Result<Vec<Notice>, Unavailable>> + Send;
    /// The notice of one person.
    fn notice(
        &self,
        id: &RequestId,
        who: &ApproverId,
    ) -> impl Future<Output = Result<Option<Notice>, Unavailable>> + Send;
}

/// Reads freezes.
pub trait Freezes {
    /// Whether one of these holds.
    fn frozen(
        &self,
        scopes: &[FreezeScope],
    ) -> impl Future<Output = Result<bool, Unavailable>> + Send;
}

/// Reads audit trails.
pub trait AuditTrail {
    /// The trail of a request, oldest first.
    fn trail(
        &self,
        id: &RequestId,
    ) -> impl Future<Output = Result<Vec<AuditRecord>, Unavailable>> + Send;
}

/// Switches freezes.
pub trait Switches {
    /// How the scope stands; none where it was never switched.
    fn freeze(
        &self,
        scope: &FreezeScope,
    ) -> impl Future<Output = Result<Option<Freeze>, Unavailable>> + Send;
    /// Writes the switch on top of exactly the one before, or nothing.
    fn switch(&self, switch: &Switch) -> impl Future<Output = Result<(), CommitError>> + Send;
}

/// Puts aside what cannot be served, so that it holds up no other.
pub trait Park {
    /// Brings it up again from `until` on. It changes nothing else of the record, also where it
    /// cannot be read, and nothing at all where somebody else wrote meanwhile.
    fn park(
        &self,
        id: &RequestId,
        until: Moment,
    ) -> impl Future<Output = Result<(), Unavailable>> + Send;
}

/// Tells others what happened.
pub trait Announce {
    /// Publishes in order; how many of them, from the first one on, were certainly taken. Those
    /// behind may have been taken as well.
    fn announce(&self, events: &[Event])
    -> impl Future<Output = Result<usize, Unavailable>> + Send;
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

/// Makes authentication codes under the one key of its kind that this function holds.
pub trait MakeMac {
    /// The id of the key, which goes into what is authenticated.
    fn key(&self) -> &str;
    /// The code of the message.
    fn make(&self, message: &[u8]) -> impl Future<Output = Result<Mac, Unavailable>> + Send;
}

/// Verifies authentication codes.
pub trait VerifyMac {
    /// The ids of the accepted keys of that kind.
    fn accepted(&self, key: MacKey) -> &[String];
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
///
/// # Security
///
/// A link and its code are a link token, so `Debug` shows nothing of it.
#[derive(Clone, Eq, PartialEq)]
pub struct Mac(pub Vec<u8>);

impl fmt::Debug for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mac")
    }
}

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

/// Has request-approval look whom it owes a message.
pub trait Tell {
    /// Tells the people of this request what they are owed. Harmless to repeat.
    fn tell(&self, id: &RequestId) -> impl Future<Output = Result<(), Unavailable>> + Send;
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

/// A personal message, with a link and a match code in its texts.
#[derive(Clone)]
pub struct Letter {
    /// The request.
    pub request: RequestId,
    /// The person.
    pub approver: ApproverId,
    /// Their mail address.
    pub to: String,
    /// One line of ASCII.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
    /// The channel's id of the first message to this person about this request.
    pub follows: Option<String>,
    /// Whether it is marked important.
    pub important: bool,
}

impl fmt::Debug for Letter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Letter({} about {})", self.approver, self.request)
    }
}

/// A channel did not take a message.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not delivered: {code}")]
pub struct Undelivered {
    /// The channel's error code, safe to record and to show.
    pub code: String,
}

/// Sends personal messages.
pub trait Post {
    /// The way they take.
    fn channel(&self) -> Channel;
    /// Sends one; gives the channel's id of it.
    fn send(&self, letter: &Letter) -> impl Future<Output = Result<String, Undelivered>> + Send;
}

/// Publishes notices without links to all who subscribed.
pub trait Publish {
    /// Publishes one, where there is somewhere to publish it.
    fn publish(
        &self,
        subject: &str,
        text: &str,
    ) -> impl Future<Output = Result<bool, Undelivered>> + Send;
}

/// Performs actions.
pub trait Perform {
    /// Calls the target once. No permit, no call.
    fn perform(&self, permit: &ExecutionPermit) -> impl Future<Output = Outcome> + Send;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l20_a_letter_and_a_code_show_nothing_in_debug_output() {
        let letter = Letter {
            request: RequestId::parse("r-1").unwrap(),
            approver: ApproverId::parse("ana").unwrap(),
            to: "secret@example.com".to_owned(),
            subject: "secret subject".to_owned(),
            text: "https://secret/a/token, code 7F3K".to_owned(),
            html: "<p>secret".to_owned(),
            follows: Some("secret-id".to_owned()),
            important: true,
        };
        assert_eq!(format!("{letter:?}"), "Letter(ana about r-1)");
        assert_eq!(format!("{:?}", Mac(vec![7; 32])), "Mac");
    }
}
