//! What is allowed runs, what is forbidden is refused, what asks waits.

use approval_core::audit;
use approval_core::ports::AuditTrail;
use approval_core::status::Status;
use countersign_tests::events;
use countersign_tests::stack::Stack;
use serde_json::json;

#[tokio::test]
async fn a_small_refund_is_recorded_once_however_often_the_event_comes() {
    let stack = Stack::named("main").await;
    let first = stack.ask(&events::refund("A-101", "80.00")).await;
    assert_eq!(first["status"], "executed", "{first}");
    let number = first["result"]["number"].as_str().unwrap();
    assert!(number.starts_with("RF-"), "{first}");
    let second = stack.ask(&events::refund("A-101", "80.00")).await;
    assert_eq!(second["result"]["number"], number);
    assert_eq!(second["reference"], first["reference"]);
    let refunds = stack.refunds("A-101").await;
    assert_eq!(refunds.len(), 1);
    assert_eq!(refunds[0]["amount"], "80.00");
}

#[tokio::test]
async fn g26_twenty_at_once_are_one_request_and_one_refund() {
    let stack = Stack::named("main").await;
    let event = events::refund("A-102", "81.00");
    let mut asking = tokio::task::JoinSet::new();
    for _ in 0..20 {
        let event = event.clone();
        asking.spawn(async move { Stack::named("main").await.ask(&event).await });
    }
    let answers = asking.join_all().await;
    for answer in &answers {
        assert_eq!(answer["reference"], answers[0]["reference"], "{answer}");
    }
    stack.until(&stack.request(&answers[0]).await.id, &[Status::Executed]).await;
    assert_eq!(stack.refunds("A-102").await.len(), 1);
}

#[tokio::test]
async fn a_large_refund_waits_and_a_huge_one_is_refused() {
    let stack = Stack::named("main").await;
    let large = stack.ask(&events::refund("A-103", "480.00")).await;
    assert_eq!(large["status"], "pending", "{large}");
    let request = stack.request(&large).await;
    let waiting = stack.load(&request.id).await;
    assert!(waiting.decide_by.is_some());
    let huge = stack.ask(&events::refund("A-103", "6000.00")).await;
    assert_eq!(huge["status"], "refused", "{huge}");
    assert_eq!(huge["rules"], json!(["refund-over-5000"]));
    assert!(stack.refunds("A-103").await.is_empty());
}

#[tokio::test]
async fn every_transition_left_its_record_and_the_chain_holds() {
    let stack = Stack::named("main").await;
    let answer = stack.ask(&events::refund("A-104", "82.00")).await;
    let request = stack.request(&answer).await;
    let trail = stack.table().trail(&request.id).await.unwrap();
    let steps: Vec<_> = trail.iter().map(|record| record.to.as_str()).collect();
    assert_eq!(steps, ["received", "allowed", "executing", "executed"]);
    audit::check(&request, &trail).unwrap();
}

#[tokio::test]
async fn the_agent_can_ask_how_it_stands() {
    let stack = Stack::named("main").await;
    let asked = stack.ask(&events::refund("A-105", "480.00")).await;
    let reference = asked["reference"].as_str().unwrap();
    let told = stack.ask(&events::status(reference)).await;
    assert_eq!(told["status"], "pending", "{told}");
    let unknown = stack.ask(&events::status("cs-00000000000000000000000000000000")).await;
    assert_eq!(unknown["status"], "unknown", "{unknown}");
}

#[tokio::test]
async fn what_nobody_decides_expires_and_the_workflow_ends() {
    let stack = Stack::named("main").await;
    let asked = stack.ask(&events::refund("A-106", "480.00")).await;
    let id = stack.waiting(&asked).await.id;
    let past = aws_sdk_dynamodb::types::AttributeValue::S("2026-01-01T00:00:00.000Z".into());
    stack.tamper(&id, &[("decide_by", past.clone()), ("due_at", past)]).await;
    // The schedule may be faster, or at work at the same time: both is harmless.
    let sweep = stack.sweep().await;
    assert_eq!(sweep["parked"], 0, "{sweep}");
    let expired = stack.until(&id, &[Status::Expired]).await;
    assert_eq!(expired.reason.as_deref(), Some("nobody decided in time"));
    assert_eq!(stack.execution_ends(&id).await, "SUCCEEDED");
    stack.when(&id, "resumed", |request| request.wait.as_ref().is_some_and(|w| w.resumed)).await;
    assert!(stack.refunds("A-106").await.is_empty());
}
