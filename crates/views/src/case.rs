//! The case: one request as an approver sees it. Mail and page are written from it, so that they
//! tell the same facts in the same order.

use approval_core::assessment::Assessment;
use approval_core::cause::Cause;
use approval_core::decision::Verdict;
use approval_core::digest::Digest;
use approval_core::due::owes_resume;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, RequestId};
use approval_core::request::ApprovalRequest;
use approval_core::requirement::Requirement;
use approval_core::risk::RiskTier;
use approval_core::status::Status;
use jiff::tz::TimeZone;

use crate::before::Change;
use crate::display::Display;
use crate::explanation::Explanation;
use crate::facts::{self, Fact, Setting};
use crate::help::Help;
use crate::json;
use crate::time::{left, minute, recent, there};
use crate::visible::visible;
use crate::words;

/// A person who was asked, by the name the operator's roster has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seat {
    /// The handle.
    pub id: ApproverId,
    /// The name.
    pub name: String,
    /// Where their clock is.
    pub zone: Option<TimeZone>,
}

/// What a person said.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Said {
    /// Who.
    pub who: Seat,
    /// What.
    pub verdict: Verdict,
    /// When.
    pub at: Moment,
    /// What they wrote beside it, as it came.
    pub comment: Option<String>,
}

/// The people of a request.
#[derive(Clone, Copy, Debug)]
pub struct People<'a> {
    /// Everybody who was asked.
    pub asked: &'a [Seat],
    /// What was said so far.
    pub decisions: &'a [Said],
    /// Whom they ask for help, as the operator wrote it.
    pub help: Option<&'a str>,
}

/// One person in the list of who decides.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Voice {
    /// Their name.
    pub name: String,
    /// Whether it is whoever this is shown to.
    pub is_you: bool,
    /// What they did, in words.
    pub did: String,
    /// What they wrote, made visible.
    pub comment: Option<String>,
}

/// One request as an approver sees it. Every text in it can be shown as it is, once it is escaped
/// for where it is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Case {
    /// The stack.
    pub stack: String,
    /// The request.
    pub id: RequestId,
    /// Where it stands.
    pub status: Status,
    /// The operator's headline.
    pub headline: String,
    /// Risk, why, and whether it can be undone.
    pub risk: String,
    /// Whether the tier is high or critical: then an approval is confirmed on a page of its own.
    pub serious: bool,
    /// What approvers should know, by name.
    pub facts: Vec<Fact>,
    /// What is there and what would be, where somebody looked.
    pub changes: Vec<Change>,
    /// When they looked.
    pub looked_at: Option<Moment>,
    /// Who must agree: `2 of billing-managers and 1 of compliance-reviewers`.
    pub needs: String,
    /// What it takes to end it: that anybody rejects, or enough do.
    pub rejecting: &'static str,
    /// Everybody who was asked, and what they did.
    pub voices: Vec<Voice>,
    /// The agent's own words.
    pub explanation: Option<Explanation>,
    /// The arguments as JSON, secret ones as markers.
    pub payload: String,
    /// The action digest.
    pub digest: Digest,
    /// When waiting ends.
    pub decide_by: Option<Moment>,
    /// As of when this is told.
    pub now: Moment,
    /// Where the clock of whoever this is shown to is.
    pub zone: Option<TimeZone>,
    /// What the person this is shown to said, their name made visible.
    pub own: Option<Said>,
    /// Who resolved it, their name made visible: the person who rejected it, or the last one who
    /// approved.
    pub by: Option<Said>,
    /// Why it stands where it stands.
    pub reason: Option<String>,
    /// The same for programs.
    pub cause: Option<Cause>,
    /// Whom to ask for help.
    pub help: Option<Help>,
    /// Whether it is resolved and its workflow execution has not taken that up yet.
    pub unresumed: bool,
}

impl Case {
    /// The case as `you` see it at `now`.
    #[must_use]
    pub fn new(
        request: &ApprovalRequest,
        display: &Display,
        people: &People<'_>,
        you: &Seat,
        now: Moment,
        stack: &str,
    ) -> Self {
        let zone = you.zone.as_ref();
        let setting = Setting { stack, zone };
        let tier = request.assessment.as_ref().map_or(RiskTier::Critical, |a| a.tier);
        Self {
            stack: visible(stack),
            id: request.id.clone(),
            status: request.status,
            headline: visible(&display.headline),
            risk: risk(tier, request.assessment.as_ref(), &display.effect),
            serious: tier >= RiskTier::High,
            facts: facts::of(request, display, &setting),
            changes: display.changes(),
            looked_at: display.before.as_ref().map(|before| before.at),
            needs: needs(request.assessment.as_ref(), zone),
            rejecting: rejecting(request.assessment.as_ref()),
            voices: voices(people, you, request.status != Status::Pending, now),
            explanation: Explanation::of(display),
            payload: json::render(&display.arguments).unwrap_or_default(),
            digest: request.digest,
            decide_by: request.decide_by,
            now,
            zone: you.zone.clone(),
            own: people.decisions.iter().find(|said| said.who.id == you.id).map(Said::named),
            by: resolved_by(people.decisions).map(Said::named),
            reason: request.reason.as_deref().map(visible),
            cause: request.cause,
            help: people.help.map(Help::new),
            unresumed: owes_resume(request),
        }
    }

