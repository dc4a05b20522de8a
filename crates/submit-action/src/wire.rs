//! What callers send: each kind of caller has a form of its own, and all come to one event.

use std::collections::BTreeMap;

use approval_core::strict::InputError;
use serde_json::Value;

use crate::answer::Answer;

pub mod bedrock;
pub mod direct;
pub mod gateway;

/// The most bytes of a name that is stored as it came: an agent's, a session's, a person's.
pub const MOST_NAME_BYTES: usize = 256;

/// What is called.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Call {
    /// A function of a group, or a tool of a target.
    Function(String),
    /// An operation of an `OpenAPI` schema.
    Operation {
        /// The HTTP method, in any case.
        method: String,
        /// The path template.
        path: String,
    },
}

/// The arguments.
#[derive(Clone, Debug, PartialEq)]
pub enum Arguments {
    /// Names and texts, to be typed by the tool's schema.
    Texts(Vec<(String, String)>),
    /// JSON, in its canonical numbers.
    Typed(Value),
}

/// An event as far as it concerns the door. Nothing in it is trusted.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// The action group, or the gateway's target.
    pub group: String,
    /// What is called.
    pub call: Call,
    /// The agent, as its platform names it.
    pub agent: String,
    /// The session.
    pub session: Option<String>,
    /// The session attributes, written by the calling application.
    pub attributes: BTreeMap<String, String>,
    /// The person the caller says it acts for.
    pub on_behalf_of: Option<String>,
    /// The arguments.
    pub arguments: Arguments,
    /// The key by which the caller itself tells a repeat.
    pub idempotency_key: Option<String>,
}

/// Writes the answer for callers that take plain JSON.
#[must_use]
pub fn plain(answer: &Answer) -> Value {
    // INVARIANT: an answer is made of text, instants and JSON, so it can be written.
    serde_json::to_value(answer).unwrap_or_default()
}

/// Group and function of a tool's name.
fn split(tool: &str) -> (String, String) {
    let (group, function) = tool.split_once("___").unwrap_or(("", tool));
    (group.to_owned(), function.to_owned())
}

fn invalid(name: &str, why: &str) -> InputError {
    InputError::Invalid { name: name.to_owned(), why: why.to_owned() }
}

/// A name that is stored as it came.
fn name(what: &str, text: &str) -> Result<String, InputError> {
    if text.is_empty() || text.len() > MOST_NAME_BYTES {
        return Err(invalid(what, "send 1 to 256 bytes"));
    }
    Ok(text.to_owned())
}
