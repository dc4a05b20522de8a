//! The real binaries, handed any bytes.

use countersign_tests::events::{self, answer};
use countersign_tests::runtime::{Bootstrap, Said, refuses_to_start};
use serde_json::Value;

const MACHINE: &str = "arn:aws:states:us-east-1:000000000000:stateMachine:demo";

/// A task root with the example's bundle in it.
fn task_root() -> String {
    let root = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("task");
    std::fs::create_dir_all(&root).unwrap();
    let link = root.join("policy");
    let bundle = countersign_tests::repository("examples/customer-support/policy");
    if !link.exists() {
        // Another test may be faster.
        let _ = std::os::unix::fs::symlink(bundle.canonicalize().unwrap(), &link);
    }
    root.display().to_string()
}

fn door() -> Bootstrap {
    door_for("bedrock")
}

fn door_for(caller: &str) -> Bootstrap {
    let root = task_root();
    let keys = ["KEY_ACTION", "KEY_DISPLAY", "KEY_BEFORE", "KEY_RESULT", "KEY_ASK"]
        .map(|name| (name, "key"));
    let mut variables = keys.to_vec();
    variables.extend([
        ("LAMBDA_TASK_ROOT", root.as_str()),
        ("CALLER", caller),
        ("STACK", "demo"),
        ("TABLE", "table"),
        ("STATE_MACHINE_ARN", MACHINE),
        ("WAIT_SECONDS", "1"),
    ]);
    Bootstrap::start("submit-action", &variables)
}

fn told(said: Said) -> Value {
    let Said::Answer(text) = said else { panic!("{said:?}") };
    answer(&serde_json::from_str(&text).unwrap())
}

