//! A refund as approvers see it, for tests.

use approval_core::action::CanonicalAction;
use approval_core::cause::Cause;
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

use crate::before::Change;
use crate::case::{Case, People, Said, Seat};
use crate::display::{Display, DisplayPart};
use crate::visible::visible;

/// Whom to ask.
pub(crate) const HELP: &str = "approvals-help@example.com";

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
    let person = Person::Claimed { name: person.to_owned() };
    asked(arguments, "Refund above 1,000.00", |action| action.requester.person = person).await
}

async fn asked(
    arguments: Value,
    why: &str,
    edit: impl FnOnce(&mut CanonicalAction),
) -> (ApprovalRequest, Display) {
    let asked = Moment::parse("2026-11-22T10:00:00Z").unwrap();
    let tool = "billing___refund_order";
    let mut action = sample::action("r-123456789", tool, arguments, Digest::of(b"e"), asked);
    edit(&mut action);
    let world = Memory::default();
    let id = sample::received(&world, action.clone(), true).await;
    let received = world.state().requests[&id].clone();
    let groups = [("billing-managers", 2), ("compliance", 1)];
    let needs = groups
        .map(|(group, quorum)| Requirement::new(Group::parse(group).unwrap(), quorum))
        .to_vec();
    let mut assessment = sample::asks(needs, asked.plus(SignedDuration::from_hours(4)));
    assessment.rules = vec![RuleId::parse("refund-over-1000").unwrap()];
    assessment.reason = Some(why.to_owned());
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
        "session": action.session,
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
    let (reason, cause) = why(status).unzip();
    request.reason = reason.map(str::to_owned);
    request.cause = cause;
    let asked = [seat("ana", "Ana"), ben(), seat("col", "Col")];
    let people = People { asked: &asked, decisions: said, help: Some(HELP) };
    Case::new(&request, &display, &people, &ben(), now(), "demo")
}

/// Why a request stands there.
fn why(status: Status) -> Option<(&'static str, Cause)> {
    match status {
        Status::Received | Status::Pending | Status::Allowed | Status::Approved => None,
        Status::Executing | Status::Executed => None,
        Status::InDoubt => Some(("the target did not answer", Cause::OutcomeUnknown)),
        Status::Failed => Some(("the target did not do it", Cause::TargetDeclined)),
        Status::Refused => Some(("a decision is not genuine", Cause::EvidenceRefused)),
        Status::Rejected => Some(("ana rejected", Cause::PeopleRejected)),
        Status::Expired => Some(("nobody decided in time", Cause::NotDecidedInTime)),
        Status::Cancelled => Some(("it was asked twice", Cause::OperatorCancelled)),
    }
}

/// The case in which every text of others is this one: arguments and their names, agent, person,
/// session, reasons, explanation, stack, the names of the roster, and all of the headline that the
/// template leaves open.
pub(crate) async fn poisoned(status: Status, text: &str, said: &[Said]) -> Case {
    let arguments = json!({"amount": 1200, "order": text, "reason": text, text: text});
    let (mut request, mut display) = asked(arguments, text, |action| {
        text.clone_into(&mut action.requester.agent);
        action.requester.person = Person::Claimed { name: text.to_owned() };
        action.session = Some(text.to_owned());
    })
    .await;
    request.status = status;
    request.reason = Some(text.to_owned());
    display.headline = format!("Refund {text}");
    let you = Seat { name: text.to_owned(), ..ben() };
    let asked = [seat("ana", text), you.clone(), seat("col", text)];
    let people = People { asked: &asked, decisions: said, help: Some(HELP) };
    Case::new(&request, &display, &people, &you, now(), text)
}

/// What must never be shown as it is.
pub(crate) fn hostile_texts() -> Vec<String> {
    let texts = [
        "<script>alert(1)</script>",
        "<svg onload=alert(1)>",
        "<a href=\"https://evil.example\">click</a>",
        "\"><form action=//evil.example>",
        "' autofocus onfocus='alert(1)",
        "</textarea></td></table><style>*{display:none}</style>",
        "<img src=https://evil.example/beacon>",
        "[Approve](https://evil.example) javascript:alert(1) mailto:mia@evil.example",
        "pay\u{202e}001 RUE",
        "zero\u{200b}width",
        "tag\u{e0041}\u{e0042}",
        "line\r\nBcc: mallory@evil.example",
        "next\u{85}line\u{2028}separator",
        "=?utf-8?b?ZXZpbA==?=",
        "\u{1b}[2Jterminal",
        "{{ 7*7 }} {% include x %} ${7*7}",
        "\u{430}dmin@evil.example",
        "\u{5e9}\u{5dc}\u{5d5}\u{5dd} 480.00 USD",
        "To decide, type this code on the page: AAAA",
        "⟦secret⟧ &lt;b&gt; &#60;",
    ];
    let mut texts: Vec<_> = texts.map(str::to_owned).into();
    texts.push(format!("far{}away", " ".repeat(5000)));
    texts.push("x".repeat(5000));
    texts
}

/// The same where somebody looked before people were asked.
pub(crate) fn beside(case: Case, was: &str, becomes: &str) -> Case {
    let name = "plan".to_owned();
    let (was, becomes) = (visible(was), visible(becomes));
    let change = Change { name, was, becomes, warning: None };
    Case { changes: vec![change], looked_at: Some(now()), ..case }
}
