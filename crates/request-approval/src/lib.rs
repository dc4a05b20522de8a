//! Keeps the task token of a request that waits: the one that came last.
//!
//! It must never decide or resume anything, and it never sees the sealed action.

pub mod wire;

use approval_core::failure::HandlerError;
use approval_core::name::RequestId;
use approval_core::ports::{Clock, Commits, Requests};
use approval_core::status::Status;
use approval_core::task::TaskToken;

/// The handler over its ports.
#[derive(Debug)]
pub struct RequestApproval<S, C> {
    /// The store.
    pub store: S,
    /// The time.
    pub clock: C,
}

impl<S: Requests + Commits, C: Clock> RequestApproval<S, C> {
    /// Stores the token, whatever the status: a request that was resolved before anybody waited
    /// is resumed by relay-outbox, which finds the token due at once.
    ///
    /// # Errors
    ///
    /// The record cannot be read, a service does not answer, or somebody else wrote first.
    pub async fn handle(&self, id: &RequestId, token: TaskToken) -> Result<Status, HandlerError> {
        let request = self.store.load(id).await?;
        let request = request.ok_or(HandlerError::Unreadable("there is none of this version"))?;
        if request.wait.as_ref().is_some_and(|wait| wait.token == token) {
            return Ok(request.status);
        }
        let waiting = request.wait_with(token, self.clock.now());
        self.store.commit(waiting.into()).await?;
        tracing::info!(request = %id, status = %request.status, "waiting");
        Ok(request.status)
    }
}
