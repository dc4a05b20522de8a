//! The requests of a filter, one row each.

use approval_core::decision::{Decision, Verdict};
use approval_core::moment::Moment;
use approval_core::name::{RequestId, RuleId, ToolName};
use approval_core::notice::Notice;
use approval_core::request::ApprovalRequest;
use approval_core::risk::RiskTier;
use approval_core::status::Status;
use askama::Template;

use super::{Frame, Link, Place, Shell};
use crate::time::{left, minute};
use crate::visible::visible;
use crate::words;

/// One request, as far as it is known.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The request.
    pub id: RequestId,
    /// Where it stands.
    pub status: Status,
    /// The tool.
    pub tool: ToolName,
    /// The risk tier.
    pub tier: Option<RiskTier>,
    /// When it was asked.
    pub asked_at: Moment,
    /// When waiting ends.
    pub decide_by: Option<Moment>,
    /// Its record; none where it cannot be read.
    pub request: Option<ApprovalRequest>,
    /// The action in one line, as it came; none where the display part was not opened.
    pub headline: Option<String>,
    /// The decisions; none where they were not, or cannot be read.
    pub decisions: Option<Vec<Decision>>,
    /// Who was sent what; none where that was not read.
    pub notices: Option<Vec<Notice>>,
    /// Where to find others that are alike.
    pub alike: Alike,
}

/// Where to find others that are alike.
#[derive(Clone, Debug, Default)]
pub struct Alike {
    /// Of the tool.
    pub tool: String,
    /// Of the agent.
    pub agent: String,
    /// Of a rule, whose id ends the address.
    pub rule: String,
}

/// One tab.
#[derive(Clone, Debug)]
pub struct Tab {
    /// What it says and where it leads.
    pub link: Link,
    /// How many are there, as `12` or `100+`; none where that was not counted.
    pub count: Option<String>,
    /// Whether it is shown.
    pub here: bool,
}

/// One field of the search, as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Field {
    /// Its name in addresses.
    pub key: &'static str,
    /// What it is called.
    pub label: &'static str,
    /// An example of it.
    pub example: &'static str,
    /// Its value.
    pub value: String,
}

/// What the screen is made of.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// The tabs.
    pub tabs: Vec<Tab>,
    /// Which of them is shown, as addresses have it.
    pub tab: String,
    /// The search: words first, then what narrows it.
    pub fields: Vec<Field>,
    /// Whether anything is searched for.
    pub narrowed: bool,
    /// The requests.
    pub entries: Vec<Entry>,
    /// What is said where there are none.
    pub empty: String,
    /// What else to know, as it came.
    pub notes: Vec<String>,
    /// Whether no display part was opened.
    pub sealed: bool,
    /// The next page.
    pub next: Option<String>,
    /// The first page, where this is another.
    pub first: Option<String>,
    /// This page.
    pub same: String,
    /// Where to ask what is new.
    pub news: String,
    /// The list as CSV and as JSON lines.
    pub export: Option<(String, String)>,
    /// What is wrong with the search.
    pub error: Option<String>,
}

struct Row {
    href: String,
    status: &'static str,
    tier: &'static str,
    serious: bool,
    what: String,
    left: String,
    over: bool,
    by: Option<(Moment, String)>,
    asked: Moment,
    age: String,
    agent: Option<Link>,
    tool: Link,
    person: Option<String>,
    approvals: String,
    rules: Vec<Link>,
    trouble: Option<String>,
}

#[derive(Template)]
#[template(path = "console/queue.html")]
struct Html<'a> {
    frame: Frame<'a>,
    queue: &'a Queue,
    notes: Vec<String>,
    rows: Vec<Row>,
}

impl Html<'_> {
    /// Whether more is looked for than words.
    fn filters(&self) -> bool {
        self.queue.fields.iter().skip(1).any(|field| !field.value.is_empty())
    }
}