    /// As of when it was so, in a sentence.
    #[must_use]
    pub fn looked(&self) -> String {
        self.looked_at.map_or_else(String::new, |at| {
            format!("As it stood at {}; it may have changed since.", minute(at))
        })
    }

    /// The first digits of the request's id, as people name it.
    #[must_use]
    pub fn short(&self) -> String {
        self.id.as_str().chars().take(6).collect()
    }

    /// The first digits of the digest.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.digest.to_string().chars().take(12).collect()
    }

    /// By what others find it, at the end of a mail.
    #[must_use]
    pub fn imprint(&self) -> String {
        format!("Stack {}, request {}, fingerprint {}", self.stack, self.id, self.fingerprint())
    }

    /// Until when, and how long that is.
    #[must_use]
    pub fn deadline(&self) -> String {
        format!("{}, {}", self.until(), self.left())
    }

    /// Until when.
    #[must_use]
    pub fn until(&self) -> String {
        self.decide_by.map_or_else(String::new, |by| there(by, self.zone.as_ref()))
    }

    /// How long that is: `3 h 12 min left`.
    #[must_use]
    pub fn left(&self) -> String {
        let left = self.decide_by.map(|by| format!("{} left", left(by.since(self.now))));
        left.unwrap_or_default()
    }

    /// The same in whole seconds, at least none.
    #[must_use]
    pub fn seconds_left(&self) -> i64 {
        self.decide_by.map_or(0, |by| by.since(self.now).as_secs().max(0))
    }

    /// How many approved so far, in a sentence.
    #[must_use]
    pub fn so_far(&self) -> String {
        let approved = self.voices.iter().filter(|voice| voice.did.starts_with("approved")).count();
        match approved {
            0 => "Nobody has approved yet.".to_owned(),
            1 => "1 approval so far.".to_owned(),
            many => format!("{many} approvals so far."),
        }
    }

    /// What happens if people approve, reject, or stay silent.
    #[must_use]
    pub fn consequences(&self) -> [(&'static str, String); 3] {
        [
            ("If enough approve", "It is done once, exactly as shown here.".to_owned()),
            (self.rejecting, "Nothing is done. The agent is told, with the comment.".to_owned()),
            ("If too few answer in time", format!("Nothing is done after {}.", self.until())),
        ]
    }
}

fn risk(tier: RiskTier, assessment: Option<&Assessment>, effect: &str) -> String {
    let why = assessment.and_then(|a| a.reason.as_deref()).map(visible);
    let why = why.map(|why| format!(": {why}")).unwrap_or_default();
    format!("{}{why}. {}", words::tier(tier), undone(effect))
}

/// Whether it can be undone. What is not known cannot.
fn undone(effect: &str) -> &'static str {
    match effect {
        "read" => "It changes nothing.",
        "reversible" => "It can be undone.",
        _ => "It cannot be undone.",
    }
}

fn needed(assessment: Option<&Assessment>) -> impl Iterator<Item = &Requirement> {
    assessment.into_iter().flat_map(|assessment| &assessment.requirements)
}

fn rejecting(assessment: Option<&Assessment>) -> &'static str {
    let one = needed(assessment).all(|need| need.reject_quorum == 1);
    if one { "If anybody rejects" } else { "If enough reject" }
}

fn needs(assessment: Option<&Assessment>, zone: Option<&TimeZone>) -> String {
    let needs = needed(assessment).map(|need| {
        let further = need.escalation.as_ref();
        let further = further.map(|to| {
            let from = there(to.from, zone);
            format!(", from {from} on also of {}", to.group)
        });
        format!("{} of {}{}", need.quorum, need.group, further.unwrap_or_default())
    });
    needs.collect::<Vec<_>>().join(" and ")
}

fn voices(
    People { asked, decisions, .. }: &People<'_>,
    you: &Seat,
    over: bool,
    now: Moment,
) -> Vec<Voice> {
    let said = decisions.iter().map(|said| Voice {
        name: visible(&said.who.name),
        is_you: said.who.id == you.id,
        did: format!("{} at {}", past(said.verdict), recent(said.at, now)),
        comment: said.comment.as_deref().filter(|words| !words.is_empty()).map(visible),
    });
    let decided = |seat: &&Seat| !decisions.iter().any(|said| said.who.id == seat.id);
    let waiting = asked.iter().filter(decided).map(|seat| Voice {
        name: visible(&seat.name),
        is_you: seat.id == you.id,
        did: if over { "did not answer" } else { "has not answered" }.to_owned(),
        comment: None,
    });
    said.chain(waiting).collect()
}

impl Voice {
    /// What stands behind the name: no part of it, so it stays in its place whatever the
    /// direction of that.
    #[must_use]
    pub fn you(&self) -> &'static str {
        if self.is_you { " (you)" } else { "" }
    }

    /// Both, in one line of plain text.
    pub(crate) fn named(&self) -> String {
        format!("{}{}", self.name, self.you())
    }
}

impl Said {
    fn named(&self) -> Self {
        let who = Seat { name: visible(&self.who.name), ..self.who.clone() };
        Self { who, ..self.clone() }
    }
}

fn resolved_by(decisions: &[Said]) -> Option<&Said> {
    let rejected = decisions.iter().find(|said| said.verdict == Verdict::Reject);
    rejected.or_else(|| decisions.iter().max_by_key(|said| said.at))
}

/// What somebody did.
#[must_use]
pub fn past(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Approve => "approved",
        Verdict::Reject => "rejected",
    }
}
