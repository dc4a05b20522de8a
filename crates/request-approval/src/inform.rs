//! Telling everybody who was asked how it ended, once.

use std::collections::BTreeMap;

use approval_core::commit::CommitError;
use approval_core::failure::HandlerError;
use approval_core::notice::{Notice, Occasion};
use approval_core::ports::{
    Clock, Commits, Decisions, MakeMac, Notices, Open, Post, Publish, Requests,
};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use approval_views::chat;

use crate::RequestApproval;
use crate::round::Round;

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
    /// Writes to whoever was reached by a message about this request. It has no link: nothing is
    /// left to decide.
    pub(crate) async fn inform(&self, request: ApprovalRequest) -> Result<Status, HandlerError> {
        let (id, status) = (request.id.clone(), request.status);
        let telling = request.telling(self.clock.now());
        self.store.commit(telling.clone().into()).await?;
        let mut round = match self.remembered(telling).await {
            Ok(round) => round,
            // What cannot be shown cannot be told, now or later.
            Err(HandlerError::Unreadable(why)) => {
                tracing::error!(request = %id, why, "nobody is told how it ended");
                let request = self.load(&id).await?;
                self.store.commit(request.told(None, self.clock.now()).into()).await?;
                return Ok(status);
            }
            Err(other) => return Err(other),
        };
        let owed = |notice: &&Notice| notice.owed(&round.request, round.now).is_some();
        let owed: Vec<_> =
            round.notices.values().filter(owed).map(|notice| notice.approver.clone()).collect();
        let untold = |notice: &Notice| {
            notice.deliveries.iter().all(|sent| sent.occasion != Occasion::Outcome)
        };
        if !owed.is_empty() && round.notices.values().all(untold) {
            // Where this run dies before the first mail, the channel reads it twice.
            if let Some(notice) = chat::ended(&round.request, &self.stack) {
                self.chatted(&notice, &round).await;
            }
        }
        for who in owed {
            if self.still_owes(&mut round, &who, Occasion::Outcome).await? {
                self.write_to(&mut round, &who, Occasion::Outcome).await?;
            }
        }
        let now = self.clock.now();
        let request = self.load(&id).await?;
        let seen = self.reachable(self.store.notices(&id).await?);
        let told = request.told(request.next_notice(&seen, now), now);
        match self.store.commit(told.into()).await {
            // Whoever wrote meanwhile left it due a little later: another run sees what is left.
            Ok(()) | Err(CommitError::Conflict) => Ok(status),
            Err(other) => Err(other.into()),
        }
    }

    /// Whoever left the roster has no address any more.
    pub(crate) fn reachable(&self, mut notices: Vec<Notice>) -> Vec<Notice> {
        notices.retain(|notice| self.roster.person(&notice.approver).is_some());
        notices
    }

    async fn remembered(&self, request: ApprovalRequest) -> Result<Round, HandlerError> {
        let now = self.clock.now();
        let display = self.display(&request).await?;
        let decisions = self.decisions(&request).await?;
        let notices = self.reachable(self.store.notices(&request.id).await?);
        let notices = notices.into_iter().map(|notice| (notice.approver.clone(), notice)).collect();
        Ok(Round { request, display, decisions, notices, made: BTreeMap::new(), now })
    }
}
