//! What became of calling the target.

use serde_json::Value;

/// The most bytes of a target's answer that are kept.
pub const MOST_RESULT_BYTES: usize = 64 * 1024;

/// What became of calling the target.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    /// The target did it and answered.
    Done(Value),
    /// The target, or the service in front of it, says that nothing was done.
    NotDone(&'static str),
    /// No answer, or one that does not say which.
    Unknown(&'static str),
}

impl Outcome {
    /// What this outcome says where an earlier call may have done it: that a repeat was turned
    /// away says nothing of the call before it.
    #[must_use]
    pub fn of_a_repeat(self) -> Self {
        match self {
            Self::Done(answer) => Self::Done(answer),
            Self::NotDone(_) => Self::Unknown("a repeat was turned away"),
            Self::Unknown(why) => Self::Unknown(why),
        }
    }
}

/// The answer as it is sealed: itself, or a note of its size where it has more than
/// [`MOST_RESULT_BYTES`].
#[must_use]
pub fn bounded(answer: &Value) -> Vec<u8> {
    let bytes = answer.to_string().into_bytes();
    if bytes.len() <= MOST_RESULT_BYTES {
        return bytes;
    }
    serde_json::json!({
        "note": "the target did it; its answer was too large to keep",
        "bytes": bytes.len(),
    })
    .to_string()
    .into_bytes()
}
