//! The event the state machine sends, with its task token.

use approval_core::failure::HandlerError;
use approval_core::ports::{Clock, Commits, Requests};
use approval_core::step::{StepAnswer, StepInput};
use serde_json::Value;

use crate::RequestApproval;

/// Serves one invocation.
///
/// # Errors
///
/// Those of [`RequestApproval::handle`], and an event that is not the state machine's.
pub async fn handle<S: Requests + Commits, C: Clock>(
    step: &RequestApproval<S, C>,
    event: &str,
) -> Result<Value, HandlerError> {
    let StepInput { request_id, task_token } = StepInput::read(event)?;
    let token = task_token.ok_or_else(|| HandlerError::BadInput("no task token".to_owned()))?;
    let status = step.handle(&request_id, token).await?;
    StepAnswer { request_id, status }.write()
}
