//! Mail that came back: it is noted, and whoever can answer instead is asked.

use approval_core::commit::{Commit, Guard};
use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, RequestId};
use approval_core::notice::{Notice, Return, Returned};
use approval_core::ports::{
    Clock, Commits, Decisions, MakeMac, Notices, Open, Post, Publish, Requests,
};
use approval_core::request::ApprovalRequest;
use jiff::SignedDuration;

use crate::{RequestApproval, TRIES, recipients};

/// A mail that came back, as its service tells it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ReturnedMail {
    /// The request it was about.
    pub request: RequestId,
    /// Whose it was.
    pub approver: ApproverId,
    /// The service's id of it.
    pub message: String,
    /// When the service took it; none where it does not say so.
    pub taken_at: Option<Moment>,
    /// Why it came back.
    pub why: Return,
}

/// How long after a mail was taken the ledger may not have it yet. The last time that a word which
/// failed is brought again comes later, so that what is about no mail of ours ends here.
const LEDGER_FOLLOWS: SignedDuration = SignedDuration::from_mins(2);

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
    /// Notes it, and lets a further group answer at once where nobody is left who was told. What is
    /// about no mail of ours is left alone. Harmless to repeat.
    ///
    /// # Errors
    ///
    /// The record cannot be read, a service does not answer, others keep writing, or the ledger may
    /// not have the mail yet.
    pub async fn returned(&self, mail: &ReturnedMail) -> Result<(), HandlerError> {
        for _ in 0..TRIES {
            let Some(request) = self.store.load(&mail.request).await? else {
                tracing::warn!(request = %mail.request, "mail came back that belongs to no request");
                return Ok(());
            };
            match self.noted(&request, mail).await {
                Err(HandlerError::Conflict) => {}
                said => return said,
            }
        }
        Err(HandlerError::Conflict)
    }

    async fn noted(
        &self,
        request: &ApprovalRequest,
        mail: &ReturnedMail,
    ) -> Result<(), HandlerError> {
        let (id, who, now) = (&request.id, &mail.approver, self.clock.now());
        let mut seen = self.store.notices(id).await?;
        let notice = seen.iter_mut().find(|notice| notice.approver == *who);
        let Some(notice) = notice.filter(|notice| notice.knows(&mail.message)) else {
            if mail.taken_at.is_some_and(|at| now.since(at) < LEDGER_FOLLOWS) {
                return Err(HandlerError::Unavailable(
                    "the ledger does not have the mail yet".into(),
                ));
            }
            tracing::warn!(request = %id, approver = %who, "mail came back that was not sent");
            return Ok(());
        };
        let mut request = request.clone();
        if let Some((after, _)) =
            notice.returned(&mail.message, Returned { why: mail.why, at: now })
        {
            *notice = after.clone();
            let asked = self.still_asked(&request, seen.clone()).await?;
            let decisions = self.decisions(&request).await?;
            let next = self.next(&request, &seen, &asked, &decisions);
            let recorded = request.returned(who, mail.why, next, now)?;
            request = recorded.request.clone();
            let guard = Guard::Notices(vec![after]);
            self.store.commit(Commit::from(recorded).guarded(guard)).await?;
            tracing::warn!(request = %id, approver = %who, why = mail.why.as_str(), "mail came back");
        } else {
            tracing::info!(request = %id, approver = %who, "no mail that was still out came back");
        }
        self.hasten(&request, &seen).await
    }

    /// Asks the further groups of those that nobody is left in.
    async fn hasten(&self, request: &ApprovalRequest, seen: &[Notice]) -> Result<(), HandlerError> {
        let now = self.clock.now();
        let decisions = self.decisions(request).await?;
        let decided = |who: &ApproverId| decisions.iter().any(|one| one.link.approver == *who);
        // Whoever was not written to yet, or is written to again, may still be reached; and whoever
        // is only flooded with mail is there.
        let gone = seen.iter().filter(|notice| notice.locked || notice.is_gone());
        let gone = gone.map(|notice| notice.approver.clone()).filter(|who| !decided(who));
        let unreached = recipients::unreached(request, &self.roster, &gone.collect(), now);
        for group in &unreached {
            tracing::warn!(request = %request.id, %group, "nobody of a group is reached");
        }
        let Some(hastened) = request.hastened(&unreached, now)? else { return Ok(()) };
        Ok(self.store.commit(hastened.into()).await?)
    }

    /// What those who may still answer were sent.
    async fn still_asked(
        &self,
        request: &ApprovalRequest,
        mut seen: Vec<Notice>,
    ) -> Result<Vec<Notice>, HandlerError> {
        if request.status.is_terminal() {
            return Ok(self.reachable(seen));
        }
        let asked = recipients::of(request, &self.roster, self.clock.now());
        let decisions = self.decisions(request).await?;
        let decided = |who: &ApproverId| decisions.iter().any(|one| one.link.approver == *who);
        seen.retain(|notice| asked.contains(&notice.approver) && !decided(&notice.approver));
        Ok(seen)
    }
}
