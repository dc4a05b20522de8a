//! The operators' door: takes requests back, gives people more time, has them reminded, settles
//! doubts, freezes.
//!
//! Who gives an order is who signed the call, by the word of API Gateway; nothing in the order says
//! so. It can do nothing else: decide, make links, open or seal anything, start or resume anything.
//!
//! # Layout
//!
//! - [`wire`]: the HTTP API's event and reply
//! - `orders`: carrying them out

mod orders;
pub mod wire;

use approval_core::order::Answer;

/// The handler over its ports.
#[derive(Debug)]
pub struct OperatorDesk<S, C> {
    /// The store.
    pub store: S,
    /// The time.
    pub clock: C,
}

/// What an operator is answered, with its HTTP status.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    /// The HTTP status.
    pub code: u16,
    /// The answer.
    pub answer: Answer,
}

impl Reply {
    pub(crate) fn of(code: u16, status: &str, message: impl Into<String>) -> Self {
        Self { code, answer: Answer { status: status.to_owned(), message: message.into() } }
    }

    pub(crate) fn done(message: impl Into<String>) -> Self {
        Self::of(200, "done", message)
    }

    pub(crate) fn conflict(why: impl std::fmt::Display) -> Self {
        Self::of(409, "conflict", format!("Nothing was changed: {why}."))
    }

    pub(crate) fn unavailable() -> Self {
        let message = "A service is unavailable, and it is not known whether this was done. Look, \
                       then try again.";
        Self::of(503, "unavailable", message)
    }
}
