//! A refund as approvers see it, for tests.

use approval_core::decision::Verdict;
use approval_core::digest::Digest;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group, RuleId};
use approval_core::request::ApprovalRequest;
use approval_core::requester::Person;
use approval_core::requirement::Requirement;
use approval_core::status::Status;
use approval_testkit::{memory::Memory, sample};
use jiff::SignedDuration;
use serde_json::{Value, json};

use crate::case::{Case, People, Said, Seat};
use crate::display::{Display, DisplayPart};

/// When all of it happens.
pub(crate) fn now() -> Moment {
    Moment::parse("2026-11-22T11:00:00Z").unwrap()
}

pub(crate) fn seat(id: &str, name: &str) -> Seat {
    Seat { id: ApproverId::parse(id).unwrap(), name: name.to_owned(), zone: None }
}

pub(crate) fn said(id: &str, name: &str, verdict: Verdict, comment: &str) -> Said {
    let at = Moment::parse("2026-11-22T10:30:00Z").unwrap();
    Said { who: seat(id, name), verdict, at, comment: Some(comment.to_owned()) }
}

/// Whoever reads: their clock is an hour ahead of UTC.
pub(crate) fn ben() -> Seat {
    let zone = jiff::tz::TimeZoneDatabase::bundled().get("Europe/Berlin").unwrap();
    Seat { zone: Some(zone), ..seat("ben", "Ben") }
}

/// A request that waits, with its display part.
pub(crate) async fn pending(arguments: Value, person: &str) -> (ApprovalRequest, Display) {
    let asked = Moment::parse("2026-11-22T10:00:00Z").unwrap();
    let tool = "billing___refund_order";
    let mut action = sample::action("r-123456789", tool, arguments, Digest::of(b"e"), asked);
    action.requester.person = Person::Claimed { name: person.to_owned() };
    let world = Memory::default();
    let id = sample::received(&world, action.clone(), true).await;
    let received = world.state().requests[&id].clone();
    let groups = [("billing-managers", 2), ("compliance", 1)];
    let needs = groups
        .map(|(group, quorum)| Requirement::new(Group::parse(group).unwrap(), quorum))
        .to_vec();
    let mut assessment = sample::asks(needs, asked.plus(SignedDuration::from_hours(4)));
    assessment.rules = vec![RuleId::parse("refund-over-1000").unwrap()];
    assessment.reason = Some("Refund above 1,000.00".to_owned());
    let request = received.assess(assessment, asked).unwrap().request;
    let amount = action.arguments["amount"].to_string();
    let part = json!({
        "headline": format!("Refund {amount}.00 EUR for order {}", action.arguments["order"].as_str().unwrap()),
        "tool": tool,
        "arguments": action.arguments,
        "secret_fields": ["pin"],
        "decimal_fields": ["amount"],
        "explanation_field": "reason",
        "effect": "irreversible",
        "requester": action.requester,
        "session": "session-1",
        "asked_at": asked,
        "digest": request.digest,
    });
    let part = DisplayPart::Opened(part.to_string().into_bytes());
    let display = Display::read(&part, &request).unwrap().unwrap();
    (request, display)
}

/// The arguments of an honest refund.
pub(crate) fn refund() -> Value {
    json!({
        "amount": 1200,
        "currency": "EUR",
        "order": "A-1042",
        "pin": "⟦secret⟧",
        "reason": "The parcel was lost.",
    })
}

/// The case as the second manager sees it, in that status, with what was said so far.
pub(crate) async fn case(arguments: Value, status: Status, said: &[Said]) -> Case {
    let (mut request, display) = pending(arguments, "dana").await;
    request.status = status;
    request.reason = (status != Status::Pending).then(|| "because it had to".to_owned());
    let asked = [seat("ana", "Ana"), ben(), seat("col", "Col")];
    let people = People { asked: &asked, decisions: said };
    Case::new(&request, &display, &people, &ben(), now(), "demo")
}

/// What must never be shown as it is.
pub(crate) const HOSTILE: [&str; 9] = [
    "<script>alert(1)</script>",
    "<a href=\"https://evil.example\">click</a>",
    "\"><form action=//evil.example>",
    "pay\u{202e}001 RUE",
    "zero\u{200b}width",
    "tag\u{e0041}\u{e0042}",
    "line\r\nBcc: mallory@example.com",
    "\u{1b}[2Jterminal",
    "{{ 7*7 }}",
];

/// The arguments of a refund in which the agent wrote nothing but this.
pub(crate) fn hostile(text: &str) -> Value {
    json!({"amount": 1200, "order": text, "reason": text, text: text})
}
