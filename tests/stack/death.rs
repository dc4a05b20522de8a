//! The executor dies between its claim and its outcome, for real: its process is killed while the
//! target is held.

use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use countersign_tests::events;
use countersign_tests::process::Process;
use countersign_tests::stack::Stack;

/// Asks for a refund and kills the executor while it waits for the target.
async fn killed_while_it_waits(stack: &Stack, order: &str) -> ApprovalRequest {
    let warm = stack.ask(&events::refund("W-1", "80.00")).await;
    let warm = stack.request(&warm).await;
    stack.until(&warm.id, &[Status::Executed]).await;
    let target = stack.processes("BillingFunctionArn");
    target.iter().for_each(Process::hold);
    let event = events::refund(order, "80.00");
    let asking = tokio::spawn({
        let (name, event) = (stack.name.clone(), event.clone());
        async move { Stack::named(&name).await.ask(&event).await }
    });
    // The same ask finds the same request; the door answers after a second, as things stand.
    let request = stack.request(&stack.ask(&event).await).await;
    let request = stack.until(&request.id, &[Status::Executing]).await;
    stack.processes("ExecuteActionArn").iter().for_each(Process::kill);
    target.iter().for_each(Process::let_go);
    asking.await.expect("an answer");
    request
}

#[tokio::test]
async fn f14_an_idempotent_target_makes_one_refund() {
    let stack = Stack::named("faults").await;
    let request = killed_while_it_waits(&stack, "D-101").await;
    let ended = stack.until(&request.id, &[Status::Executed, Status::InDoubt]).await;
    assert_eq!(ended.status, Status::Executed);
    assert_eq!(stack.refunds("D-101").await.len(), 1);
}

#[tokio::test]
async fn f14_another_target_is_in_doubt_and_never_called_again() {
    let stack = Stack::named("once").await;
    let request = killed_while_it_waits(&stack, "D-102").await;
    let ended = stack.until(&request.id, &[Status::Executed, Status::InDoubt]).await;
    assert_eq!(ended.status, Status::InDoubt);
    stack.execution_ends(&request.id).await;
    let again = serde_json::json!({"request_id": request.id});
    assert_eq!(stack.invoke("ExecuteActionArn", &again).await["status"], "in_doubt");
    let refunds = stack.refunds("D-102").await;
    assert!(refunds.iter().all(|refund| refund["calls"] == "1"), "{refunds:?}");
    assert!(refunds.len() <= 1, "{refunds:?}");
}
