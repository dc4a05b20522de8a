//! One request as operators see it: what approvers see, how it came to stand where it stands, and
//! what may be ordered.

use approval_core::audit::AuditRecord;
use approval_core::decision::Decision;
use approval_core::moment::Moment;
use approval_core::notice::Notice;
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use askama::Template;

use super::{Frame, Link, Place, Shell, figures};
use crate::case::past;
use crate::display::Display;
use crate::explanation::Explanation;
use crate::facts::{Fact, Setting};
use crate::request::{Found, RequestView};
use crate::time::minute;
use crate::visible::visible;
use crate::{change, json, words};

mod deliveries;
mod known;
mod needs;

pub use deliveries::Sent;
pub use needs::{Need, Roll};

/// What the screen is made of.
#[derive(Clone, Debug)]
pub struct Seen {
    /// What was found of the request.
    pub found: Found,
    /// Who was sent what; none where that cannot be read.
    pub notices: Option<Vec<Notice>>,
    /// Who fills which requirement; none where that is not known, or over.
    pub roll: Option<Roll>,
    /// What is frozen that concerns it, by key.
    pub frozen: Vec<String>,
    /// Its workflow execution in the AWS console.
    pub execution: Option<String>,
}

/// What an operator may order about a request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Act {
    /// Those who have not answered are written to again.
    Remind,
    /// People get more time.
    Extend,
    /// Nothing comes of it.
    Cancel,
    /// A doubt is settled.
    Resolve,
}

impl Act {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Remind, Self::Extend, Self::Cancel, Self::Resolve];

    /// Its name in addresses.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Remind => "remind",
            Self::Extend => "extend",
            Self::Cancel => "cancel",
            Self::Resolve => "resolve",
        }
    }

    /// What it is called on a link that leads there.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Remind => "Remind people…",
            Self::Extend => "Give more time…",
            Self::Cancel => "Cancel it…",
            Self::Resolve => "Settle the doubt…",
        }
    }

    /// Whether it may have an effect where the request stands. The operators' door decides.
    #[must_use]
    pub fn fits(self, status: Status) -> bool {
        match (self, status) {
            (Self::Remind | Self::Extend, status) => status == Status::Pending,
            (Self::Resolve, status) => status == Status::InDoubt,
            (Self::Cancel, status) => {
                !status.is_terminal() && status != Status::Executing && status != Status::InDoubt
            }
        }
    }
}

/// One audit record.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Step {
    at: Moment,
    what: String,
    actor: &'static str,
    beside: bool,
}

/// One decision.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Said {
    who: String,
    did: &'static str,
    at: String,
    comment: Option<String>,
}

#[derive(Template)]
#[template(path = "console/request.html")]
struct Html<'a> {
    frame: Frame<'a>,
    id: String,
    title: String,
    status: &'static str,
    risk: &'static str,
    serious: bool,
    reason: Option<String>,
    comment: Option<String>,
    waits: Option<(Moment, String)>,
    facts: Vec<Fact>,
    payload: Option<String>,
    explanation: Option<Explanation>,
    exactly: &'static str,
    digest: String,
    needs: Vec<Need>,
    /// Whether it is not known who fills which.
    unknown: bool,
    said: Option<Vec<Said>>,
    steps: Vec<Step>,
    sent: Option<Vec<Sent>>,
    broken: Option<String>,
    problems: Vec<String>,
    frozen: Vec<String>,
    execution: Option<&'a str>,
    acts: Vec<Link>,
    raw: String,
}

/// Writes the screen.
#[must_use]
pub fn render(shell: &Shell, seen: &Seen) -> String {
    let Seen { found, notices, roll, frozen, execution } = seen;
    let request = &found.request;
    let display = Display::read(&found.display, request).ok().flatten();
    let view = RequestView::from(found.clone());
    let now = shell.now;
    let setting = Setting { stack: &shell.stack, zone: None };
    let html = Html {
        frame: Frame::new(shell, Place::Queue),
        id: request.id.to_string(),
        title: visible(view.headline.as_deref().unwrap_or(request.tool.as_str())),
        status: words::status(request.status),
        risk: risk(request),
        serious: is_serious(request),
        reason: request.reason.as_deref().map(visible),
        comment: request.comment.as_deref().map(visible),
        waits: waits(request, now),
        facts: known::of(request, display.as_ref(), &setting),
        payload: display.as_ref().and_then(|display| json::render(&display.arguments).ok()),
        explanation: display.as_ref().and_then(Explanation::of),
        exactly: words::exactly(!request.status.is_terminal()),
        digest: request.digest.to_string(),
        needs: needs::of(request, found.decisions.as_deref().unwrap_or_default(), roll.as_ref()),
        unknown: roll.is_none() && request.status == Status::Pending,
        said: found.decisions.as_deref().map(|all| all.iter().map(said).collect()),
        steps: found.trail.iter().map(step).collect(),
        sent: notices.as_deref().map(|all| deliveries::of(all, found.decisions.as_deref())),
        broken: found.chain().err().map(|error| error.to_string()),
        problems: view.problems.iter().map(|problem| visible(problem)).collect(),
        frozen: frozen.iter().map(|scope| visible(&scope.replacen('#', " ", 1))).collect(),
        execution: execution.as_deref(),
        acts: acts(request),
        raw: json::render(&view).unwrap_or_default(),
    };
    // INVARIANT: what the template writes to cannot fail.
    html.render().unwrap_or_default()
}

fn acts(request: &ApprovalRequest) -> Vec<Link> {
    let fits = Act::ALL.into_iter().filter(|act| act.fits(request.status));
    let link =
        |act: Act| Link::new(act.name(), format!("/requests/{}/{}", request.id, act.as_str()));
    fits.map(link).collect()
}

fn risk(request: &ApprovalRequest) -> &'static str {
    let tier = request.assessment.as_ref().map(|assessment| assessment.tier);
    tier.map_or("Not assessed", words::tier)
}

/// Whether the tier is high or critical.
fn is_serious(request: &ApprovalRequest) -> bool {
    let tier = request.assessment.as_ref().map(|assessment| assessment.tier);
    tier.is_some_and(|tier| tier >= approval_core::risk::RiskTier::High)
}

fn waits(request: &ApprovalRequest, now: Moment) -> Option<(Moment, String)> {
    let by = request.decide_by.filter(|_| request.status == Status::Pending)?;
    let left = crate::time::left(by.since(now));
    let left = if by <= now { "over".to_owned() } else { format!("{left} left") };
    Some((by, format!("{} ({left})", minute(by))))
}

fn said(decision: &Decision) -> Said {
    let comment = Some(decision.comment.as_str()).filter(|words| !words.is_empty());
    Said {
        who: decision.link.approver.to_string(),
        did: past(decision.verdict),
        at: minute(decision.decided_at),
        comment: comment.map(visible),
    }
}

fn step(record: &AuditRecord) -> Step {
    let seconds = record.note.as_deref().and_then(figures::seconds);
    let seconds = seconds.map(|seconds| format!(", {seconds} s after opening the page"));
    Step {
        at: record.at,
        what: format!("{}{}", change::or_beside(record), seconds.unwrap_or_default()),
        actor: words::actor(record.actor),
        beside: change::of(record).is_none(),
    }
}
