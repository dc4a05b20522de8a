//! How a step of the workflow fails: the names the state machine matches on.

use crate::commit::CommitError;
use crate::lifecycle::LifecycleError;
use crate::ports::{BoxError, Unavailable};

/// A failure of a workflow step. A refusal is no failure: it is a status.
#[derive(Debug, thiserror::Error)]
pub enum HandlerError {
    /// The event is not what the state machine sends.
    #[error("the event is not what the state machine sends: {0}")]
    BadInput(String),
    /// Another executor holds the claim and may still be at work.
    #[error("another attempt holds the claim of this request")]
    ClaimHeld,
    /// Somebody else wrote first.
    #[error("the request changed meanwhile")]
    Conflict,
    /// A service did not answer.
    #[error("a service this step needs is unavailable")]
    Unavailable(#[source] BoxError),
    /// The target gave no answer, and asking again with the same key is safe.
    #[error("the target did not answer")]
    Unanswered,
    /// Nobody who is to be asked could be reached.
    #[error("no approver could be reached")]
    Untold,
    /// The record is missing, or written in a way this code does not know.
    #[error("the record cannot be read: {0}")]
    Unreadable(&'static str),
}

impl HandlerError {
    /// Every name, for the contract with the state machine.
    pub const NAMES: [&'static str; 7] = [
        "Approval.BadInput",
        "Approval.ClaimHeld",
        "Approval.Conflict",
        "Approval.Unavailable",
        "Approval.Unanswered",
        "Approval.Unreadable",
        "Approval.Untold",
    ];

    /// What happened and what caused it, in one line, for logs.
    #[must_use]
    pub fn in_full(&self) -> String {
        let mut text = self.to_string();
        let mut next = std::error::Error::source(self);
        while let Some(cause) = next {
            text.push_str(": ");
            text.push_str(&cause.to_string());
            next = cause.source();
        }
        text
    }

    /// The name the state machine matches in `ErrorEquals`.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::BadInput(_) => "Approval.BadInput",
            Self::ClaimHeld => "Approval.ClaimHeld",
            Self::Conflict => "Approval.Conflict",
            Self::Unavailable(_) => "Approval.Unavailable",
            Self::Unanswered => "Approval.Unanswered",
            Self::Unreadable(_) => "Approval.Unreadable",
            Self::Untold => "Approval.Untold",
        }
    }
}

impl From<Unavailable> for HandlerError {
    fn from(Unavailable(cause): Unavailable) -> Self {
        Self::Unavailable(cause)
    }
}

impl From<CommitError> for HandlerError {
    fn from(error: CommitError) -> Self {
        match error {
            CommitError::Conflict => Self::Conflict,
            CommitError::Claimed => Self::ClaimHeld,
            CommitError::Unavailable(cause) => Self::Unavailable(cause),
            // Each is an answer where it can happen; elsewhere the write is tried again.
            CommitError::AskTaken(_) | CommitError::Decided => Self::Conflict,
            CommitError::Frozen | CommitError::Revoked => Self::Conflict,
        }
    }
}

/// The handler looked before it leapt, so an illegal transition means that what it saw has
/// changed: it is tried again on what is there by then.
impl From<LifecycleError> for HandlerError {
    fn from(error: LifecycleError) -> Self {
        Self::Unavailable(error.into())
    }
}
