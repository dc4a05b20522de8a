//! What is done for one request: each duty that is due, in order. One that fails holds up no other.

use approval_core::audit::Actor;
use approval_core::due::{Duty, owes_resume};
use approval_core::event::Event;
use approval_core::failure::HandlerError;
use approval_core::metric::{Measure, Metric};
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::{
    Announce, AuditTrail, Clock, Commits, DueIndex, Execution, Park, Requests, StartWorkflow, Tell,
    Workflows,
};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use approval_core::step::StepAnswer;
use jiff::SignedDuration;

use crate::{RelayOutbox, Sweep};

/// How often a duty is tried against others who write the same record.
const TRIES: usize = 4;
/// How much of an invocation having people told may take.
const TO_TELL: SignedDuration = SignedDuration::from_secs(37);
/// What is done before people are told, which takes longest and is least urgent. Closing a request
/// that nothing is at work on leaves a wait to end, so that comes once more.
pub(crate) const FIRST: [Duty; 5] =
    [Duty::Close, Duty::Resume, Duty::Revive, Duty::Resume, Duty::Publish];
/// All of it.
pub(crate) const WHOLE: [Duty; 6] =
    [Duty::Close, Duty::Resume, Duty::Revive, Duty::Resume, Duty::Publish, Duty::Tell];

/// What came of a duty.
enum Did {
    /// Nothing was left to do.
    Nothing,
    /// This, and the request is as it is now.
    This(Deed, Box<ApprovalRequest>),
}

#[derive(Clone, Copy, Debug)]
enum Deed {
    Started,
    Expired,
    Told,
    Resumed,
    Closed,
    Doubted,
    Published,
}

