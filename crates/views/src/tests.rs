//! A whole request as people and programs see it.

use approval_core::canonical;
use approval_core::decision::Verdict;
use approval_core::digest::Digest;
use approval_core::moment::Moment;
use approval_core::name::{Group, RuleId};
use approval_core::ports::Seal;
use approval_core::requester::Person;
use approval_core::requirement::Requirement;
use approval_core::sealed::Part;
use approval_core::steering::Operator;
use approval_core::task::{Attempt, TaskToken, Wait};
use approval_testkit::{memory::Memory, sample};
use jiff::SignedDuration;
use serde_json::json;

use crate::{DisplayPart, Found, RequestView, json, text};

fn minutes(asked: Moment, minutes: i64) -> Moment {
    asked.plus(SignedDuration::from_mins(minutes))
}

/// A request that waits for its second approver.
async fn found(arguments: serde_json::Value, person: Person) -> Found {
    let asked = Moment::parse("2026-11-22T10:00:00Z").unwrap();
    let tool = "billing___refund_order";
    let mut action = sample::action("r-1", tool, arguments, Digest::of(b"entry"), asked);
    action.requester.person = person;
    let world = Memory::default();
    let id = sample::received(&world, action.clone(), true).await;
    let (received, first) = {
        let state = world.state();
        (state.requests[&id].clone(), state.trails[&id][0].clone())
    };
    let display = canonical::bytes(&json!({
        "headline": format!("Refund 1200.00 EUR for order {}", action.arguments["order"]),
        "tool": tool,
        "arguments": action.arguments,
        "secret_fields": ["pin"],
        "effect": "irreversible",
        "requester": action.requester,
        "session": action.session,
        "asked_at": asked,
        "digest": received.digest,
    }))
    .unwrap();
    let needs = Requirement::new(Group::parse("billing-managers").unwrap(), 2);
    let mut assessment = sample::asks(vec![needs], minutes(asked, 240));
    assessment.rules = vec![RuleId::parse("refund-over-1000").unwrap()];
    assessment.reason = Some("Refund above 1,000.00 needs two billing managers".to_owned());
    let pending = received.assess(assessment, minutes(asked, 1)).unwrap();
    let token = TaskToken::new("the-task-token".to_owned());
    let mut request =
        pending.request.waiting(Wait::new(token, Attempt::default(), asked), minutes(asked, 2));
    request.result = Some((&world).seal(Part::Result, &id, b"{}").await.unwrap());
    let decision = sample::decision(&request, "ana", Verdict::Approve, minutes(asked, 30));
    Found {
        request,
        decisions: Some(vec![decision]),
        trail: vec![first, pending.audit],
        display: DisplayPart::Opened(display),
    }
}

async fn plain() -> Found {
    let arguments = json!({"order": "A-1042", "amount": 1200, "lines": [1, 2], "pin": "⟦secret⟧"});
    found(arguments, Person::Claimed { name: "dana".to_owned() }).await
}

#[tokio::test]
async fn a_request_reads_from_top_to_bottom() {
    let found = plain().await;
    let (digest, [first, second]) = (found.request.digest, [0, 1].map(|at| found.trail[at].hash));
    let short = |hash: Digest| hash.to_string().chars().take(12).collect::<String>();
    let shown = format!(
        r#"Refund 1200.00 EUR for order "A-1042"
pending: waits for people to decide

request
  id         r-1
  tool       billing___refund_order
  effect     irreversible
  tier       medium
  rules      refund-over-1000
  needs      2 of billing-managers
  reason     Refund above 1,000.00 needs two billing managers
  agent      agent-1/alias-1, through bedrock
  person     claimed, not proven: dana
  session    session-1
  asked at   2026-11-22T10:00:00.000Z
  decide by  2026-11-22T14:00:00.000Z
  hard limit 2026-11-29T10:00:00.000Z
  result     kept, sealed
  digest     {digest}

arguments
  amount  1200
  lines   [1,2]
  order   A-1042
  pin     ⟦secret⟧

decisions, as stored; execute-action proves them
  2026-11-22T10:30:00.000Z  approve  ana

audit trail, the chain holds
    0  2026-11-22T10:00:00.000Z  submit-action     - → received           {}  received: not assessed yet
    1  2026-11-22T10:01:00.000Z  risk-classify     received → pending     {}  pending: waits for people to decide
"#,
        short(first),
        short(second),
    );
    assert_eq!(text::render(&found.into()), shown);
}

