//! What the state machine sends its steps, and what they answer.

use serde::{Deserialize, Serialize};

use crate::failure::HandlerError;
use crate::name::RequestId;
use crate::status::Status;
use crate::task::{Attempt, TaskToken};

/// What every step gets: only the request's id. Everything else is read from the record, so a
/// forged input can steer nothing.
#[derive(Debug, Deserialize)]
pub struct StepInput {
    /// The request.
    pub request_id: RequestId,
    /// The task token, where the workflow execution waits.
    pub task_token: Option<TaskToken>,
    /// Whether the target is only to be looked at.
    #[serde(default)]
    pub look: bool,
    /// Which attempt waits.
    #[serde(flatten)]
    pub attempt: Attempt,
}

/// What every step answers, and what ends a wait. The state machine routes on it; nothing else
/// trusts it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct StepAnswer {
    /// The request.
    pub request_id: RequestId,
    /// Where it stands.
    pub status: Status,
    /// Whether something is to be looked at before people are asked.
    pub look: bool,
}

impl StepInput {
    /// Reads a step's event.
    ///
    /// # Errors
    ///
    /// [`HandlerError::BadInput`]: the event is not what the state machine sends.
    pub fn read(event: &str) -> Result<Self, HandlerError> {
        // The parser's own words could quote a token.
        serde_json::from_str(event)
            .map_err(|_| HandlerError::BadInput("no `request_id` of a request".to_owned()))
    }
}

impl StepAnswer {
    /// Where the request stands.
    #[must_use]
    pub fn of(request_id: RequestId, status: Status) -> Self {
        Self { request_id, status, look: false }
    }

    /// Writes the answer.
    ///
    /// # Errors
    ///
    /// Never for an answer made of an id and a status; the type says what writing JSON says.
    pub fn write(&self) -> Result<serde_json::Value, HandlerError> {
        serde_json::to_value(self).map_err(|error| HandlerError::Unavailable(error.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g21_anything_but_the_id_is_left_unread() {
        let event = r#"{"request_id":"r1","status":"approved","tier":"low"}"#;
        assert_eq!(StepInput::read(event).unwrap().request_id.as_str(), "r1");
        assert!(matches!(StepInput::read("{}"), Err(HandlerError::BadInput(_))));
        assert!(matches!(
            StepInput::read(r#"{"request_id":"a b"}"#),
            Err(HandlerError::BadInput(_))
        ));
    }

    #[test]
    fn the_attempt_is_told_beside_the_token_and_nobody_has_to_tell_it() {
        let event = r#"{"request_id":"r1","entered_at":"2026-11-22T10:00:00.123Z","retries":2}"#;
        let Attempt { entered_at, retries } = StepInput::read(event).unwrap().attempt;
        assert_eq!(entered_at.map(|at| at.to_string()).unwrap(), "2026-11-22T10:00:00.123Z");
        assert_eq!(retries, 2);
        let untold = StepInput::read(r#"{"request_id":"r1"}"#).unwrap().attempt;
        assert_eq!(untold, Attempt::default());
    }

    #[test]
    fn l20_a_task_token_shows_in_no_debug_output() {
        let input = StepInput::read(r#"{"request_id":"r1","task_token":"secret"}"#).unwrap();
        assert!(!format!("{input:?}").contains("secret"));
    }
}
