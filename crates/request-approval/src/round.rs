//! One round of asking: everybody who is owed a message gets it.

use std::collections::BTreeMap;

use approval_core::commit::{Commit, Guard};
use approval_core::decision::Decision;
use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::name::ApproverId;
use approval_core::notice::{Channel, Notice, Occasion};
use approval_core::ports::{
    Clock, Commits, Decisions, DecisionsError, Letter, MakeMac, Notices, Open, Post, Publish,
    Requests, Undelivered,
};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use approval_views::case::{Case, People, Said, Seat};
use approval_views::chat::{self, ChatNotice};
use approval_views::display::{Display, DisplayPart};
use approval_views::mail::{MailKind, Personal, compose};
use approval_views::{ended, notice};

use crate::links::{self, Made};
use crate::{RequestApproval, recipients};

/// How many notices one transaction holds, well within the 100 items that `DynamoDB` takes.
const CHUNK: usize = 50;

/// What a round knows.
pub(crate) struct Round {
    pub(crate) request: ApprovalRequest,
    pub(crate) display: Display,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) notices: BTreeMap<ApproverId, Notice>,
    pub(crate) made: BTreeMap<ApproverId, Made>,
    pub(crate) now: Moment,
}

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
    /// Tells everybody what they are owed as of now.
    pub(crate) async fn tell(&self, request: ApprovalRequest) -> Result<Status, HandlerError> {
        let mut round = self.gathered(request).await?;
        let first = round.decisions.is_empty()
            && !round.notices.is_empty()
            && round.notices.values().all(|notice| notice.deliveries.is_empty());
        self.prepared(&mut round).await?;
        if first {
            self.published(&mut round).await?;
        }
        let owed: Vec<_> = round
            .notices
            .values()
            .filter_map(|notice| {
                Some((notice.approver.clone(), notice.owed(&round.request, round.now)?))
            })
            .collect();
        for (who, occasion) in owed {
            if !self.still_owes(&mut round, &who, occasion).await? {
                continue;
            }
            let further = recipients::is_further(&round.request, &self.roster, &who, round.now);
            let first = occasion == Occasion::Ask;
            let occasion = if first && further { Occasion::Escalation } else { occasion };
            self.write_to(&mut round, &who, occasion).await?;
            if round.request.status != Status::Pending {
                return Ok(round.request.status);
            }
        }
        self.closed(&round).await
    }

    async fn gathered(&self, request: ApprovalRequest) -> Result<Round, HandlerError> {
        let now = self.clock.now();
        let display = self.display(&request).await?;
        let decisions = self.decisions(&request).await?;
        let known = self.store.notices(&request.id).await?;
        let mut known: BTreeMap<_, _> =
            known.into_iter().map(|notice| (notice.approver.clone(), notice)).collect();
        let notices = recipients::of(&request, &self.roster, now)
            .into_iter()
            .filter(|who| !decisions.iter().any(|decision| decision.link.approver == *who))
            .map(|who| {
                let new = || Notice::new(request.id.clone(), who.clone());
                let notice = known.remove(&who).unwrap_or_else(new);
                (who, notice)
            })
            .collect();
        Ok(Round { request, display, decisions, notices, made: BTreeMap::new(), now })
    }

    /// A request that cannot be shown is decided by nobody.
    pub(crate) async fn display(&self, request: &ApprovalRequest) -> Result<Display, HandlerError> {
        let part = DisplayPart::open(request, &self.parts).await?;
        match Display::read(&part, request) {
            Ok(Some(display)) => Ok(display.beside_before(request, &self.parts).await),
            Ok(None) => Err(HandlerError::Unreadable("there is no display part")),
            Err(error) => Err(HandlerError::Unreadable(error.words())),
        }
    }

    pub(crate) async fn decisions(
        &self,
        request: &ApprovalRequest,
    ) -> Result<Vec<Decision>, HandlerError> {
        self.store.decisions(&request.id).await.map_err(|error| match error {
            DecisionsError::Malformed => HandlerError::Unreadable("a decision row is malformed"),
            DecisionsError::Unavailable(cause) => HandlerError::Unavailable(cause),
        })
    }

    /// Makes the links that are missing, and stores what recognises their codes before anybody can
    /// have them.
    async fn prepared(&self, round: &mut Round) -> Result<(), HandlerError> {
        let mut changed = Vec::new();
        for (who, notice) in &mut round.notices {
            let is_prepared = notice.is_prepared(self.links.key());
            if notice.locked || (is_prepared && notice.owed(&round.request, round.now).is_none()) {
                continue;
            }
            if !is_prepared {
                *notice = notice.prepared(self.links.key());
            }
            let made = links::make(&self.links, &self.stack, &round.request, notice).await?;
            if !is_prepared {
                notice.check = Some(links::check(&self.links, &made).await?);
                changed.push(notice.clone());
            }
            round.made.insert(who.clone(), made);
        }
        if round.made.is_empty() {
            return Ok(());
        }
        let mut chunks = changed.chunks(CHUNK);
        loop {
            let chunk = chunks.next().unwrap_or_default();
            let telling = round.request.telling(self.clock.now());
            let commit = Commit::from(telling.clone()).guarded(Guard::Notices(chunk.to_vec()));
            self.store.commit(commit).await?;
            round.request = telling;
            if chunks.len() == 0 {
                return Ok(());
            }
        }
    }

    /// A notice that does not go out is noted and costs nothing: no one can decide by it.
    async fn published(&self, round: &mut Round) -> Result<(), HandlerError> {
        self.chatted(&chat::asked(&round.request, &self.stack), round).await;
        let notice = notice::compose(&round.request, &self.stack);
        let failure = match self.topic.publish(&notice.subject, &notice.text).await {
            Ok(false) => return Ok(()),
            Ok(true) => None,
            Err(undelivered) => Some(undelivered.code),
        };
        let recorded = round.request.published(failure.as_deref(), self.clock.now())?;
        let request = recorded.request.clone();
        self.store.commit(recorded.into()).await?;
        round.request = request;
        Ok(())
    }

    /// Where nobody is in a channel, or nothing comes through, nothing is missed: people have mail.
    pub(crate) async fn chatted(&self, notice: &ChatNotice, round: &Round) {
        if let Err(why) = self.chat.publish(&notice.subject, &notice.event).await {
            tracing::warn!(request = %round.request.id, failure = why.code, "no notice for chat");
        }
    }

    pub(crate) async fn write_to(
        &self,
        round: &mut Round,
        who: &ApproverId,
        occasion: Occasion,
    ) -> Result<(), HandlerError> {
        let Some(letter) = self.letter(round, who, occasion) else { return Ok(()) };
        let notice = round.notices.get(who);
        let mailable = notice.is_some_and(|notice| notice.may_be_mailed(&round.request));
        if mailable {
            let by_mail = self.mail.send(&letter).await;
            self.note(round, who, occasion, self.mail.channel(), by_mail).await?;
        }
        if let Some(personal) = &self.personal {
            let sent = personal.send(&letter).await;
            self.note(round, who, occasion, personal.channel(), sent).await?;
        } else if !mailable {
            // Another way was there once: noted, so that it is not tried each minute.
            let none = Err(Undelivered { code: "NoChannel".to_owned() });
            self.note(round, who, occasion, Channel::Sns, none).await?;
        }
        Ok(())
    }

    fn letter(&self, round: &Round, who: &ApproverId, occasion: Occasion) -> Option<Letter> {
        let notice = round.notices.get(who)?;
        let case = self.case(round, who);
        let kind = match occasion {
            Occasion::Ask => MailKind::Ask,
            Occasion::Escalation => MailKind::Escalation,
            Occasion::FreshLink => MailKind::FreshLink,
            Occasion::Reminder => MailKind::Reminder,
            Occasion::Outcome => MailKind::Ended,
        };
        let mail = if kind == MailKind::Ended {
            ended::compose(&case, self.detail)
        } else {
            let made = round.made.get(who)?;
            let url = format!("{}/a/{}", self.base, made.token.expose());
            let personal = Personal { url: &url, code: made.code.expose() };
            compose(kind, &case, &personal, self.detail)
        };
        Some(Letter {
            request: round.request.id.clone(),
            approver: who.clone(),
            to: self.roster.person(who)?.mail.clone(),
            subject: mail.subject,
            text: mail.text,
            html: mail.html,
            follows: notice.deliveries.iter().find_map(|sent| sent.message.clone()),
            important: case.serious,
        })
    }

    fn case(&self, round: &Round, who: &ApproverId) -> Case {
        let seat = |who: &ApproverId| recipients::seat(&self.roster, who);
        let mut asked: Vec<Seat> = round.notices.keys().map(seat).collect();
        let said = |decision: &Decision| Said {
            who: seat(&decision.link.approver),
            verdict: decision.verdict,
            at: decision.decided_at,
            comment: Some(decision.comment.clone()),
        };
        let decisions: Vec<_> = round.decisions.iter().map(said).collect();
        asked.extend(decisions.iter().map(|said| said.who.clone()));
        let people = People { asked: &asked, decisions: &decisions, help: self.roster.help() };
        Case::new(&round.request, &round.display, &people, &seat(who), round.now, &self.stack)
    }
}
