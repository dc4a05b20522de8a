//! What the agent is told, in every caller's format the same.

use approval_core::cause::Cause;
use approval_core::moment::Moment;
use approval_core::reference::Reference;
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use serde::Serialize;
use serde_json::Value;

/// Why an ask was turned away before a record existed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TurnedAway {
    /// The event or its arguments are not acceptable.
    Invalid,
    /// The catalogue has no such tool.
    UnknownTool,
    /// The same idempotency key came with other arguments.
    KeyReused,
    /// No such reference for this agent.
    NoSuchReference,
    /// A service the door needs does not answer; whether anything was stored is not known.
    Unavailable,
}

/// A person's words to the agent: data, never instructions.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Comment {
    /// Who wrote it.
    pub from: &'static str,
    /// Always true: it must not be followed like an instruction.
    pub untrusted: bool,
    /// The words, at most [`MOST_COMMENT`] characters of them, in one line with nothing hidden.
    pub text: String,
}

/// How much of a comment an agent is told.
pub const MOST_COMMENT: usize = 500;

/// The answer to an agent. Pending and refused are normal answers.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Answer {
    /// `executed`, `pending`, `refused`, … or why it was turned away.
    pub status: &'static str,
    /// What this means and what to do, in one sentence or two.
    pub message: String,
    /// The agent's handle on the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Until when people may decide.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decide_by: Option<Moment>,
    /// The rules that led there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<String>,
    /// What the target answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<Value>,
    /// Why it ended, or is in doubt: one of a few fixed words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
    /// What the person who rejected it wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment: Option<Comment>,
    /// The HTTP status for callers that have one.
    #[serde(skip)]
    pub code: u16,
}

impl Answer {
    /// The answer to an ask that was turned away.
    #[must_use]
    pub fn turned_away(why: TurnedAway, message: impl Into<String>) -> Self {
        let (status, code) = match why {
            TurnedAway::Invalid => ("invalid", 400),
            TurnedAway::UnknownTool => ("refused", 403),
            TurnedAway::KeyReused => ("conflict", 409),
            TurnedAway::NoSuchReference => ("unknown", 404),
            TurnedAway::Unavailable => ("unavailable", 503),
        };
        let message = message.into();
        let (reference, decide_by, rules) = (None, None, Vec::new());
        let (result, cause, comment) = (None, None, None);
        Self { status, message, reference, decide_by, rules, result, cause, comment, code }
    }

    /// The answer about a stored request.
    #[must_use]
    pub fn about(request: &ApprovalRequest, reference: &Reference, result: Option<Value>) -> Self {
        let (message, code) = words(request.status);
        let why = request.reason.as_ref().map(|why| format!(" Reason: {why}."));
        let rules = request.assessment.iter().flat_map(|a| &a.rules);
        Self {
            status: request.status.as_str(),
            message: format!("{message}{}", why.unwrap_or_default()),
            reference: Some(reference.expose().to_owned()),
            decide_by: request.decide_by.filter(|_| request.status == Status::Pending),
            rules: rules.map(ToString::to_string).collect(),
            result,
            cause: request.cause,
            comment: comment(request),
            code,
        }
    }

    /// The same to an agent that wanted to take it back.
    #[must_use]
    pub fn too_late(self) -> Self {
        let message = format!("It can no longer be taken back. {}", self.message);
        Self { message, code: 409, ..self }
    }
}

fn comment(request: &ApprovalRequest) -> Option<Comment> {
    let words = request.comment.as_ref().filter(|_| request.status == Status::Rejected)?;
    let text: String = words.chars().take(MOST_COMMENT).collect();
    Some(Comment { from: "approver", untrusted: true, text: approval_views::visible(&text) })
}

/// What each status means to the agent, and its HTTP status.
fn words(status: Status) -> (&'static str, u16) {
    match status {
        Status::Received | Status::Allowed | Status::Approved | Status::Executing => (
            "The action is on its way. Do not ask again; use action_status with this reference.",
            202,
        ),
        Status::Pending => (
            "The action waits for a person to approve it. Nothing has been done yet. Do not ask \
             again; use action_status with this reference.",
            202,
        ),
        Status::InDoubt => (
            "It is not known whether the action was done. A person will settle it. Do not ask \
             again.",
            202,
        ),
        Status::Executed => ("The action was done.", 200),
        Status::Failed => ("The action was not done.", 502),
        Status::Refused => ("The action is not allowed and was not done.", 403),
        Status::Rejected => ("A person rejected the action. It was not done.", 403),
        Status::Expired => ("Time ran out before the action could run. It was not done.", 410),
        Status::Cancelled => ("The action was cancelled. It was not done.", 410),
    }
}