#[test]
fn g08_a_key_that_appears_twice_is_seen_and_refused() {
    let door = door();
    let event = events::refund("O-1", "80.00").to_string();
    let twice = event.replacen(r#""function":"#, r#""function":"look_up_order","function":"#, 1);
    let told = told(door.invoke(twice.as_bytes()));
    assert_eq!(told["status"], "invalid", "{told}");
    assert!(told["message"].as_str().unwrap().contains("`function` appears twice"), "{told}");
}

#[test]
fn g12_no_bytes_make_the_door_stop_answering() {
    let mut door = door();
    let large = format!(r#"{{"x":"{}"}}"#, "y".repeat(5_000_000));
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let broken: [&[u8]; 7] =
        [b"", b"nul", b"{", b"\"\xff\"", b"{}{}", br#"{"a":1e400}"#, "\u{feff}{}".as_bytes()];
    for event in broken.into_iter().chain([large.as_bytes(), deep.as_bytes()]) {
        let shown = String::from_utf8_lossy(&event[..event.len().min(20)]).into_owned();
        match door.invoke(event) {
            Said::Answer(text) => {
                let reply: Value = serde_json::from_str(&text).unwrap();
                assert_eq!(answer(&reply)["status"], "invalid", "{shown}");
            }
            // Not JSON: Lambda itself lets no such event through.
            Said::Error(text) => assert!(!text.contains("panic"), "{shown}: {text}"),
        }
        assert!(door.lives(), "{shown}");
    }
    let told = told(door.invoke(events::refund("O-1", "0x10").to_string().as_bytes()));
    assert!(told["message"].as_str().unwrap().contains("`amount` must be"), "{told}");
}

#[test]
fn f17_with_no_service_to_reach_the_agent_is_told_to_send_the_same_again() {
    let door = door();
    let told = told(door.invoke(events::refund("O-1", "80.00").to_string().as_bytes()));
    assert_eq!(told["status"], "unavailable", "{told}");
    assert!(told["message"].as_str().unwrap().contains("Send exactly the same"), "{told}");
}

const CALL: &str = r#"{"custom":{
    "bedrockAgentCoreMessageVersion":"1.0","bedrockAgentCoreToolName":"billing___refund_order",
    "bedrockAgentCoreGatewayId":"gateway-1","bedrockAgentCoreTargetId":"target-1",
    "bedrockAgentCoreMcpMessageId":"1","bedrockAgentCoreAwsRequestId":"aws-1"}}"#;

fn plainly(said: Said) -> Value {
    let Said::Answer(text) = said else { panic!("a function error: {said:?}") };
    serde_json::from_str(&text).unwrap()
}

#[test]
fn a_gateways_call_is_known_by_its_client_context_and_answered_as_a_tool_result() {
    let door = door_for("gateway");
    let arguments = br#"{"order_id": "A-1042", "amount": 480.00, "currency": "EUR"}"#;
    let told = plainly(door.invoke_with(CALL, arguments));
    assert_eq!(told["status"], "unavailable", "it got as far as the services: {told}");
    for (context, event, wrong) in [
        ("", &arguments[..], "bedrockAgentCoreMessageVersion"),
        (
            &CALL.replace("Version\":\"1.0", "Version\":\"2.0"),
            arguments,
            "bedrockAgentCoreMessageVersion",
        ),
        (&CALL.replace("gateway-1", ""), arguments, "bedrockAgentCoreGatewayId"),
        (CALL, br#"{"order_id": "A-1042", "amount": "480", "currency": "EUR"}"#, "`amount`"),
        (CALL, br#"{"order_id": "A-1042", "amount": 1, "amount": 2, "currency": "EUR"}"#, "twice"),
        (CALL, br#"{"order_id": "A-1042", "currency": "EUR"}"#, "`amount`"),
        (CALL, br"[]", "no object"),
        (CALL, br"{}", "`"),
    ] {
        let told = plainly(door.invoke_with(context, event));
        assert_eq!(told["status"], "invalid", "{wrong}: {told}");
        assert!(told["message"].as_str().unwrap().contains(wrong), "{wrong}: {told}");
    }
    let unknown = CALL.replace("billing___refund_order", "billing___no_such_tool");
    assert_eq!(plainly(door.invoke_with(&unknown, b"{}"))["status"], "refused");
}

#[test]
fn a_call_from_code_says_tool_arguments_and_agent_and_nothing_that_is_not_known() {
    let door = door_for("direct");
    let call = br#"{"tool": "billing___refund_order", "agent": "refund-bot",
                    "arguments": {"order_id": "A-1", "amount": 480, "currency": "EUR"}}"#;
    assert_eq!(plainly(door.invoke(call))["status"], "unavailable");
    for (event, wrong) in [
        (r#"{"tool": "billing___refund_order", "arguments": {}}"#, "agent"),
        (r#"{"tool": "x", "agent": "bot", "riskLevel": "low"}"#, "riskLevel"),
        (r#"{"tool": "x", "agent": "bot", "approvers": ["me"]}"#, "approvers"),
        (r#"{"tool": "x", "agent": "", "arguments": {}}"#, "agent"),
        (r#"{"tool": "x", "agent": "bot", "agent": "other"}"#, "twice"),
    ] {
        let told = plainly(door.invoke(event.as_bytes()));
        assert_eq!(told["status"], "invalid", "{told}");
        assert!(told["message"].as_str().unwrap().contains(wrong), "{wrong}: {told}");
    }
}

#[test]
fn f36_a_missing_variable_is_named_at_the_start() {
    for (function, variable) in [
        ("submit-action", "STACK"),
        ("risk-classify", "STACK"),
        ("request-approval", "STACK"),
        ("callback-handler", "STACK"),
        ("execute-action", "STACK"),
        ("relay-outbox", "TABLE"),
    ] {
        let log = refuses_to_start(function, &[]);
        assert!(log.contains(&format!("`{variable}` is not set")), "{function}: {log}");
    }
}

#[test]
fn p01_a_bundle_with_a_fault_does_not_start() {
    let empty = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("empty");
    std::fs::create_dir_all(empty.join("policy")).unwrap();
    let root = empty.display().to_string();
    let keys = [("KEY_ACTION", "key"), ("KEY_DISPLAY", "key")];
    let variables = [keys[0], keys[1], ("STACK", "demo"), ("LAMBDA_TASK_ROOT", &root)];
    let log = refuses_to_start("risk-classify", &variables);
    assert!(log.contains("tools.json"), "{log}");
}
