//! The event the state machine sends, and the answer it routes on; and what operators ask.

use approval_core::failure::HandlerError;
use approval_core::ports::{Clock, Commits, Open, Requests, Seal};
use approval_core::step::{StepAnswer, StepInput};
use approval_policy::inspect::Inspection;
use serde::Serialize;
use serde_json::Value;

use crate::{Assessed, RiskClassify};

/// Serves one invocation. What names a request is a step of the workflow, whatever else it says.
///
/// # Errors
///
/// Those of [`RiskClassify::handle`] and [`RiskClassify::dry_run`], and an event that is none of
/// these.
pub async fn handle<S: Requests + Commits, K: Open + Seal, C: Clock>(
    step: &RiskClassify<S, K, C>,
    event: &str,
) -> Result<Value, HandlerError> {
    let StepInput { request_id, .. } = match (StepInput::read(event), Inspection::read(event)) {
        (Ok(input), _) => input,
        (Err(_), Some(Inspection::Describe {})) => return written(&step.describe()),
        (Err(_), Some(Inspection::DryRun { ask })) => {
            return written(&step.dry_run(ask.as_ref()).await?);
        }
        (Err(error), None) => return Err(error),
    };
    let Assessed { status, look } = step.handle(&request_id).await?;
    StepAnswer { request_id, status, look }.write()
}

fn written(answer: &impl Serialize) -> Result<Value, HandlerError> {
    serde_json::to_value(answer).map_err(|error| HandlerError::Unavailable(error.into()))
}
