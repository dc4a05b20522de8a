//! Gathers the evidence and has it weighed.

use approval_core::evidence::{self, Evidence, Opened, Refusal, VerifiedDecision};
use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::permit::ExecutionPermit;
use approval_core::ports::{Decisions, DecisionsError, Open, VerifyMac};
use approval_core::request::ApprovalRequest;
use approval_core::sealed::Part;

use crate::ExecuteAction;

impl<S: Decisions, K: Open, M: VerifyMac, T, C> ExecuteAction<S, K, M, T, C> {
    /// The permit, or why there is none. Policy is asked as of `now`; the time to run is measured
    /// as of `as_of`, which lies before where an action that was claimed in time is asked again.
    pub(crate) async fn permit(
        &self,
        request: &ApprovalRequest,
        now: Moment,
        as_of: Moment,
    ) -> Result<Result<ExecutionPermit, Refusal>, HandlerError> {
        let sealed = self.parts.open(Part::Action, &request.id, &request.action).await?;
        let opened = sealed
            .ok_or(Refusal::Tampered)
            .and_then(|bytes| Opened::read(&bytes, request, &self.stack));
        let opened = match opened {
            Ok(opened) => opened,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let Some(entry) = self.policy.catalogue().tool(&opened.action().tool) else {
            return Ok(Err(Refusal::ToolChanged));
        };
        let terms = entry.terms();
        let decisions = match self.verified(request, &opened).await? {
            Ok(decisions) => decisions,
            Err(refusal) => return Ok(Err(refusal)),
        };
        let assessment = &self.policy.judge(opened.action(), now);
        let roster = self.policy.roster();
        let evidence =
            Evidence { request, opened, decisions, assessment, terms, roster, now: as_of };
        Ok(evidence::authorize(evidence))
    }

    async fn verified(
        &self,
        request: &ApprovalRequest,
        opened: &Opened,
    ) -> Result<Result<Vec<VerifiedDecision>, Refusal>, HandlerError> {
        let rows = match self.store.decisions(&request.id).await {
            Ok(rows) => rows,
            Err(DecisionsError::Malformed) => return Ok(Err(Refusal::Forged)),
            Err(DecisionsError::Unavailable(cause)) => {
                return Err(HandlerError::Unavailable(cause));
            }
        };
        let mut verified = Vec::with_capacity(rows.len());
        for row in &rows {
            match evidence::verify(row, opened, &self.macs).await? {
                Ok(decision) => verified.push(decision),
                Err(refusal) => return Ok(Err(refusal)),
            }
        }
        Ok(Ok(verified))
    }
}
