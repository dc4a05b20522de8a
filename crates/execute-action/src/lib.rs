//! Performs what was allowed or approved, once.
//!
//! It trusts evidence it can verify itself, never a status field. It must never write a decision,
//! make a link or resume a workflow.

mod claim;
mod evidence;
mod look;
pub mod wire;

use std::sync::Arc;
use std::time::Duration;

use approval_core::audit::Actor;
use approval_core::commit::Commit;
use approval_core::evidence::Refusal;
use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::{Clock, Commits, Decisions, Open, Perform, Requests, Seal, VerifyMac};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use approval_policy::Bundle;

/// The handler over its ports.
#[derive(Debug)]
pub struct ExecuteAction<S, K, M, T, C> {
    /// The stack.
    pub stack: String,
    /// The executor's own policy.
    pub policy: Arc<Bundle>,
    /// The store.
    pub store: S,
    /// Opens the action, seals the result.
    pub parts: K,
    /// Verifies codes.
    pub macs: M,
    /// Calls targets.
    pub targets: T,
    /// The time.
    pub clock: C,
}

/// The least time an execution may start with: enough to call, seal and record.
const LEAST: Duration = Duration::from_secs(3);

impl<S, K, M, T, C> ExecuteAction<S, K, M, T, C>
where
    S: Requests + Commits + Decisions,
    K: Open + Seal,
    M: VerifyMac,
    T: Perform,
    C: Clock,
{
    /// Executes the request, if the evidence carries it. `deadline` is when this function is
    /// killed.
    ///
    /// # Errors
    ///
    /// The record cannot be read, a service does not answer, somebody else wrote first, or an
    /// earlier attempt may still be at work.
    pub async fn handle(&self, id: &RequestId, deadline: Moment) -> Result<Status, HandlerError> {
        let request = self.store.load(id).await?;
        let request = request.ok_or(HandlerError::Unreadable("there is none of this version"))?;
        let now = self.clock.now();
        if claim::time_left(deadline, now) < LEAST {
            return Err(HandlerError::Unavailable("too little time left to start".into()));
        }
        if request.status == Status::Executing {
            return self.take_over(&request, deadline).await;
        }
        if ![Status::Allowed, Status::Approved].contains(&request.status) {
            return Ok(request.status);
        }
        if request.run_by.is_none_or(|run_by| now >= run_by) {
            return self.write(request.expire(Actor::ExecuteAction, now)?.into()).await;
        }
        match self.permit(&request, now, now).await? {
            Ok(permit) => self.execute(&request, &permit, deadline).await,
            Err(refusal) => self.refuse(&request, refusal, now).await,
        }
    }

    async fn refuse(
        &self,
        request: &ApprovalRequest,
        refusal: Refusal,
        now: Moment,
    ) -> Result<Status, HandlerError> {
        tracing::warn!(request = %request.id, %refusal, "refused");
        self.write(request.refuse(Actor::ExecuteAction, now, &refusal.to_string())?.into()).await
    }

    async fn write(&self, commit: Commit) -> Result<Status, HandlerError> {
        let (id, status) = (commit.request.id.clone(), commit.request.status);
        self.store.commit(commit).await?;
        tracing::info!(request = %id, status = %status, "recorded");
        Ok(status)
    }
}