impl<S, W, T, E, M, C> RelayOutbox<S, W, T, E, M, C>
where
    S: Requests + Commits + DueIndex + AuditTrail + Park,
    W: StartWorkflow + Workflows,
    T: Tell,
    E: Announce,
    M: Measure,
    C: Clock,
{
    /// Does these duties, as far as they are due. The record is read anew: index and stream are
    /// hints.
    ///
    /// # Errors
    ///
    /// The first duty that could not be done. The others were tried all the same.
    pub(crate) async fn serve(
        &self,
        id: &RequestId,
        duties: &[Duty],
        sweep: &mut Sweep,
        deadline: Moment,
    ) -> Result<(), HandlerError> {
        let Some(mut request) = self.store.load(id).await? else {
            return Err(HandlerError::Unreadable("there is none of this version"));
        };
        let mut served = Ok(());
        for duty in duties {
            if *duty == Duty::Tell && self.clock.now() >= deadline.plus(-TO_TELL) {
                // Another run has more time for it.
                continue;
            }
            match self.try_duty(*duty, &mut request).await {
                Ok(None) => {}
                Ok(Some(deed)) => sweep.count(deed),
                Err(error) => served = served.and(Err(error)),
            }
        }
        served
    }

    async fn try_duty(
        &self,
        duty: Duty,
        request: &mut ApprovalRequest,
    ) -> Result<Option<Deed>, HandlerError> {
        for _ in 0..TRIES {
            let now = self.clock.now();
            if duty.due(request).is_none_or(|due| now < due) {
                return Ok(None);
            }
            let did = match duty {
                Duty::Close => self.close(request, now).await,
                Duty::Resume => self.resume(request).await,
                Duty::Revive => self.revive(request).await,
                Duty::Tell => self.tell(request).await,
                Duty::Publish => self.publish(request).await,
            };
            match did {
                Ok(Did::Nothing) => return Ok(None),
                Ok(Did::This(deed, after)) => {
                    *request = *after;
                    return Ok(Some(deed));
                }
                // Somebody else was at work on it: the next look shows what is left.
                Err(HandlerError::Conflict) => *request = self.seen(&request.id).await?,
                Err(other) => return Err(other),
            }
        }
        Err(HandlerError::Conflict)
    }

    async fn seen(&self, id: &RequestId) -> Result<ApprovalRequest, HandlerError> {
        let request = self.store.load(id).await?;
        request.ok_or(HandlerError::Unreadable("there is none of this version"))
    }

    async fn close(&self, request: &ApprovalRequest, now: Moment) -> Result<Did, HandlerError> {
        let by = Actor::RelayOutbox;
        let (deed, recorded) = if request.status == Status::Executing {
            (Deed::Doubted, request.doubt(by, now)?)
        } else {
            (Deed::Expired, request.expire(by, now)?)
        };
        let after = Box::new(recorded.request.clone());
        self.store.commit(recorded.into()).await?;
        Ok(Did::This(deed, after))
    }

    async fn resume(&self, request: &ApprovalRequest) -> Result<Did, HandlerError> {
        let Some(wait) = request.wait.as_ref().filter(|_| owes_resume(request)) else {
            return Ok(Did::Nothing);
        };
        let answer = StepAnswer::of(request.id.clone(), request.status);
        let resumed = self.workflows.resume(&wait.token, &answer.write()?.to_string()).await;
        let resumed = resumed.inspect_err(|_| {
            self.meter.measure(Metric::ResumeFailed, self.clock.now());
        })?;
        tracing::info!(request = %request.id, ?resumed, "wait ended");
        self.written(Deed::Resumed, request.resumed(self.clock.now())).await
    }

    /// Sees to it that a workflow execution is at work on the request, or closes the request.
    async fn revive(&self, request: &ApprovalRequest) -> Result<Did, HandlerError> {
        match self.workflows.look(&request.id).await? {
            Execution::Running => return Ok(Did::Nothing),
            Execution::Missing if request.status == Status::Received => {
                self.workflows.start(&request.id).await?;
                return Ok(Did::This(Deed::Started, Box::new(request.clone())));
            }
            Execution::Missing | Execution::Ended => {}
        }
        let recorded = request.abandon(Actor::RelayOutbox, self.clock.now())?;
        let after = Box::new(recorded.request.clone());
        self.store.commit(recorded.into()).await?;
        tracing::warn!(request = %request.id, "its workflow execution ended early");
        Ok(Did::This(Deed::Closed, after))
    }

    /// Has people told. While they may still decide, only where a workflow execution waits for
    /// that: what nobody would act on is not asked for.
    async fn tell(&self, request: &ApprovalRequest) -> Result<Did, HandlerError> {
        if request.status == Status::Pending
            && self.workflows.look(&request.id).await? != Execution::Running
        {
            let recorded = request.abandon(Actor::RelayOutbox, self.clock.now())?;
            let after = Box::new(recorded.request.clone());
            self.store.commit(recorded.into()).await?;
            return Ok(Did::This(Deed::Closed, after));
        }
        self.teller.tell(&request.id).await?;
        Ok(Did::This(Deed::Told, Box::new(self.seen(&request.id).await?)))
    }

    /// Publishes what the trail holds that others have not been told. Until that is noted it is
    /// published again: at least once, in the order of the trail.
    async fn publish(&self, request: &ApprovalRequest) -> Result<Did, HandlerError> {
        let Some(from) = request.publish_from else { return Ok(Did::Nothing) };
        let trail = self.store.trail(&request.id).await?;
        let through = trail.last().map_or(from, |last| last.seq.saturating_add(1));
        let owed = trail.iter().filter(|record| record.seq >= from);
        let events: Vec<_> =
            owed.flat_map(|record| Event::of(record, request, &self.stack)).collect();
        let taken = self.events.announce(&events).await?;
        let left = events.get(taken).map(|event| event.seq);
        if left == Some(from) {
            // Nothing to note: a write would only bring the same change again.
            return Err(HandlerError::Unavailable("no event was taken".into()));
        }
        let mut known = request.clone();
        for _ in 0..TRIES {
            let after = known.announced(left, through, self.clock.now());
            match self.written(Deed::Published, after).await {
                // Not told twice for a version that somebody else wrote.
                Err(HandlerError::Conflict) => known = self.seen(&known.id).await?,
                Err(other) => return Err(other),
                Ok(_) if left.is_some() => {
                    return Err(HandlerError::Unavailable("not every event was taken".into()));
                }
                Ok(did) => return Ok(did),
            }
        }
        // It stays owed, and is told again.
        Ok(Did::Nothing)
    }

    async fn written(&self, deed: Deed, after: ApprovalRequest) -> Result<Did, HandlerError> {
        self.store.commit(after.clone().into()).await?;
        Ok(Did::This(deed, Box::new(after)))
    }
}

impl Sweep {
    fn count(&mut self, deed: Deed) {
        let count = match deed {
            Deed::Started => &mut self.started,
            Deed::Expired => &mut self.expired,
            Deed::Told => &mut self.told,
            Deed::Resumed => &mut self.resumed,
            Deed::Closed => &mut self.closed,
            Deed::Doubted => &mut self.doubted,
            Deed::Published => &mut self.published,
        };
        *count = count.saturating_add(1);
    }
}
