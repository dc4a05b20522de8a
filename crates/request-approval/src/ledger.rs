//! The ledger: who was written to, with what success, and when people are next written to.

use approval_core::commit::{Commit, CommitError, Guard};
use approval_core::decision::Decision;
use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::name::ApproverId;
use approval_core::notice::{Channel, Delivery, Notice, Occasion, TRY_AGAIN_AFTER};
use approval_core::ports::{
    Clock, Commits, Decisions, MakeMac, Notices, Open, Post, Publish, Requests, Undelivered,
};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;

use crate::round::Round;
use crate::{RequestApproval, TRIES, recipients};

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
    /// Notes one attempt, on top of whatever was written meanwhile: the letter is out. Also where
    /// the request ended meanwhile, since whoever has the letter should be known.
    pub(crate) async fn note(
        &self,
        round: &mut Round,
        who: &ApproverId,
        occasion: Occasion,
        channel: Channel,
        sent: Result<String, Undelivered>,
    ) -> Result<(), HandlerError> {
        let Some(notice) = round.notices.get(who) else { return Ok(()) };
        let now = self.clock.now();
        let (message, failure) = match sent {
            Ok(message) => (Some(message), None),
            Err(undelivered) => (None, Some(undelivered.code)),
        };
        tracing::info!(request = %round.request.id, approver = %who, ?occasion, ?channel, failure, "written to");
        let epoch = notice.epoch;
        let delivery =
            Delivery { occasion, epoch, channel, at: now, message, failure, returned: None };
        let mut notice = notice.with(delivery.clone());
        for _ in 0..TRIES {
            let recorded = round.request.noticed(&notice, &delivery, now)?;
            let request = recorded.request.clone();
            let commit = Commit::from(recorded).guarded(Guard::Notices(vec![notice.clone()]));
            match self.store.commit(commit).await {
                Err(CommitError::Conflict) => {
                    round.request = self.load(&round.request.id).await?;
                    let id = &round.request.id;
                    let seen = self.store.notice(id, who).await?;
                    notice = match seen {
                        // The answer of this very write was lost.
                        Some(seen) if seen.deliveries.contains(&delivery) => {
                            round.notices.insert(who.clone(), seen);
                            return Ok(());
                        }
                        Some(seen) => seen.with(delivery.clone()),
                        None => notice,
                    };
                }
                Err(other) => return Err(other.into()),
                Ok(()) => {
                    round.request = request;
                    round.notices.insert(who.clone(), notice);
                    return Ok(());
                }
            }
        }
        Err(HandlerError::Conflict)
    }

    /// Whether the person is still owed the letter, read anew: another run may have written it, and
    /// a link that was killed meanwhile is worth nothing.
    pub(crate) async fn still_owes(
        &self,
        round: &mut Round,
        who: &ApproverId,
        occasion: Occasion,
    ) -> Result<bool, HandlerError> {
        let Some(known) = round.notices.get(who) else { return Ok(false) };
        let Some(seen) = self.store.notice(&round.request.id, who).await? else { return Ok(false) };
        let owed = seen.epoch == known.epoch
            && seen.owed(&round.request, self.clock.now()) == Some(occasion);
        round.notices.insert(who.clone(), seen);
        Ok(owed)
    }

    /// Notes when people are next owed something. Where nobody has been reached, that is soon, and
    /// a failure for the workflow.
    ///
    /// All is read anew: a link that was killed meanwhile is owed a fresh one. If one is killed
    /// from here on, this write meets a newer version.
    pub(crate) async fn closed(&self, round: &Round) -> Result<Status, HandlerError> {
        let now = self.clock.now();
        let request = self.load(&round.request.id).await?;
        if request.status != Status::Pending {
            return Ok(request.status);
        }
        let known = self.store.notices(&request.id).await?;
        let seen = known.iter().filter(|seen| round.notices.contains_key(&seen.approver));
        let seen: Vec<_> = seen.cloned().collect();
        let same = |seen: &Notice| {
            round.notices.get(&seen.approver).is_some_and(|known| known.epoch == seen.epoch)
        };
        if !seen.iter().all(same) {
            return Err(HandlerError::Conflict);
        }
        let lost = |notice: &Notice| notice.locked || notice.is_unreachable();
        let lost = !seen.is_empty() && seen.iter().all(lost);
        let untold = round.decisions.is_empty() && !lost && !seen.iter().any(Notice::told);
        let again = untold.then(|| now.plus(TRY_AGAIN_AFTER));
        let next = self.next(&request, &known, &seen, &round.decisions).or(again);
        if request.notify_at != next {
            self.store.commit(request.told(next, now).into()).await?;
        }
        if untold { Err(HandlerError::Untold) } else { Ok(request.status) }
    }
    /// When people are next written to: at once where somebody is to be asked of whom the ledger
    /// knows nothing yet, such as a further group whose time came while this was written. Whoever has
    /// decided is not asked, so the ledger may never know of them.
    pub(crate) fn next(
        &self,
        request: &ApprovalRequest,
        known: &[Notice],
        asked: &[Notice],
        decisions: &[Decision],
    ) -> Option<Moment> {
        let now = self.clock.now();
        let in_ledger = |who: &ApproverId| known.iter().any(|notice| notice.approver == *who);
        let decided = |who: &ApproverId| decisions.iter().any(|one| one.link.approver == *who);
        let mut owed = recipients::of(request, &self.roster, now).into_iter();
        let pending = request.status == Status::Pending;
        if pending && owed.any(|who| !in_ledger(&who) && !decided(&who)) {
            return Some(now);
        }
        request.next_notice(asked, now)
    }
}
