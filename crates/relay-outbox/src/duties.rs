//! What is done for one request: the one thing that is owed first, a few times over.

use approval_core::audit::Actor;
use approval_core::due::{next_due, owes_resume};
use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::{
    Clock, Commits, DueIndex, Execution, Requests, StartWorkflow, Tell, Workflows,
};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use approval_core::step::StepAnswer;

use crate::{RelayOutbox, Sweep};

/// How many duties of one request one run does: a request that expires also has a wait to end.
const DUTIES: usize = 3;

/// What was done for one request in one step.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Served {
    Nothing,
    Started,
    Expired,
    Told,
    Resumed,
    Closed,
    Doubted,
}

impl<S, W, T, C> RelayOutbox<S, W, T, C>
where
    S: Requests + Commits + DueIndex,
    W: StartWorkflow + Workflows,
    T: Tell,
    C: Clock,
{
    pub(crate) async fn serve(
        &self,
        id: &RequestId,
        sweep: &mut Sweep,
    ) -> Result<(), HandlerError> {
        for _ in 0..DUTIES {
            let served = match self.duty(id).await {
                // Somebody else was at work on it: the next look shows what is left.
                Err(HandlerError::Conflict) => continue,
                served => served?,
            };
            let count = match served {
                Served::Nothing => break,
                Served::Started => &mut sweep.started,
                Served::Expired => &mut sweep.expired,
                Served::Told => &mut sweep.told,
                Served::Resumed => &mut sweep.resumed,
                Served::Closed => &mut sweep.closed,
                Served::Doubted => &mut sweep.doubted,
            };
            *count = count.saturating_add(1);
        }
        Ok(())
    }

    /// Does the one thing that is owed first. The record is read anew: index and stream are hints.
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
        self.revive(&request, now).await
    }

    async fn resume(&self, request: &ApprovalRequest) -> Result<Served, HandlerError> {
        let Some(wait) = &request.wait else { return Ok(Served::Nothing) };
        let answer = StepAnswer { request_id: request.id.clone(), status: request.status };
        let resumed = self.workflows.resume(&wait.token, &answer.write()?.to_string()).await?;
        tracing::info!(request = %request.id, ?resumed, "wait ended");
        self.store.commit(request.resumed(self.clock.now()).into()).await?;
        Ok(Served::Resumed)
    }

    /// Sees to it that a workflow execution is at work on the request, or closes the request; and
    /// where one waits for people, that they are told.
    async fn revive(&self, request: &ApprovalRequest, now: Moment) -> Result<Served, HandlerError> {
        let found = self.workflows.look(&request.id).await?;
        if found == Execution::Running {
            let tells = request.notify_at.is_some_and(|at| at <= now);
            if request.status != Status::Pending || !tells {
                return Ok(Served::Nothing);
            }
            self.teller.tell(&request.id).await?;
            return Ok(Served::Told);
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
