//! Asks people: keeps the task token of the request that waits, and writes to each approver.
//!
//! Every message that carries a link is sent here: the first one when the workflow comes to wait,
//! reminders and fresh links when relay-outbox calls. What each person was sent is kept in a
//! ledger, so that a repeat writes only to whom it missed. It must never decide or resume
//! anything, and it never sees the sealed action.
//!
//! # Layout
//!
//! - `recipients`: who is to be asked
//! - `links`: their links and match codes
//! - `round`: one round of asking people
//! - `inform`: telling them how it ended
//! - `ledger`: who was written to, and when next
//! - `returns`: mail that came back
//! - [`wire`]: the events

mod inform;
mod ledger;
mod links;
mod recipients;
mod returns;
mod round;
pub mod wire;

pub use returns::ReturnedMail;

use std::sync::Arc;

use approval_core::commit::CommitError;
use approval_core::failure::HandlerError;
use approval_core::name::RequestId;
use approval_core::ports::{
    Clock, Commits, Decisions, MakeMac, Notices, Open, Post, Publish, Requests,
};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use approval_core::task::{Attempt, TaskToken, Wait};
use approval_policy::Approvers;
use approval_views::mail::SubjectDetail;
use jiff::SignedDuration;

/// The handler over its ports.
#[derive(Debug)]
pub struct RequestApproval<S, K, M, P, Q, N, C> {
    /// The stack.
    pub stack: String,
    /// Where the approvers' door is, without a slash at its end. From configuration alone.
    pub base: String,
    /// How much subjects say.
    pub detail: SubjectDetail,
    /// The store.
    pub store: S,
    /// Opens what approvers may see.
    pub parts: K,
    /// Makes links.
    pub links: M,
    /// Sends mail.
    pub mail: P,
    /// Sends personal messages another way, where the operator opted in.
    pub personal: Option<Q>,
    /// Publishes notices without links.
    pub topic: N,
    /// Publishes notices for chat channels, without links as well.
    pub chat: N,
    /// The people.
    pub roster: Arc<Approvers>,
    /// The time.
    pub clock: C,
}

/// How far the clocks of two services may differ.
const CLOCKS_DIFFER: SignedDuration = SignedDuration::from_mins(5);
/// How often a write is tried against others who write the same record.
const TRIES: usize = 5;

impl<S, K, M, P, Q, N, C> RequestApproval<S, K, M, P, Q, N, C>
where
    S: Requests + Commits + Notices + Decisions,
    K: Open,
    M: MakeMac,
    P: Post,
    Q: Post,
    N: Publish,
    C: Clock,
{
    /// Keeps the token, whatever the status, then tells people what they are owed.
    ///
    /// # Errors
    ///
    /// The record cannot be read or shown, a service does not answer, others keep writing, or
    /// nobody could be reached.
    pub async fn handle(
        &self,
        id: &RequestId,
        wait: Option<(TaskToken, Attempt)>,
    ) -> Result<Status, HandlerError> {
        let waits = wait.is_some();
        if let Some((token, attempt)) = wait {
            self.keep(id, &token, attempt).await?;
        }
        for _ in 0..TRIES {
            let request = self.load(id).await?;
            let status = request.status;
            if !waits && request.notify_at.is_none_or(|due| self.clock.now() < due) {
                // Another run is at it, or was: two at once would write to people twice.
                return Ok(status);
            }
            let told = if status == Status::Pending {
                self.tell(request).await
            } else if status.is_terminal() && !waits {
                self.inform(request).await
            } else {
                // Whoever brings a token has nothing to wait for, and is told so at once.
                return Ok(status);
            };
            match told {
                Err(HandlerError::Conflict) => {}
                said => return said,
            }
        }
        Err(HandlerError::Conflict)
    }

    async fn load(&self, id: &RequestId) -> Result<ApprovalRequest, HandlerError> {
        let request = self.store.load(id).await?;
        request.ok_or(HandlerError::Unreadable("there is none of this version"))
    }

    /// A request that was resolved before anybody waited is resumed by relay-outbox, which finds
    /// the token due at once.
    async fn keep(
        &self,
        id: &RequestId,
        token: &TaskToken,
        attempt: Attempt,
    ) -> Result<(), HandlerError> {
        for _ in 0..TRIES {
            let request = self.load(id).await?;
            if request.wait.as_ref().is_some_and(|wait| wait.token == *token) {
                return Ok(());
            }
            let now = self.clock.now();
            // A state that is entered later than now never was: no genuine one would replace it.
            let entered_at = attempt.entered_at.filter(|at| *at <= now.plus(CLOCKS_DIFFER));
            let attempt = Attempt { entered_at, ..attempt };
            let waiting = request.waiting(Wait::new(token.clone(), attempt, now), now);
            match self.store.commit(waiting.into()).await {
                Err(CommitError::Conflict) => {}
                Err(other) => return Err(other.into()),
                Ok(()) => {
                    tracing::info!(request = %id, status = %request.status, "waiting");
                    return Ok(());
                }
            }
        }
        Err(HandlerError::Conflict)
    }
}
