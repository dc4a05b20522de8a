//! The event the state machine sends, and the answer it routes on.

use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::ports::{
    Clock, Commits, Decisions, Freezes, Open, Perform, Requests, Seal, VerifyMac,
};
use approval_core::step::{StepAnswer, StepInput};
use serde_json::Value;

use crate::ExecuteAction;

/// Serves one invocation that ends at `deadline`.
///
/// # Errors
///
/// Those of [`ExecuteAction::handle`] and [`ExecuteAction::look`], and an event that is not the state machine's.
pub async fn handle<S, K, M, T, C>(
    executor: &ExecuteAction<S, K, M, T, C>,
    event: &str,
    deadline: Moment,
) -> Result<Value, HandlerError>
where
    S: Requests + Commits + Decisions + Freezes,
    K: Open + Seal,
    M: VerifyMac,
    T: Perform,
    C: Clock,
{
    let StepInput { request_id, look, .. } = StepInput::read(event)?;
    let status = if look {
        executor.look(&request_id, deadline).await?
    } else {
        executor.handle(&request_id, deadline).await?
    };
    StepAnswer::of(request_id, status).write()
}