/// Writes the screen.
#[must_use]
pub fn render(shell: &Shell, queue: &Queue) -> String {
    let rows = queue.entries.iter().map(|entry| row(entry, shell.now)).collect();
    let notes = queue.notes.iter().map(|note| visible(note)).collect();
    let html = Html { frame: Frame::new(shell, Place::Queue), queue, notes, rows };
    // INVARIANT: what the template writes to cannot fail.
    html.render().unwrap_or_default()
}

fn row(entry: &Entry, now: Moment) -> Row {
    let request = entry.request.as_ref();
    let waits = entry.decide_by.filter(|_| entry.status == Status::Pending);
    let agent = request.map(|request| &request.requester.agent);
    let rules = request.and_then(|request| request.assessment.as_ref());
    // INVARIANT: the id of a rule holds nothing that means something in an address.
    let rule = |rule: &RuleId| Link::new(rule.as_str(), format!("{}{rule}", entry.alike.rule));
    let rules = rules.map(|assessment| assessment.rules.iter().map(rule).collect());
    Row {
        href: format!("/requests/{}", entry.id),
        status: words::short(entry.status),
        tier: entry.tier.map_or("", RiskTier::as_str),
        serious: entry.tier.is_some_and(|tier| tier >= RiskTier::High),
        what: visible(entry.headline.as_deref().unwrap_or(entry.tool.as_str())),
        over: waits.is_some_and(|by| by <= now),
        left: waits.map(|by| time_left(by, now)).unwrap_or_default(),
        by: waits.map(|by| (by, minute(by))),
        asked: entry.asked_at,
        age: left(now.since(entry.asked_at)),
        agent: agent.map(|agent| Link::new(agent, entry.alike.agent.as_str())),
        tool: Link::new(entry.tool.as_str(), entry.alike.tool.as_str()),
        person: request.map(|request| visible(&words::person(&request.requester.person))),
        approvals: approvals(request, entry.decisions.as_deref()),
        rules: rules.unwrap_or_default(),
        trouble: unread(entry).or_else(|| trouble(entry)),
    }
}

fn time_left(by: Moment, now: Moment) -> String {
    if by <= now { format!("over for {}", left(now.since(by))) } else { left(by.since(now)) }
}

/// How many of how many approved, and who answered.
fn approvals(request: Option<&ApprovalRequest>, decisions: Option<&[Decision]>) -> String {
    let (Some(request), Some(decisions)) = (request, decisions) else { return String::new() };
    let requirements = request.assessment.iter().flat_map(|assessment| &assessment.requirements);
    let needed = requirements.map(|one| one.quorum).fold(0_u32, u32::saturating_add);
    if needed == 0 {
        return String::new();
    }
    let who = |verdict| {
        let those = decisions.iter().filter(|one| one.verdict == verdict);
        those.map(|one| one.link.approver.to_string()).collect::<Vec<_>>()
    };
    let (yes, no) = (who(Verdict::Approve), who(Verdict::Reject));
    let mut text = format!("{} of {needed}", yes.len());
    if !yes.is_empty() {
        text = format!("{text}: {}", yes.join(", "));
    }
    if !no.is_empty() {
        text = format!("{text}; rejected by {}", no.join(", "));
    }
    text
}

/// That there is more to it than the index tells.
fn unread(entry: &Entry) -> Option<String> {
    entry.request.is_none().then(|| "the record cannot be read".to_owned())
}

/// What is wrong with telling people.
fn trouble(entry: &Entry) -> Option<String> {
    let waits = entry.status == Status::Pending;
    let notices = entry.notices.as_deref().filter(|_| waits)?;
    if notices.is_empty() {
        return Some("nobody was written to yet".to_owned());
    }
    let answered = |notice: &Notice| {
        entry.decisions.iter().flatten().any(|one| one.link.approver == notice.approver)
    };
    let unreached = notices.iter().filter(|notice| !notice.told() && !answered(notice));
    let names: Vec<_> = unreached.map(|notice| notice.approver.to_string()).collect();
    (!names.is_empty()).then(|| format!("not reached: {}", names.join(", ")))
}

/// Whether somebody who has not answered was not reached.
#[must_use]
pub fn has_trouble(entry: &Entry) -> bool {
    trouble(entry).is_some()
}
