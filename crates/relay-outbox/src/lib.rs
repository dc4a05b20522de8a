//! Does what is owed: starts what was not started, expires what is late, has people told, ends
//! waits, settles dead claims and closes the records of dead workflow executions.
//!
//! The table's stream makes it quick, the sweep of what is due makes it certain. All of it is
//! harmless to repeat. It must never perform an action or decide one.
//!
//! # Layout
//!
//! - `duties`: what is done for one request
//! - [`stream`]: what the table's stream brings
//! - [`wire`]: the events

mod duties;
pub mod stream;
pub mod wire;

use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::ports::{Clock, Commits, DueIndex, Requests, StartWorkflow, Tell, Workflows};
use jiff::SignedDuration;
use serde::Serialize;

/// The handler over its ports.
#[derive(Debug)]
pub struct RelayOutbox<S, W, T, C> {
    /// The store.
    pub store: S,
    /// The workflow executions.
    pub workflows: W,
    /// Has people told.
    pub teller: T,
    /// The time.
    pub clock: C,
}

/// What one sweep did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Sweep {
    /// Requests found due.
    pub due: usize,
    /// Workflow executions started that the door could not start.
    pub started: usize,
    /// Requests whose deadline had passed.
    pub expired: usize,
    /// Requests whose people were told what they are owed.
    pub told: usize,
    /// Waits ended.
    pub resumed: usize,
    /// Requests whose workflow execution had died.
    pub closed: usize,
    /// Requests whose claim had run out without an outcome.
    pub doubted: usize,
    /// Requests that could not be served this time; the next sweep tries again.
    pub failed: usize,
}

/// How many requests one sweep looks at, at the most.
const MOST: usize = 2000;
/// How much of an invocation is kept for the request at hand.
const TO_FINISH: SignedDuration = SignedDuration::from_secs(10);

impl<S, W, T, C> RelayOutbox<S, W, T, C>
where
    S: Requests + Commits + DueIndex,
    W: StartWorkflow + Workflows,
    T: Tell,
    C: Clock,
{
    /// Serves what is due, oldest first, until shortly before `deadline`.
    ///
    /// # Errors
    ///
    /// The index does not answer. A request that cannot be served holds up no other.
    pub async fn sweep(&self, deadline: Moment) -> Result<Sweep, HandlerError> {
        let due = self.store.due(self.clock.now(), MOST).await?;
        let mut sweep = Sweep { due: due.len(), ..Sweep::default() };
        for id in &due {
            if self.is_late(deadline) {
                break;
            }
            if let Err(error) = self.serve(id, &mut sweep).await {
                tracing::error!(request = %id, %error, "not served");
                sweep.failed = sweep.failed.saturating_add(1);
            }
        }
        Ok(sweep)
    }

    /// Whether no time is left for another request.
    fn is_late(&self, deadline: Moment) -> bool {
        self.clock.now() >= deadline.plus(-TO_FINISH)
    }
}
