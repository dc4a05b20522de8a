//! Claims, performs, settles: in this order, each at most once.

use std::time::Duration;

use approval_core::audit::Actor;
use approval_core::claim::Claim;
use approval_core::commit::{Commit, CommitError, Guard};
use approval_core::failure::HandlerError;
use approval_core::freeze::FreezeScope;
use approval_core::moment::Moment;
use approval_core::outcome::{Outcome, bounded};
use approval_core::permit::ExecutionPermit;
use approval_core::ports::{Clock, Commits, Decisions, Open, Perform, Requests, Seal, VerifyMac};
use approval_core::request::ApprovalRequest;
use approval_core::sealed::{Part, Sealed};
use approval_core::status::Status;
use jiff::SignedDuration;

use crate::ExecuteAction;

/// How long beyond this function's end a claim holds: whoever made it is certainly gone by then.
const BEYOND: SignedDuration = SignedDuration::from_secs(5);
/// How much of the time is kept for sealing and recording the outcome.
const TO_RECORD: Duration = Duration::from_secs(2);
/// How often recording an outcome is tried before the outcome is lost to doubt.
const TRIES: usize = 3;

/// The time until the deadline; none where it has passed.
pub(crate) fn time_left(deadline: Moment, now: Moment) -> Duration {
    Duration::try_from(deadline.since(now)).unwrap_or_default()
}

impl<S, K, M, T, C> ExecuteAction<S, K, M, T, C>
where
    S: Requests + Commits + Decisions,
    K: Open + Seal,
    M: VerifyMac,
    T: Perform,
    C: Clock,
{
    /// Claims a request that was never claimed, and performs it.
    pub(crate) async fn execute(
        &self,
        request: &ApprovalRequest,
        permit: &ExecutionPermit,
        deadline: Moment,
        now: Moment,
    ) -> Result<Status, HandlerError> {
        let until = deadline.plus(BEYOND);
        let commit: Commit = request.claim(permit, until, now)?.into();
        let claim = Claim { request: request.id.clone(), at: now, until, settled: false };
        match self.claim(commit, claim, permit, false).await {
            Ok((claimed, claim)) => self.perform(&claimed, claim, permit, deadline).await,
            // The version was right and yet a claim exists: the status was turned back by hand.
            Err(CommitError::Claimed) => {
                let reason = "it was claimed before: it may have been done";
                self.write(request.refuse(Actor::ExecuteAction, now, reason)?.into()).await
            }
            Err(CommitError::Frozen) => {
                let reason = "a freeze holds";
                self.write(request.cancel(Actor::ExecuteAction, now, reason)?.into()).await
            }
            Err(other) => Err(other.into()),
        }
    }

    /// Takes over after a claim that ran out: the same key again where the tool is idempotent,
    /// doubt where it is not.
    pub(crate) async fn take_over(
        &self,
        request: &ApprovalRequest,
        deadline: Moment,
        now: Moment,
    ) -> Result<Status, HandlerError> {
        if request.claimed_until.is_none_or(|held| now < held) {
            return Err(HandlerError::ClaimHeld);
        }
        let permit = match self.permit(request, now).await? {
            Ok(permit) if permit.idempotent() => permit,
            Ok(_) | Err(_) => {
                return self.write(request.doubt(Actor::ExecuteAction, now)?.into()).await;
            }
        };
        let until = deadline.plus(BEYOND);
        let commit: Commit = request.reclaim(&permit, until, now)?.into();
        let claim = Claim { request: request.id.clone(), at: now, until, settled: false };
        match self.claim(commit, claim, &permit, true).await {
            Ok((claimed, claim)) => self.perform(&claimed, claim, &permit, deadline).await,
            Err(CommitError::Claimed | CommitError::Frozen) => {
                self.write(request.doubt(Actor::ExecuteAction, now)?.into()).await
            }
            Err(other) => Err(other.into()),
        }
    }

    async fn claim(
        &self,
        commit: Commit,
        claim: Claim,
        permit: &ExecutionPermit,
        again: bool,
    ) -> Result<(ApprovalRequest, Claim), CommitError> {
        let scopes = FreezeScope::concerning(permit.tool(), &permit.requester().agent);
        let guard = Guard::Claim { claim: claim.clone(), again, scopes };
        let claimed = commit.request.clone();
        self.store.commit(commit.guarded(guard)).await?;
        Ok((claimed, claim))
    }

    async fn perform(
        &self,
        claimed: &ApprovalRequest,
        claim: Claim,
        permit: &ExecutionPermit,
        deadline: Moment,
    ) -> Result<Status, HandlerError> {
        let patience = time_left(deadline, self.clock.now()).saturating_sub(TO_RECORD);
        let outcome = tokio::time::timeout(patience, self.targets.perform(permit))
            .await
            .unwrap_or(Outcome::Unknown("the target did not answer in time"));
        if matches!(outcome, Outcome::Unknown(_)) && permit.idempotent() {
            // The claim stays: once it has run out, the state machine's retry asks again with the
            // same key, and if none comes, relay-outbox marks it in doubt.
            return Err(HandlerError::Unanswered);
        }
        let result = self.sealed(&claimed.id, &outcome).await;
        let commit: Commit = claimed.settle(&outcome, result, self.clock.now())?.into();
        self.settle(commit.guarded(Guard::Settle(claim))).await
    }

    /// The sealed result. A result that cannot be sealed is left out: what was done is recorded
    /// all the same.
    async fn sealed(
        &self,
        id: &approval_core::name::RequestId,
        outcome: &Outcome,
    ) -> Option<Sealed> {
        let Outcome::Done(answer) = outcome else { return None };
        let sealed = self.parts.seal(Part::Result, id, &bounded(answer)).await;
        sealed.inspect_err(|error| tracing::error!(request = %id, %error, "result not kept")).ok()
    }

    async fn settle(&self, commit: Commit) -> Result<Status, HandlerError> {
        let mut last = self.write(commit.clone()).await;
        for _ in 1..TRIES {
            if !matches!(last, Err(HandlerError::Unavailable(_))) {
                break;
            }
            last = self.write(commit.clone()).await;
        }
        last
    }
}
