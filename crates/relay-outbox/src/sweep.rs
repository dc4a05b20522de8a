//! The sweep: what is due, oldest first.

use std::collections::BTreeMap;

use approval_core::due::Duty;
use approval_core::failure::HandlerError;
use approval_core::metric::{Measure, Metric, Queue};
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::{
    Announce, AuditTrail, Clock, Commits, DueIndex, Park, Requests, StartWorkflow, Tell, Workflows,
};
use jiff::SignedDuration;
use serde::Serialize;

use crate::RelayOutbox;
use crate::duties::FIRST;

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
    /// Requests whose events were published.
    pub published: usize,
    /// Requests that could not be served; they were put aside for a while.
    pub parked: usize,
}

/// How many requests one sweep looks at, at the most.
const MOST: usize = 2000;
/// For how long a request is put aside that could not be served. With the minute between sweeps it
/// is less than a period of the alarm over what is parked, so each period counts it.
const PAUSE: SignedDuration = SignedDuration::from_mins(2);

impl<S, W, T, E, M, C> RelayOutbox<S, W, T, E, M, C>
where
    S: Requests + Commits + DueIndex + AuditTrail + Park + Queue,
    W: StartWorkflow + Workflows,
    T: Tell,
    E: Announce,
    M: Measure,
    C: Clock,
{
    /// Serves what is due, oldest first, until shortly before `deadline`. People are told last:
    /// that takes longest, and what else is due does not wait for it.
    ///
    /// # Errors
    ///
    /// The index does not answer. A request that cannot be served is put aside, so that it holds
    /// up no other.
    pub async fn sweep(&self, deadline: Moment) -> Result<Sweep, HandlerError> {
        let due = self.store.due(self.clock.now(), MOST).await?;
        let mut sweep = Sweep { due: due.len(), ..Sweep::default() };
        let mut failed = BTreeMap::new();
        for duties in [&FIRST[..], &[Duty::Tell]] {
            for id in &due {
                if self.is_late(deadline) {
                    break;
                }
                match self.serve(id, duties, &mut sweep, deadline).await {
                    // Others are at work on it: the next sweep sees what is left.
                    Ok(()) | Err(HandlerError::Conflict) => {}
                    Err(error) => {
                        failed.entry(id).or_insert(error);
                    }
                }
            }
        }
        for (id, error) in failed {
            self.put_aside(id, &error, &mut sweep).await;
        }
        self.measure(&sweep).await;
        Ok(sweep)
    }

    /// What cannot be counted is not measured, and holds up nothing.
    async fn measure(&self, sweep: &Sweep) {
        let now = self.clock.now();
        self.meter.measure(Metric::Parked(sweep.parked), now);
        match self.store.waiting().await {
            Ok(waiting) => {
                self.meter.measure(Metric::Pending(waiting.count), now);
                let age = waiting.oldest.map(|asked| now.since(asked)).unwrap_or_default();
                self.meter.measure(Metric::OldestPending(age), now);
            }
            Err(error) => tracing::warn!(%error, "what waits was not counted"),
        }
    }

    async fn put_aside(&self, id: &RequestId, why: &HandlerError, sweep: &mut Sweep) {
        tracing::error!(request = %id, error = why.in_full(), "not served");
        sweep.parked = sweep.parked.saturating_add(1);
        if let Err(error) = self.store.park(id, self.clock.now().plus(PAUSE)).await {
            tracing::error!(request = %id, %error, "not put aside");
        }
    }
}
