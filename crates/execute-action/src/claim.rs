//! Claims, performs, settles: in this order, each at most once.

use std::time::Duration;

use approval_core::audit::Actor;
use approval_core::cause::Cause;
use approval_core::claim::Claim;
use approval_core::commit::{Commit, CommitError, Guard};
use approval_core::failure::HandlerError;
use approval_core::freeze::FreezeScope;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::outcome::{Outcome, bounded};
use approval_core::permit::ExecutionPermit;
use approval_core::ports::{Clock, Commits, Decisions, Open, Perform, Requests, Seal, VerifyMac};
use approval_core::request::ApprovalRequest;
use approval_core::sealed::{Part, Sealed};
use approval_core::status::Status;
use jiff::SignedDuration;

use crate::{ExecuteAction, LEAST};

/// How long beyond this function's end a claim holds: whoever made it is certainly gone by then.
const BEYOND: SignedDuration = SignedDuration::from_secs(5);
/// How much of the time is kept for sealing and recording the outcome.
const TO_RECORD: Duration = Duration::from_secs(2);
/// The least time a target is called with.
const LEAST_CALL: Duration = Duration::from_secs(1);
/// How often recording an outcome is tried before the outcome is lost to doubt.
const TRIES: usize = 4;
/// How long after its time to run an action that was claimed in time may be asked again.
const RETRY_WITHIN: SignedDuration = SignedDuration::from_mins(15);

/// One attempt at an execution.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    /// When it began.
    now: Moment,
    /// When this function is killed.
    deadline: Moment,
    /// Until when its claim holds.
    until: Moment,
    /// Whether an earlier attempt may have called the target.
    again: bool,
}

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
    ) -> Result<Status, HandlerError> {
        let attempt = self.attempt(deadline, false)?;
        let Attempt { now, until, .. } = attempt;
        let commit: Commit = request.claim(permit, until, now)?.into();
        match self.claim(commit, permit, attempt).await {
            Ok((claimed, claim)) => self.perform(claimed, claim, permit, attempt).await,
            // The version was right and yet a claim exists: the status was turned back by hand.
            Err(CommitError::Claimed) => {
                let reason = "it was claimed before: it may have been done";
                self.write(request.refuse(Actor::ExecuteAction, now, reason)?.into()).await
            }
            Err(CommitError::Frozen) => {
                let reason = "a freeze holds";
                let frozen = request.cancel(Actor::ExecuteAction, now, Cause::Frozen, reason)?;
                self.write(frozen.into()).await
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
    ) -> Result<Status, HandlerError> {
        let now = self.clock.now();
        if request.claimed_until.is_none_or(|held| now < held) {
            return Err(HandlerError::ClaimHeld);
        }
        // It was claimed in time; the repeats that follow get as long again.
        let permit = match self.permit(request, now, now.plus(-RETRY_WITHIN)).await? {
            Ok(permit) if permit.idempotent() => permit,
            Ok(_) => return self.write(request.doubt(Actor::ExecuteAction, now)?.into()).await,
            Err(refusal) => {
                tracing::warn!(request = %request.id, %refusal, "refused at a second claim");
                return self.write(request.doubt(Actor::ExecuteAction, now)?.into()).await;
            }
        };
        let attempt = self.attempt(deadline, true)?;
        let commit: Commit = request.reclaim(&permit, attempt.until, attempt.now)?.into();
        match self.claim(commit, &permit, attempt).await {
            Ok((claimed, claim)) => self.perform(claimed, claim, &permit, attempt).await,
            Err(CommitError::Claimed | CommitError::Frozen) => {
                self.write(request.doubt(Actor::ExecuteAction, attempt.now)?.into()).await
            }
            Err(other) => Err(other.into()),
        }
    }

    /// An attempt that begins at this instant: weighing the evidence took time.
    fn attempt(&self, deadline: Moment, again: bool) -> Result<Attempt, HandlerError> {
        let now = self.clock.now();
        if time_left(deadline, now) < LEAST {
            return Err(HandlerError::Unavailable("too little time left to claim".into()));
        }
        Ok(Attempt { now, deadline, until: deadline.plus(BEYOND), again })
    }

    async fn claim(
        &self,
        commit: Commit,
        permit: &ExecutionPermit,
        Attempt { now, until, again, .. }: Attempt,
    ) -> Result<(ApprovalRequest, Claim), CommitError> {
        let claimed = commit.request.clone();
        let claim = Claim { request: claimed.id.clone(), at: now, until, settled: false };
        let scopes = FreezeScope::concerning(permit.tool(), &permit.requester().agent);
        let guard = Guard::Claim { claim: claim.clone(), again, scopes };
        self.store.commit(commit.guarded(guard)).await?;
        Ok((claimed, claim))
    }

    async fn perform(
        &self,
        claimed: ApprovalRequest,
        claim: Claim,
        permit: &ExecutionPermit,
        attempt: Attempt,
    ) -> Result<Status, HandlerError> {
        let patience = time_left(attempt.deadline, self.clock.now()).saturating_sub(TO_RECORD);
        let outcome = if patience < LEAST_CALL {
            Outcome::NotDone("too little time was left to call the target")
        } else {
            tokio::time::timeout(patience, self.targets.perform(permit))
                .await
                .unwrap_or(Outcome::Unknown("the target did not answer in time"))
        };
        let outcome = if attempt.again { outcome.of_a_repeat() } else { outcome };
        if matches!(outcome, Outcome::Unknown(_)) && permit.idempotent() {
            // The claim stays: once it has run out, the state machine's retry asks again with the
            // same key, and if none comes, relay-outbox marks it in doubt.
            return Err(HandlerError::Unanswered);
        }
        self.settle(claimed, claim, &outcome).await
    }

    /// Records the outcome. Bookkeeping that came between costs no outcome: it is recorded on top,
    /// as long as the claim is still this one. The last try goes without the result, which may be
    /// what makes the record too large.
    async fn settle(
        &self,
        mut claimed: ApprovalRequest,
        claim: Claim,
        outcome: &Outcome,
    ) -> Result<Status, HandlerError> {
        let result = self.sealed(&claimed.id, outcome).await;
        let mut last = Err(HandlerError::Conflict);
        for left in (0..TRIES).rev() {
            let kept = result.clone().filter(|_| left > 0);
            let commit: Commit = claimed.settle(outcome, kept, self.clock.now())?.into();
            last = self.write(commit.guarded(Guard::Settle(claim.clone()))).await;
            if !matches!(last, Err(HandlerError::Unavailable(_) | HandlerError::Conflict)) {
                return last;
            }
            // A look that fails changes nothing: the next try shows.
            let Ok(Some(seen)) = self.store.load(&claimed.id).await else { continue };
            if seen.status != Status::Executing {
                // An answer was lost: this, or somebody else, has settled it.
                return Ok(seen.status);
            }
            if seen.claimed_until != Some(claim.until) {
                return Err(HandlerError::Conflict);
            }
            claimed = seen;
        }
        last
    }

    /// The sealed result. A result that cannot be sealed is left out: what was done is recorded
    /// all the same.
    async fn sealed(&self, id: &RequestId, outcome: &Outcome) -> Option<Sealed> {
        let Outcome::Done(answer) = outcome else { return None };
        let sealed = self.parts.seal(Part::Result, id, &bounded(answer)).await;
        sealed.inspect_err(|error| tracing::error!(request = %id, %error, "result not kept")).ok()
    }
}
