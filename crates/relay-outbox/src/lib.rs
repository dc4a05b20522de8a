//! Does what is owed: starts what was not started, expires what is late, ends waits, settles
//! dead claims and closes the records of dead workflow executions.
//!
//! All of it is harmless to repeat. It must never perform an action or decide one.

pub mod wire;

use approval_core::audit::Actor;
use approval_core::due::{next_due, owes_resume};
use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::{
    Clock, Commits, DueIndex, Execution, Requests, StartWorkflow, Workflows,
};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use approval_core::step::StepAnswer;
use jiff::SignedDuration;
use serde::Serialize;

/// The handler over its ports.
#[derive(Debug)]
pub struct RelayOutbox<S, W, C> {
    /// The store.
    pub store: S,
    /// The workflow executions.
    pub workflows: W,
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
    /// Waits ended.
    pub resumed: usize,
    /// Requests whose workflow execution had died.
    pub closed: usize,
    /// Requests whose claim had run out without an outcome.
    pub doubted: usize,
    /// Requests that could not be served this time; the next sweep tries again.
    pub failed: usize,
}

/// What was done for one request in one step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Served {
    Nothing,
    Started,
    Expired,
    Resumed,
    Closed,
    Doubted,
}

/// How many requests one sweep looks at, at the most.
const MOST: usize = 2000;
/// How much of an invocation is kept for the request at hand.
const TO_FINISH: SignedDuration = SignedDuration::from_secs(10);
/// How many duties of one request one sweep does: a request that expires also has a wait to end.
const DUTIES: usize = 3;

impl<S, W, C> RelayOutbox<S, W, C>
where
    S: Requests + Commits + DueIndex,
    W: StartWorkflow + Workflows,
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
            if self.clock.now() >= deadline.plus(-TO_FINISH) {
                break;
            }
            if let Err(error) = self.serve(id, &mut sweep).await {
                tracing::error!(request = %id, %error, "not served");
                sweep.failed = sweep.failed.saturating_add(1);
            }
        }
        Ok(sweep)
    }

    async fn serve(&self, id: &RequestId, sweep: &mut Sweep) -> Result<(), HandlerError> {
        for _ in 0..DUTIES {
            let count = match self.duty(id).await? {
                Served::Nothing => break,
                Served::Started => &mut sweep.started,
                Served::Expired => &mut sweep.expired,
                Served::Resumed => &mut sweep.resumed,
                Served::Closed => &mut sweep.closed,
                Served::Doubted => &mut sweep.doubted,
            };
            *count = count.saturating_add(1);
        }
        Ok(())
    }

    /// Does the one thing that is owed first. The record is read anew: the index is a hint.
    async fn duty(&self, id: &RequestId) -> Result<Served, HandlerError> {
        let Some(request) = self.store.load(id).await? else { return Ok(Served::Nothing) };
        let now = self.clock.now();
        if next_due(&request).is_none_or(|due| now < due) {
            return Ok(Served::Nothing);
        }
        if request.expires_at().is_some_and(|deadline| now >= deadline) {
            self.store.commit(request.expire(Actor::RelayOutbox, now)?.into()).await?;
            return Ok(Served::Expired);
        }
        if request.status == Status::Executing {
            self.store.commit(request.doubt(Actor::RelayOutbox, now)?.into()).await?;
            return Ok(Served::Doubted);
        }
        // After what needs no other service: a workflow that cannot be resumed keeps nothing open.
        if owes_resume(&request) {
            return self.resume(&request).await;
        }
        self.revive(&request).await
    }

    async fn resume(&self, request: &ApprovalRequest) -> Result<Served, HandlerError> {
        let Some(wait) = &request.wait else { return Ok(Served::Nothing) };
        let answer = StepAnswer { request_id: request.id.clone(), status: request.status };
        let resumed = self.workflows.resume(&wait.token, &answer.write()?.to_string()).await?;
        tracing::info!(request = %request.id, ?resumed, "wait ended");
        self.store.commit(request.resumed(self.clock.now()).into()).await?;
        Ok(Served::Resumed)
    }

    /// Sees to it that a workflow execution is at work on the request, or closes the request.
    async fn revive(&self, request: &ApprovalRequest) -> Result<Served, HandlerError> {
        let found = self.workflows.look(&request.id).await?;
        if found == Execution::Running {
            return Ok(Served::Nothing);
        }
        if request.status == Status::Received && found == Execution::Missing {
            self.workflows.start(&request.id).await?;
            return Ok(Served::Started);
        }
        let now = self.clock.now();
        self.store.commit(request.abandon(Actor::RelayOutbox, now)?.into()).await?;
        tracing::warn!(request = %request.id, "its workflow execution ended early");
        Ok(Served::Closed)
    }
}
