//! Whoever can write the table, or resume a workflow, still executes nothing.

use approval_core::decision::{Decision, Verdict};
use approval_core::link::Link;
use approval_core::moment::Moment;
use approval_core::name::ApproverId;
use approval_core::ports::Mac;
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use countersign_tests::events;
use countersign_tests::stack::Stack;
use serde_json::json;

fn text(text: impl ToString) -> AttributeValue {
    AttributeValue::S(text.to_string())
}

fn soon() -> Moment {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let millis = i64::try_from(now.as_millis()).unwrap();
    Moment::from_millis(millis).unwrap().plus(jiff::SignedDuration::from_mins(5))
}

/// A refund that waits for a billing manager.
async fn pending(stack: &Stack, order: &str) -> ApprovalRequest {
    let answer = stack.ask(&events::refund(order, "480.00")).await;
    stack.waiting(&answer).await
}

/// Flips the status by hand, resumes the workflow with a lie, and tells how it ends.
async fn flip_and_resume(stack: &Stack, request: &ApprovalRequest) -> ApprovalRequest {
    stack.tamper(&request.id, &[("status", text("approved")), ("run_by", text(soon()))]).await;
    let token = request.wait.as_ref().unwrap().token.expose().to_owned();
    let lie = json!({"request_id": request.id, "status": "approved"}).to_string();
    let client = aws_sdk_sfn::Client::new(&stack.config);
    // relay-outbox may have believed the status first, and ended the wait.
    let _ = client.send_task_success().task_token(token).output(lie).send().await;
    stack.until(&request.id, &[Status::Refused, Status::Executed, Status::InDoubt]).await
}

#[tokio::test]
async fn promise_1_a_status_flipped_to_approved_by_hand_executes_nothing() {
    let stack = Stack::named("main").await;
    let request = pending(&stack, "T-101").await;
    let ended = flip_and_resume(&stack, &request).await;
    assert_eq!(ended.status, Status::Refused);
    assert!(ended.reason.unwrap().contains("do not fill"));
    assert!(stack.refunds("T-101").await.is_empty());
}

#[tokio::test]
async fn g17_a_sealed_action_changed_by_one_byte_executes_nothing() {
    let stack = Stack::named("main").await;
    let request = pending(&stack, "T-102").await;
    let mut sealed = request.action.0.clone();
    *sealed.last_mut().unwrap() ^= 1;
    stack.tamper(&request.id, &[("action", AttributeValue::B(Blob::new(sealed)))]).await;
    let ended = flip_and_resume(&stack, &request).await;
    assert_eq!(ended.status, Status::Refused);
    assert!(ended.reason.unwrap().contains("not the one that was asked for"));
    assert!(stack.refunds("T-102").await.is_empty());
}

#[tokio::test]
async fn a_decision_row_written_by_hand_executes_nothing() {
    let stack = Stack::named("main").await;
    let request = pending(&stack, "T-103").await;
    let link = Link {
        stack: stack.name.clone(),
        key: stack.outputs["LinkKeyArn"].clone(),
        request: request.id.clone(),
        approver: ApproverId::parse("billing-manager-1").unwrap(),
        epoch: 0,
        digest: request.digest,
        hard_limit: request.hard_limit,
    };
    let decision = Decision {
        link,
        link_mac: Mac(vec![0; 32]),
        verdict: Verdict::Approve,
        comment: String::new(),
        decided_at: request.changed_at,
        key: stack.outputs["DecisionKeyArn"].clone(),
        mac: Mac(vec![0; 32]),
    };
    stack.write_decision(&decision).await;
    let ended = flip_and_resume(&stack, &request).await;
    assert_eq!(ended.status, Status::Refused);
    assert_eq!(ended.reason.as_deref(), Some("a decision is not genuine"));
    assert!(stack.refunds("T-103").await.is_empty());
}

#[tokio::test]
async fn promise_2_an_executed_record_flipped_back_runs_no_second_time() {
    let stack = Stack::named("main").await;
    let answer = stack.ask(&events::refund("T-104", "80.00")).await;
    let request = stack.request(&answer).await;
    assert_eq!(request.status, Status::Executed);
    for status in ["allowed", "executing"] {
        let past = text("2026-01-01T00:00:00.000Z");
        let back = [("status", text(status)), ("run_by", text(soon())), ("claimed_until", past)];
        let step = json!({"request_id": request.id});
        let mut refused = false;
        for _ in 0..20 {
            stack.tamper(&request.id, &back).await;
            // relay-outbox, which follows the table, may be at work on it: the step meets a conflict
            // and is tried again, or what was true stands there again.
            match stack.try_invoke("ExecuteActionArn", &step).await {
                Err(error) => assert_eq!(error["errorType"], "Approval.Conflict", "{error}"),
                Ok(told) => refused = told["status"] != "executed",
            }
            if refused {
                break;
            }
        }
        assert!(refused, "it stays executed, from {status}");
    }
    let refunds = stack.refunds("T-104").await;
    assert_eq!((refunds.len(), refunds[0]["calls"].as_str()), (1, "1"));
}

#[tokio::test]
async fn g21_a_made_up_step_input_steers_nothing() {
    let stack = Stack::named("main").await;
    let request = pending(&stack, "T-105").await;
    let step = json!({"request_id": request.id, "status": "approved", "tier": "low"});
    let told = stack.invoke("ExecuteActionArn", &step).await;
    assert_eq!(told["status"], "pending", "{told}");
    let failed = stack.try_invoke("ExecuteActionArn", &json!({"approved": true})).await;
    assert_eq!(failed.unwrap_err()["errorType"], "Approval.BadInput");
    assert!(stack.refunds("T-105").await.is_empty());
}

#[tokio::test]
async fn a_retargeted_tool_executes_nothing() {
    let stack = Stack::named("retarget").await;
    let request = pending(&stack, "T-106").await;
    // Somebody ships an executor whose catalogue entry differs from the one that was asked for.
    stack.ship("ExecuteActionArn", "execute-action", &Stack::named("once").await).await;
    let ended = flip_and_resume(&stack, &request).await;
    assert_eq!(ended.status, Status::Refused);
    assert_eq!(ended.reason.as_deref(), Some("the tool changed since it was asked for"));
    assert!(stack.refunds("T-106").await.is_empty());
}

#[tokio::test]
async fn f41_while_a_freeze_holds_nothing_of_that_agent_is_claimed() {
    let stack = Stack::named("main").await;
    let mut event = events::refund("T-107", "80.00");
    event["agent"]["id"] = "FROZEN0001".into();
    stack.freeze("agent#FROZEN0001").await;
    let answer = stack.ask(&event).await;
    assert_eq!(answer["status"], "cancelled", "{answer}");
    assert!(answer["message"].as_str().unwrap().contains("a freeze holds"), "{answer}");
    assert!(stack.refunds("T-107").await.is_empty());
    let other = stack.ask(&events::refund("T-107", "80.00")).await;
    assert_eq!(other["status"], "executed", "{other}");
}