#[tokio::test]
async fn an_operators_record_names_the_operator_and_shows_their_words() {
    let mut found = plain().await;
    let by = Operator { who: "arn:aws:iam::1:user/op", reason: "asked\u{202e} twice" };
    let stopped = found.request.stop(&by, found.request.changed_at).unwrap();
    found.trail.push(stopped.audit);
    found.request = stopped.request;
    let shown = text::render(&found.into());
    assert!(shown.contains("  cancelled: taken back, nothing was done (by arn:aws:iam::1:user/op: asked⟦U+202E⟧ twice)\n"), "{shown}");
}

#[tokio::test]
async fn promise_10_neither_task_token_nor_sealed_part_is_in_any_form() {
    let view = RequestView::from(plain().await);
    for form in [text::render(&view), json::render(&view).unwrap(), format!("{view:?}")] {
        assert!(!form.contains("the-task-token") && !form.contains("Sealed"), "{form}");
    }
    let json = serde_json::to_value(&view).unwrap();
    let mut names: Vec<_> = json.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    let known = "arguments asked_at assessment audit changed_at decide_by decisions digest effect \
                 hard_limit headline id problems reason requester result run_by secret_fields session \
                 status tool version";
    assert_eq!(names.join(" "), known);
    assert_eq!(json["result"], true);
}

#[tokio::test]
async fn g03_g04_g06_no_text_of_others_hides_or_makes_lines() {
    let hostile = "x\u{202e}\n\u{1b}[2Jid  other\u{e0041}\u{2028}";
    let arguments = json!({"order": hostile, hostile: {"a": hostile}, "far": " ".repeat(5000)});
    let mut found = found(arguments, Person::Claimed { name: hostile.to_owned() }).await;
    found.request.reason = Some(hostile.to_owned());
    let view = RequestView::from(found);
    let page = text::render(&view);
    assert!(page.lines().all(|line| !line.chars().any(crate::visible::hides)), "{page}");
    assert!(
        page.contains("⟦5000 spaces⟧") && page.contains("claimed, not proven: x⟦U+202E⟧⟦U+000A⟧")
    );
    assert_eq!(page.lines().filter(|line| line.trim_start().starts_with("id ")).count(), 1);

    let written = json::render(&view).unwrap();
    let line = json::line(&view).unwrap();
    assert!(!line.contains('\n') && !line.contains('\u{202e}'), "{line}");
    assert!(!written.lines().any(|line| line.chars().any(crate::visible::hides)), "{written}");
    assert!(written.contains(r"\u202e\n\u001b[2J"), "{written}");
    let read: serde_json::Value = serde_json::from_str(&written).unwrap();
    assert_eq!(read, serde_json::to_value(&view).unwrap());
}

#[tokio::test]
async fn what_is_not_opened_is_not_guessed() {
    let view = RequestView::from(Found { display: DisplayPart::Sealed, ..plain().await });
    let page = text::render(&view);
    assert!(page.starts_with("billing___refund_order\npending"), "{page}");
    assert!(page.contains("\narguments\n  not opened\n") && view.problems.is_empty());
}

#[tokio::test]
async fn what_is_broken_is_said_on_top() {
    let mut found = plain().await;
    found.decisions = None;
    found.trail[0].note = Some("nothing to see".to_owned());
    found.request.requester.person = Person::Unknown;
    let page = text::render(&found.into());
    let warnings: Vec<_> = page.lines().filter(|line| line.starts_with("WARNING")).collect();
    assert_eq!(
        warnings,
        [
            "WARNING: the display part and the record tell of different actions",
            "WARNING: audit record 0 was changed: its hash does not match",
            "WARNING: a decision row is malformed, so none is shown",
        ]
    );
    assert!(page.contains("audit trail, THE CHAIN IS BROKEN") && page.contains("  not readable"));
}

#[tokio::test]
async fn a_display_part_that_does_not_open_or_read_is_said() {
    let broken =
        [(DisplayPart::Broken, "does not open"), (DisplayPart::Opened(b"{}".into()), "read")];
    for (display, words) in broken {
        let view = RequestView::from(Found { display, ..plain().await });
        assert!(view.arguments.is_none() && view.problems[0].contains(words), "{view:?}");
    }
}

#[tokio::test]
async fn a_decision_about_another_action_is_said() {
    let mut found = plain().await;
    found.decisions.as_mut().unwrap()[0].link.digest = Digest::of(b"another");
    let view = RequestView::from(found);
    assert_eq!(view.problems, ["the decision of `ana` is about another action"]);
}

#[tokio::test]
async fn what_merely_reads_like_the_marker_is_no_secret() {
    let arguments = json!({"order": "⟦secret⟧", "amount": 1, "pin": "⟦secret⟧"});
    let shown = text::render(&found(arguments, Person::Unknown).await.into());
    assert!(shown.contains("  order   ⟦U+27E6⟧secret⟦U+27E7⟧\n"), "{shown}");
    assert!(shown.contains("  pin     ⟦secret⟧\n"), "{shown}");
}
