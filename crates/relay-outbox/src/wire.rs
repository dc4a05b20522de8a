//! The schedule's event, of which nothing is read, and the account of the sweep.

use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::ports::{Clock, Commits, DueIndex, Requests, StartWorkflow, Workflows};
use serde_json::Value;

use crate::RelayOutbox;

/// Serves one invocation that ends at `deadline`: sweeps, whoever asks.
///
/// # Errors
///
/// Those of [`RelayOutbox::sweep`].
pub async fn handle<S, W, C>(
    relay: &RelayOutbox<S, W, C>,
    deadline: Moment,
) -> Result<Value, HandlerError>
where
    S: Requests + Commits + DueIndex,
    W: StartWorkflow + Workflows,
    C: Clock,
{
    let sweep = relay.sweep(deadline).await?;
    serde_json::to_value(sweep).map_err(|error| HandlerError::Unavailable(error.into()))
}
