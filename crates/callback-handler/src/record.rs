//! Taking a decision: one per person, final, in one transaction; or a wrong code.

use approval_core::commit::{Commit, CommitError, Guard};
use approval_core::decision::Decision;
use approval_core::decision::Verdict;
use approval_core::freeze::FreezeScope;
use approval_core::matchcode;
use approval_core::ports::{
    Clock, Commits, Decisions, Freezes, Mac, MacKey, MakeMac, Notices, Open, Requests, Unavailable,
    VerifyMac,
};
use approval_core::voting::DecisionError;
use approval_views::page::{Check, Form, FormError, PageState};

use crate::form::{self, Again, Posted};
use crate::proof::Proof;
use crate::standing::Seen;
use crate::{CallbackHandler, Reply};

/// How often a decision is tried against others who write the same record.
const TRIES: usize = 8;

/// What one try came to.
enum Tried {
    Done(Reply),
    /// Somebody else wrote first: everything is looked at anew.
    Again,
}

impl<S, K, M, D, C> CallbackHandler<S, K, M, D, C>
where
    S: Requests + Commits + Decisions + Notices + Freezes,
    K: Open,
    M: VerifyMac,
    D: MakeMac,
    C: Clock,
{
    /// Takes what was posted to a link.
    pub async fn post(&self, token: &str, body: &[u8]) -> Reply {
        for _ in 0..TRIES {
            match self.try_post(token, body).await {
                Ok(Tried::Done(reply)) => return reply,
                Ok(Tried::Again) => {}
                Err(Unavailable(error)) => {
                    tracing::error!(%error, "not recorded");
                    break;
                }
            }
        }
        self.bare(&PageState::Unavailable)
    }

    async fn try_post(&self, token: &str, body: &[u8]) -> Result<Tried, Unavailable> {
        let done = |reply| Ok(Tried::Done(reply));
        let proof = match self.proven(token).await {
            Ok(proof) => proof,
            Err(turned) => return done(self.bare(&turned)),
        };
        let seen = match self.seen(&proof).await {
            Ok(seen) => seen,
            Err(turned) => return done(self.bare(&turned)),
        };
        let PageState::Open(form) = &seen.state else {
            // The same answer twice is one answer.
            let same = seen
                .own()
                .map(|own| own.verdict)
                .is_some_and(|said| form::wanted(body) == Some(said));
            seen.log("posted, without effect");
            return done(if same { Reply::SeeAgain } else { seen.page(true) });
        };
        let posted = match form::read(body, &seen.case) {
            Ok(posted) => posted,
            Err(Again { error, comment, seen: first }) => {
                let form = Form { error, comment, seen: first, ..form.clone() };
                return done(seen.page_as(&PageState::Open(form)));
            }
        };
        if !self.matches(&proof, &posted).await? {
            return self.miss(&proof, &seen, posted).await;
        }
        if posted.verdict == Verdict::Approve && seen.case.serious && !posted.confirmed {
            seen.log("to be confirmed");
            let Posted { code, comment, seen: first, .. } = posted;
            return done(seen.page_as(&PageState::Confirm(Check { code, comment, seen: first })));
        }
        self.decide(proof, &seen, posted).await
    }

    /// Whether the code is the one that was mailed with this link.
    async fn matches(&self, proof: &Proof, posted: &Posted) -> Result<bool, Unavailable> {
        let check = proof.notice.check.as_ref();
        let check = check.ok_or(Unavailable("the notice has no code to compare with".into()))?;
        let message = matchcode::recognition(&proof.link, &posted.code);
        let message = message.map_err(|error| Unavailable(error.into()))?;
        self.macs.verify(MacKey::Link, &proof.notice.key, &message, check).await
    }

    /// Counts a wrong code. The count stands on the record's version, so that guesses made at the
    /// same time cannot outrun it.
    async fn miss(&self, proof: &Proof, seen: &Seen, posted: Posted) -> Result<Tried, Unavailable> {
        let after = proof.notice.missed();
        let commit = proof.request.missed(&proof.notice, &after, seen.now);
        let commit = commit.map_err(|error| Unavailable(error.into()))?;
        match self.store.commit(commit).await {
            Err(CommitError::Conflict) => return Ok(Tried::Again),
            Err(other) => return Err(Unavailable(other.into())),
            Ok(()) => seen.log("a wrong code"),
        }
        if after.epoch != proof.notice.epoch {
            let state = PageState::Replaced { mailed: !after.locked };
            return Ok(Tried::Done(self.bare(&state)));
        }
        let tries_left = approval_core::notice::MOST_MISSES.saturating_sub(after.misses);
        let error = Some(FormError::WrongCode);
        let form = Form { error, comment: posted.comment, tries_left, seen: posted.seen };
        Ok(Tried::Done(seen.page_as(&PageState::Open(form))))
    }

    async fn decide(
        &self,
        proof: Proof,
        seen: &Seen,
        posted: Posted,
    ) -> Result<Tried, Unavailable> {
        let Proof { link, mac, request, .. } = proof;
        let mut decision = Decision {
            link,
            link_mac: mac,
            verdict: posted.verdict,
            comment: posted.comment,
            decided_at: self.clock.now(),
            key: self.decision.key().to_owned(),
            mac: Mac(Vec::new()),
        };
        let message = decision.message().map_err(|error| Unavailable(error.into()))?;
        decision.mac = self.decision.make(&message).await?;
        let (earlier, roster) = (&seen.decisions, self.roster.as_ref());
        let recorded = match request.record_seen(&decision, earlier, roster, posted.seen) {
            Ok(recorded) => recorded,
            Err(DecisionError::Lifecycle(error)) => return Err(Unavailable(error.into())),
            // What was seen a moment ago has passed: the next look shows what holds.
            Err(
                DecisionError::Again
                | DecisionError::Late
                | DecisionError::NotEligible
                | DecisionError::Closed(_),
            ) => return Ok(Tried::Again),
        };
        let status = recorded.request.status;
        let scopes = FreezeScope::concerning(&request.tool, &request.requester.agent);
        let guard = Guard::Decide { decision: Box::new(decision.clone()), scopes };
        match self.store.commit(Commit::from(recorded).guarded(guard)).await {
            Ok(()) => {
                let seconds_to_decide = request.seconds_to_decide(posted.seen, decision.decided_at);
                let approver = &decision.link.approver;
                tracing::info!(request = %request.id, %approver, %status, seconds_to_decide, "decided");
                Ok(Tried::Done(Reply::SeeAgain))
            }
            Err(CommitError::Unavailable(error)) => {
                tracing::error!(%error, "it is not known whether it was recorded");
                Ok(Tried::Done(self.lost(&decision).await))
            }
            Err(CommitError::Frozen) => Ok(Tried::Done(seen.page_as(&PageState::Frozen))),
            Err(
                CommitError::AskTaken(_)
                | CommitError::Claimed
                | CommitError::Conflict
                | CommitError::Decided
                | CommitError::Revoked,
            ) => Ok(Tried::Again),
        }
    }

    /// The store's answer was lost: the row says whether the decision was recorded. Where there is
    /// none it may still come, so nobody is told that nothing was.
    async fn lost(&self, decision: &Decision) -> Reply {
        let rows = self.store.decisions(&decision.link.request).await;
        let recorded = rows.is_ok_and(|rows| rows.contains(decision));
        if recorded { Reply::SeeAgain } else { self.bare(&PageState::Unavailable) }
    }
}
