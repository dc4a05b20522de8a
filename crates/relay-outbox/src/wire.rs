//! The events: the table's stream, or the schedule's, of which nothing is read.

use approval_core::failure::HandlerError;
use approval_core::metric::{Measure, Queue};
use approval_core::moment::Moment;
use approval_core::ports::{
    Announce, AuditTrail, Clock, Commits, DueIndex, Park, Requests, StartWorkflow, Tell, Workflows,
};
use serde_json::Value;

use crate::{RelayOutbox, stream};

/// Serves one invocation that ends at `deadline`: follows the stream, or sweeps, whoever asks.
///
/// # Errors
///
/// Those of [`RelayOutbox::sweep`].
pub async fn handle<S, W, T, E, M, C>(
    relay: &RelayOutbox<S, W, T, E, M, C>,
    event: &str,
    deadline: Moment,
) -> Result<Value, HandlerError>
where
    S: Requests + Commits + DueIndex + AuditTrail + Park + Queue,
    W: StartWorkflow + Workflows,
    T: Tell,
    E: Announce,
    M: Measure,
    C: Clock,
{
    let answer = match stream::changes(event) {
        Some(changes) => serde_json::to_value(relay.follow(&changes, deadline).await),
        None => serde_json::to_value(relay.sweep(deadline).await?),
    };
    answer.map_err(|error| HandlerError::Unavailable(error.into()))
}
