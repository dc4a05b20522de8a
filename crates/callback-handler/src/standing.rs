//! What the person behind a link finds.

use approval_core::decision::Decision;
use approval_core::evidence::Roster;
use approval_core::freeze::FreezeScope;
use approval_core::moment::Moment;
use approval_core::name::ApproverId;
use approval_core::notice::MOST_MISSES;
use approval_core::ports::{
    Clock, Commits, Decisions, DecisionsError, Freezes, MakeMac, Notices, Open, Requests,
    Unavailable, VerifyMac,
};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use approval_policy::Approvers;
use approval_views::case::{Case, People, Said, Seat};
use approval_views::display::{Display, DisplayPart};
use approval_views::page::{self, Form, PageState, Why};

use crate::proof::Proof;
use crate::{CallbackHandler, Reply};

/// A request as one person sees it.
pub(crate) struct Seen {
    pub(crate) state: PageState,
    pub(crate) case: Case,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) now: Moment,
    who: ApproverId,
}

impl Seen {
    /// Its page; `too_late` where a decision was posted that has no effect.
    pub(crate) fn page(&self, too_late: bool) -> Reply {
        Reply::Page(page::render(&self.state, Some(&self.case), too_late))
    }

    /// The same in another state.
    pub(crate) fn page_as(&self, state: &PageState) -> Reply {
        Reply::Page(page::render(state, Some(&self.case), false))
    }

    /// What this person said before.
    pub(crate) fn own(&self) -> Option<&Decision> {
        self.decisions.iter().find(|decision| decision.link.approver == self.who)
    }

    /// Views are logged and never written.
    pub(crate) fn log(&self, what: &'static str) {
        let status = self.state.status(false);
        tracing::info!(request = %self.case.id, approver = %self.who, page = status, "{what}");
    }
}

impl<S, K, M, D, C> CallbackHandler<S, K, M, D, C>
where
    S: Requests + Commits + Decisions + Notices + Freezes,
    K: Open,
    M: VerifyMac,
    D: MakeMac,
    C: Clock,
{
    /// What the holder of a proven link finds, or the page where that cannot be told.
    pub(crate) async fn seen(&self, proof: &Proof) -> Result<Seen, PageState> {
        self.look_up(proof).await.unwrap_or_else(|error| {
            tracing::error!(request = %proof.request.id, %error, "the request cannot be shown");
            Err(PageState::Unavailable)
        })
    }

    async fn look_up(&self, proof: &Proof) -> Result<Result<Seen, PageState>, Unavailable> {
        let Proof { link, request, notice, .. } = proof;
        if link.epoch != notice.epoch {
            // A fresh link is only made while there is something to decide.
            let mailed = !notice.locked && request.status == Status::Pending;
            return Ok(Err(PageState::Replaced { mailed }));
        }
        let decisions = self.store.decisions(&request.id).await.map_err(|error| match error {
            DecisionsError::Malformed => Unavailable("a decision row is malformed".into()),
            DecisionsError::Unavailable(cause) => Unavailable(cause),
        })?;
        let part = DisplayPart::open(request, &self.parts).await?;
        let display = Display::read(&part, request)
            .map_err(|error| Unavailable(error.words().into()))?
            .ok_or_else(|| Unavailable("there is no display part".into()))?
            .beside_before(request, &self.parts)
            .await;
        let now = self.clock.now();
        let scopes = FreezeScope::concerning(&request.tool, &request.requester.agent);
        let frozen = request.status == Status::Pending && self.store.frozen(&scopes).await?;
        let who = link.approver.clone();
        let decided = decisions.iter().any(|decision| decision.link.approver == who);
        let state = if let Some(why) = barred(request, &who, &self.roster, now) {
            PageState::NotEligible(why)
        } else {
            let left = MOST_MISSES.saturating_sub(notice.misses);
            standing(request, decided, frozen, left, now)
        };
        let case = self.case(request, &display, &decisions, &who, now).await?;
        Ok(Ok(Seen { state, case, decisions, now, who }))
    }

    async fn case(
        &self,
        request: &ApprovalRequest,
        display: &Display,
        decisions: &[Decision],
        who: &ApproverId,
        now: Moment,
    ) -> Result<Case, Unavailable> {
        let seat = |who: &ApproverId| {
            let person = self.roster.person(who);
            let name = person.map_or_else(|| who.to_string(), |person| person.name.clone());
            let zone = person.and_then(|person| person.time_zone.clone());
            Seat { id: who.clone(), name, zone }
        };
        let notices = self.store.notices(&request.id).await?;
        let asked: Vec<_> = notices.iter().map(|notice| seat(&notice.approver)).collect();
        let said = |decision: &Decision| Said {
            who: seat(&decision.link.approver),
            verdict: decision.verdict,
            at: decision.decided_at,
            comment: Some(decision.comment.clone()),
        };
        let decisions: Vec<_> = decisions.iter().map(said).collect();
        let people = People { asked: &asked, decisions: &decisions, help: self.roster.help() };
        Ok(Case::new(request, display, &people, &seat(who), now, &self.stack))
    }
}

/// Why this person has no say, whatever the status.
fn barred(
    request: &ApprovalRequest,
    who: &ApproverId,
    roster: &Approvers,
    now: Moment,
) -> Option<Why> {
    if roster.is_requester(who, &request.requester.person) {
        return Some(Why::Requester);
    }
    let mut required = request.assessment.iter().flat_map(|assessment| &assessment.requirements);
    let asked = required.any(|requirement| requirement.is_open_to(who, roster, now));
    (!asked).then_some(Why::NotAsked)
}

/// The true state, for somebody who has a say.
fn standing(
    request: &ApprovalRequest,
    decided: bool,
    frozen: bool,
    tries_left: u32,
    now: Moment,
) -> PageState {
    let over = if decided { PageState::YouDecided } else { PageState::Decided };
    // A time to run means that people had agreed before it ended.
    let was_approved = request.run_by.is_some();
    match request.status {
        Status::Received => PageState::Unavailable,
        Status::Pending if request.expires_at().is_none_or(|by| now >= by) => PageState::Expired,
        Status::Pending if decided => PageState::YouDecided,
        Status::Pending if frozen => PageState::Frozen,
        Status::Pending => PageState::Open(Form { tries_left, ..Form::default() }),
        Status::Allowed | Status::Approved | Status::Executing => over,
        Status::InDoubt | Status::Executed | Status::Failed | Status::Rejected => over,
        Status::Expired if was_approved => over,
        Status::Expired => PageState::Expired,
        Status::Cancelled if was_approved => over,
        Status::Cancelled => PageState::Cancelled,
        Status::Refused if was_approved => over,
        Status::Refused => PageState::Refused,
    }
}
