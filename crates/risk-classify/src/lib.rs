//! Assesses a received ask: opens the sealed action, lets policy answer, and seals what approvers
//! may see of it.
//!
//! What people are shown is made here and not at the door, from the action that would run: who
//! reads what agents send does not choose what people read. It must never perform, resume or decide
//! anything.
//!
//! Operators ask it about the bundle that is deployed; that stores and tells nothing.

mod inspect;
pub mod wire;

use std::sync::Arc;
use std::time::Duration;

use approval_core::audit::Actor;
use approval_core::evidence::{Opened, Refusal};
use approval_core::failure::HandlerError;
use approval_core::lifecycle::Recorded;
use approval_core::name::RequestId;
use approval_core::ports::{Clock, Commits, Open, Requests, Seal};
use approval_core::request::ApprovalRequest;
use approval_core::sealed::{Part, Sealed};
use approval_core::status::Status;
use approval_policy::Bundle;
use jiff::SignedDuration;

/// The handler over its ports.
#[derive(Debug)]
pub struct RiskClassify<S, K, C> {
    /// The stack.
    pub stack: String,
    /// The policy.
    pub policy: Arc<Bundle>,
    /// The longest people are given, whatever a rule says; zero for no such cap.
    pub most_decide: Duration,
    /// The store.
    pub store: S,
    /// Opens the action, seals what approvers may see of it.
    pub keys: K,
    /// The time.
    pub clock: C,
}

/// Where an assessed request stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Assessed {
    /// Where.
    pub status: Status,
    /// Whether the catalogue names something to look at before people are asked.
    pub look: bool,
}

impl<S: Requests + Commits, K: Open + Seal, C: Clock> RiskClassify<S, K, C> {
    /// Assesses the request, once; a repeat finds it assessed and says where it stands.
    ///
    /// # Errors
    ///
    /// The record cannot be read, a service does not answer, or somebody else wrote first.
    pub async fn handle(&self, id: &RequestId) -> Result<Assessed, HandlerError> {
        let request = self.store.load(id).await?;
        let request = request.ok_or(HandlerError::Unreadable("there is none of this version"))?;
        if request.status != Status::Received {
            return Ok(self.assessed(&request));
        }
        let recorded = self.answer(&request).await?;
        let assessed = self.assessed(&recorded.request);
        self.store.commit(recorded.into()).await?;
        tracing::info!(request = %id, status = %assessed.status, "assessed");
        Ok(assessed)
    }

    async fn answer(&self, request: &ApprovalRequest) -> Result<Recorded, HandlerError> {
        let now = self.clock.now();
        if request.expires_at().is_some_and(|deadline| now >= deadline) {
            return Ok(request.expire(Actor::RiskClassify, now)?);
        }
        let bytes = self.keys.open(Part::Action, &request.id, &request.action).await?;
        let opened = bytes
            .ok_or(Refusal::Tampered)
            .and_then(|bytes| Opened::read(&bytes, request, &self.stack))
            .and_then(|opened| self.same_tool(opened));
        Ok(match opened {
            Ok(opened) => {
                let mut assessment = self.policy.assess(opened.action(), now);
                self.cap(&mut assessment, now);
                let display = self.display(&opened).await?;
                let mut recorded = request.assess(assessment, now)?;
                recorded.request.display = display;
                recorded
            }
            Err(refusal) => request.refuse(Actor::RiskClassify, now, &refusal.to_string())?,
        })
    }

    fn assessed(&self, request: &ApprovalRequest) -> Assessed {
        let entry = self.policy.catalogue().tool(&request.tool);
        let named = entry.is_some_and(|entry| entry.preview.is_some());
        let look = named && request.status == Status::Pending && request.before.is_none();
        Assessed { status: request.status, look }
    }

    /// What approvers and operators may see of it.
    async fn display(&self, opened: &Opened) -> Result<Option<Sealed>, HandlerError> {
        let action = opened.action();
        let Some(entry) = self.policy.catalogue().tool(&action.tool) else { return Ok(None) };
        let part = entry.display_part(action, opened.digest());
        let part = part.map_err(|error| HandlerError::Unavailable(error.into()))?;
        Ok(Some(self.keys.seal(Part::Display, &action.request, &part).await?))
    }

    fn most_decide(&self) -> Option<SignedDuration> {
        let most = SignedDuration::try_from(self.most_decide).ok()?;
        (!most.is_zero()).then_some(most)
    }

    fn same_tool(&self, opened: Opened) -> Result<Opened, Refusal> {
        let entry = self.policy.catalogue().tool(&opened.action().tool);
        match entry.map(approval_policy::Entry::digest) {
            Some(digest) if digest == opened.action().entry => Ok(opened),
            Some(_) | None => Err(Refusal::ToolChanged),
        }
    }
}
