//! The doors for AgentCore Gateway and for callers in code.

use countersign_tests::runtime::{Bootstrap, Said};
use countersign_tests::stack::Stack;
use serde_json::{Value, json};

/// The real binary with the function's own environment and role, on a Runtime API that passes the
/// client context on, which the local stack does not.
async fn gateway(stack: &Stack) -> Bootstrap {
    let told = stack.invoke("SubmitActionGatewayArn", &json!({})).await;
    assert_eq!(told["status"], "invalid", "no client context: {told}");
    let processes = stack.processes("SubmitActionGatewayArn");
    let environment = processes.first().expect("a process").environment();
    let variables: Vec<_> =
        environment.iter().filter(|(name, _)| !name.starts_with("AWS_LAMBDA_")).collect();
    let variables: Vec<_> =
        variables.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    Bootstrap::start("submit-action", &variables)
}

fn call(tool: &str) -> String {
    json!({"custom": {
        "bedrockAgentCoreMessageVersion": "1.0",
        "bedrockAgentCoreToolName": tool,
        "bedrockAgentCoreGatewayId": "gateway-1",
        "bedrockAgentCoreTargetId": "target-1",
        "bedrockAgentCoreMcpMessageId": "1",
        "bedrockAgentCoreAwsRequestId": "aws-1",
    }})
    .to_string()
}

fn told(said: Said) -> Value {
    let Said::Answer(text) = said else { panic!("{said:?}") };
    serde_json::from_str(&text).unwrap()
}

#[tokio::test]
async fn a_gateways_calls_are_allowed_asked_and_recognised_when_they_come_again() {
    let stack = Stack::named("main").await;
    let door = gateway(&stack).await;
    let refund = |amount: f64| json!({"order_id": "G-101", "amount": amount, "currency": "EUR"});
    let tool = call("billing___refund_order");
    let small = told(door.invoke_with(&tool, refund(80.0).to_string().as_bytes()));
    assert_eq!(small["status"], "executed", "{small}");
    let again =
        told(door.invoke_with(&tool, br#"{"amount":80,"currency":"EUR","order_id":"G-101"}"#));
    assert_eq!(again["result"]["number"], small["result"]["number"], "80 is 80.0");
    let large = told(door.invoke_with(&tool, refund(480.0).to_string().as_bytes()));
    assert_eq!(large["status"], "pending", "{large}");
    let reference = json!({"reference": large["reference"]}).to_string();
    let status = call("billing___action_status");
    assert_eq!(told(door.invoke_with(&status, reference.as_bytes()))["status"], "pending");
    let request = stack.waiting(&large).await;
    stack.decide(&request.id, "billing-manager-1", "approve").await;
    stack.until(&request.id, &[approval_core::status::Status::Executed]).await;
    let done = told(door.invoke_with(&status, reference.as_bytes()));
    assert_eq!(done["status"], "executed", "{done}");
    assert_eq!(stack.refunds("G-101").await.len(), 2);
}

#[tokio::test]
async fn g25_a_caller_in_code_has_keys_of_its_own_and_other_arguments_are_a_conflict() {
    let stack = Stack::named("main").await;
    let call = |amount: u32, key: &str| {
        json!({
            "tool": "billing___refund_order",
            "arguments": {"order_id": "G-201", "amount": amount, "currency": "EUR"},
            "agent": "refund-bot",
            "idempotency_key": key,
        })
    };
    let first = stack.invoke("SubmitActionDirectArn", &call(80, "key-1")).await;
    assert_eq!(first["status"], "executed", "{first}");
    let again = stack.invoke("SubmitActionDirectArn", &call(80, "key-1")).await;
    assert_eq!(again["reference"], first["reference"]);
    let other = stack.invoke("SubmitActionDirectArn", &call(81, "key-1")).await;
    assert_eq!(other["status"], "conflict", "{other}");
    let meant = stack.invoke("SubmitActionDirectArn", &call(80, "key-2")).await;
    assert_ne!(meant["reference"], first["reference"], "another key is another ask");
    assert_eq!(stack.refunds("G-201").await.len(), 2);
}
