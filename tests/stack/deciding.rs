//! People decide by link on the real parts, and nothing but what they decided runs.

use approval_aws::keys::MacMaker;
use approval_core::decision::{Decision, Verdict};
use approval_core::link::Link;
use approval_core::name::ApproverId;
use approval_core::ports::{Decisions, Mac, MakeMac};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use aws_sdk_dynamodb::types::AttributeValue;
use countersign_tests::stack::Stack;
use countersign_tests::{browser, events};

const ANA: &str = "billing-manager-1";
const BEN: &str = "billing-manager-2";

/// A refund that waits for a billing manager.
async fn pending(stack: &Stack, order: &str, amount: &str) -> ApprovalRequest {
    let answer = stack.ask(&events::refund(order, amount)).await;
    stack.waiting(&answer).await
}

async fn ended(stack: &Stack, request: &ApprovalRequest) -> ApprovalRequest {
    let ends = [Status::Executed, Status::Refused, Status::Rejected, Status::InDoubt];
    stack.until(&request.id, &ends).await
}

#[tokio::test]
async fn an_approval_by_link_runs_the_refund_once_without_a_sweep() {
    let stack = Stack::named("main").await;
    let request = pending(&stack, "D-101", "480.00").await;
    let page = stack.decide(&request.id, ANA, "approve").await;
    assert_eq!(page.status, 200, "{}", page.body);
    assert_eq!(ended(&stack, &request).await.status, Status::Executed);
    assert_eq!(stack.refunds("D-101").await.len(), 1);
    let late = stack.decide(&request.id, BEN, "reject").await;
    assert_eq!(late.status, 409, "{}", late.body);
    assert_eq!(stack.execution_ends(&request.id).await, "SUCCEEDED");
}

#[tokio::test]
async fn h05_two_approvers_at_the_same_time_make_one_refund() {
    let stack = Stack::named("main").await;
    for run in 0..5 {
        let order = format!("D-2{run}");
        let request = pending(&stack, &order, "480.00").await;
        let id = &request.id;
        let (ana, ben) = (stack.mail(id, ANA).await.0, stack.mail(id, BEN).await.0);
        let post = |mail: countersign_tests::letter::Personal| {
            std::thread::spawn(move || browser::decide(&mail.link, "approve", "", &mail.code))
        };
        let (one, other) = (post(ana), post(ben));
        let mut said = [one.join().unwrap().status, other.join().unwrap().status];
        said.sort_unstable();
        assert_eq!(said, [200, 409], "run {run}");
        assert_eq!(ended(&stack, &request).await.status, Status::Executed);
        assert_eq!(stack.refunds(&order).await.len(), 1, "run {run}");
    }
}

#[tokio::test]
async fn a_genuine_decision_whose_verdict_is_edited_executes_nothing() {
    let stack = Stack::named("main").await;
    let request = pending(&stack, "D-301", "2500.00").await;
    stack.decide(&request.id, ANA, "approve").await;
    let [mut decision] = stack.table().decisions(&request.id).await.unwrap().try_into().unwrap();
    decision.verdict = Verdict::Reject;
    stack.write_decision(&decision).await;
    decision.verdict = Verdict::Approve;
    decision.comment = "something else".to_owned();
    stack.write_decision(&decision).await;
    stack.decide(&request.id, BEN, "approve").await;
    stack.decide(&request.id, "compliance-reviewer-1", "approve").await;
    let ended = ended(&stack, &request).await;
    assert_eq!(ended.status, Status::Refused);
    assert_eq!(ended.reason.as_deref(), Some("a decision is not genuine"));
    assert!(stack.refunds("D-301").await.is_empty());
}

#[tokio::test]
async fn l08_a_genuine_decision_moved_to_another_request_executes_nothing() {
    let stack = Stack::named("main").await;
    let first = pending(&stack, "D-401", "480.00").await;
    stack.decide(&first.id, ANA, "approve").await;
    ended(&stack, &first).await;
    let [mut moved] = stack.table().decisions(&first.id).await.unwrap().try_into().unwrap();
    let second = pending(&stack, "D-402", "2500.00").await;
    moved.link.request = second.id.clone();
    moved.link.digest = second.digest;
    stack.write_decision(&moved).await;
    stack.decide(&second.id, BEN, "approve").await;
    stack.decide(&second.id, "compliance-reviewer-1", "approve").await;
    assert_eq!(ended(&stack, &second).await.status, Status::Refused);
    assert!(stack.refunds("D-402").await.is_empty());
}

#[tokio::test]
async fn neither_function_can_make_a_whole_decision_with_what_its_role_may_do() {
    let stack = Stack::named("main").await;
    let seen = pending(&stack, "D-501", "480.00").await;
    // Both functions are at work, so that their credentials can be had.
    let seen = browser::get(&stack.mail(&seen.id, ANA).await.0.link);
    assert_eq!(seen.status, 200);
    for (function, key, makes) in [
        ("RequestApprovalArn", "LinkKeyArn", true),
        ("RequestApprovalArn", "DecisionKeyArn", false),
        ("CallbackHandlerArn", "LinkKeyArn", false),
        ("CallbackHandlerArn", "DecisionKeyArn", true),
    ] {
        let maker = MacMaker::new(&stack.role_of(function), stack.outputs[key].as_str());
        assert_eq!(maker.make(b"message").await.is_ok(), makes, "{function} with {key}");
    }
    for (order, function) in [("D-502", "RequestApprovalArn"), ("D-503", "CallbackHandlerArn")] {
        let request = pending(&stack, order, "480.00").await;
        let decision = forged(&stack, function, &request).await;
        stack.write_decision(&decision).await;
        let approved = AttributeValue::S("approved".to_owned());
        let later = request.decide_by.unwrap().to_string();
        let set = [("status", approved), ("run_by", AttributeValue::S(later))];
        stack.tamper(&request.id, &set).await;
        stack.sweep().await;
        let ended = ended(&stack, &request).await;
        assert_eq!(ended.status, Status::Refused, "{function}");
        assert_eq!(ended.reason.as_deref(), Some("a decision is not genuine"), "{function}");
        assert!(stack.refunds(order).await.is_empty());
    }
}

/// The best decision that a function can write with its own keys, and without the other one.
async fn forged(stack: &Stack, function: &str, request: &ApprovalRequest) -> Decision {
    let role = stack.role_of(function);
    let link = Link {
        stack: stack.name.clone(),
        key: stack.outputs["LinkKeyArn"].clone(),
        request: request.id.clone(),
        approver: ApproverId::parse(ANA).unwrap(),
        epoch: 0,
        digest: request.digest,
        hard_limit: request.hard_limit,
    };
    let nothing = Mac(vec![0; 32]);
    let made = |key: &str| MacMaker::new(&role, stack.outputs[key].as_str());
    let link_mac = made("LinkKeyArn").make(&link.message().unwrap()).await;
    let mut decision = Decision {
        link,
        link_mac: link_mac.unwrap_or_else(|_| nothing.clone()),
        verdict: Verdict::Approve,
        comment: String::new(),
        decided_at: request.changed_at,
        key: stack.outputs["DecisionKeyArn"].clone(),
        mac: nothing.clone(),
    };
    let mac = made("DecisionKeyArn").make(&decision.message().unwrap()).await;
    decision.mac = mac.unwrap_or(nothing);
    decision
}
