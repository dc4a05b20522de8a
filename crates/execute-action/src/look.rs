//! Looks at what a request would change, before people are asked.

use std::time::Duration;

use approval_core::evidence::{self, Opened};
use approval_core::failure::HandlerError;
use approval_core::freeze::FreezeScope;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::outcome::Outcome;
use approval_core::ports::{Clock, Commits, Freezes, Open, Perform, Requests, Seal};
use approval_core::request::ApprovalRequest;
use approval_core::sealed::{Part, Sealed};
use approval_core::status::Status;
use serde_json::json;

use crate::{ExecuteAction, claim};

/// How long a look may take: people wait for their mail meanwhile.
const LONGEST: Duration = Duration::from_secs(5);

impl<S, K, M, T, C> ExecuteAction<S, K, M, T, C>
where
    S: Requests + Commits + Freezes,
    K: Open + Seal,
    T: Perform,
    C: Clock,
{
    /// Looks, where the catalogue names something to look at, and keeps what was seen for those
    /// who are asked. They are asked whatever comes of it.
    ///
    /// # Errors
    ///
    /// The record cannot be read or written, or a service does not answer.
    ///
    /// # Security
    ///
    /// It calls only what reads, and only what the rules allow this requester to read alone.
    pub async fn look(&self, id: &RequestId, deadline: Moment) -> Result<Status, HandlerError> {
        let request = self.store.load(id).await?;
        let request = request.ok_or(HandlerError::Unreadable("there is none of this version"))?;
        if request.status != Status::Pending || request.before.is_some() {
            return Ok(request.status);
        }
        if let Some(seen) = self.seen(&request, deadline).await? {
            self.store.commit(request.looked(seen, self.clock.now()).into()).await?;
            tracing::info!(request = %id, "looked");
        }
        Ok(request.status)
    }

    /// What was seen, sealed.
    async fn seen(
        &self,
        request: &ApprovalRequest,
        deadline: Moment,
    ) -> Result<Option<Sealed>, HandlerError> {
        let now = self.clock.now();
        let bytes = self.parts.open(Part::Action, &request.id, &request.action).await?;
        let opened = bytes.and_then(|bytes| Opened::read(&bytes, request, &self.stack).ok());
        let Some(look) = opened.and_then(|opened| self.policy.look(opened.action(), now)) else {
            return Ok(None);
        };
        let (tool, preview) = (look.action.tool.clone(), look.preview);
        let permit = match evidence::look(look.action, look.terms, &look.assessment) {
            Ok(permit) => permit,
            Err(refusal) => {
                tracing::warn!(request = %request.id, %tool, %refusal, "not looked at");
                return Ok(None);
            }
        };
        for tool in [&tool, &request.tool] {
            let scopes = FreezeScope::concerning(tool, &request.requester.agent);
            if self.store.frozen(&scopes).await? {
                return Ok(None);
            }
        }
        let patience = claim::time_left(deadline, now).min(LONGEST);
        let outcome = tokio::time::timeout(patience, self.targets.perform(&permit)).await;
        let Ok(Outcome::Done(answer)) = outcome else {
            tracing::warn!(request = %request.id, %tool, "looked in vain");
            return Ok(None);
        };
        let stands = preview.stands(&answer);
        if stands.is_empty() {
            return Ok(None);
        }
        let before = json!({"digest": request.digest, "tool": tool, "at": now, "stands": stands});
        let bytes = before.to_string().into_bytes();
        Ok(Some(self.parts.seal(Part::Before, &request.id, &bytes).await?))
    }
}
