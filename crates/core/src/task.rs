//! The task token with which a waiting workflow execution is resumed.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::moment::Moment;

/// Step Functions' secret for one wait.
///
/// # Security
///
/// It has no `Display`, and its `Debug` shows nothing, so that it cannot reach a log. It is no
/// power either: what it resumes is advice, and execute-action checks the evidence itself.
#[derive(Clone, Deserialize, Eq, PartialEq, Serialize)]
pub struct TaskToken(String);

impl TaskToken {
    /// Wraps the token as Step Functions gave it.
    #[must_use]
    pub fn new(token: String) -> Self {
        Self(token)
    }

    /// The secret, for the one call that needs it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for TaskToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TaskToken")
    }
}

/// Which of several waits came later: when its state was entered, then which attempt it is.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(default)]
pub struct Attempt {
    /// When the state was entered; none where that is not told.
    pub entered_at: Option<Moment>,
    /// How often it was tried before.
    pub retries: u32,
}

/// The newest wait of a request's workflow execution.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Wait {
    /// The token that ends it.
    pub token: TaskToken,
    /// Which attempt it belongs to.
    #[serde(default)]
    pub attempt: Attempt,
    /// Since when.
    pub since: Moment,
    /// Whether it was ended, so that nothing is owed any more.
    pub resumed: bool,
}

impl Wait {
    /// A wait that began now.
    #[must_use]
    pub fn new(token: TaskToken, attempt: Attempt, now: Moment) -> Self {
        Self { token, attempt, since: now, resumed: false }
    }

    /// Whether it belongs to a later attempt: an invocation that was held up must not bring back
    /// the token of a wait that is over.
    #[must_use]
    pub fn is_newer_than(&self, other: &Self) -> bool {
        self.attempt > other.attempt
    }
}
