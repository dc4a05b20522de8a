//! The event the state machine sends, and the answer it routes on.

use approval_core::failure::HandlerError;
use approval_core::ports::{Clock, Commits, Open, Requests, Seal};
use approval_core::step::{StepAnswer, StepInput};
use serde_json::Value;

use crate::{Assessed, RiskClassify};

/// Serves one invocation.
///
/// # Errors
///
/// Those of [`RiskClassify::handle`], and an event that is not the state machine's.
pub async fn handle<S: Requests + Commits, K: Open + Seal, C: Clock>(
    step: &RiskClassify<S, K, C>,
    event: &str,
) -> Result<Value, HandlerError> {
    let StepInput { request_id, .. } = StepInput::read(event)?;
    let Assessed { status, look } = step.handle(&request_id).await?;
    StepAnswer { request_id, status, look }.write()
}
