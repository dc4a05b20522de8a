//! What an operator sees, and what nobody sees.

use std::process::Command;

use countersign_tests::events;
use countersign_tests::runtime::binary;
use countersign_tests::stack::Stack;
use serde_json::Value;

/// `countersign show`, with the stack's names.
fn show(stack: &Stack, what: &str, more: &[&str]) -> (bool, String, String) {
    let output = Command::new(binary("countersign"))
        .args(["show", what, "--stack", &stack.name, "--table", &stack.outputs["TableName"]])
        .args(more)
        .output()
        .expect("countersign");
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("text");
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[tokio::test]
async fn an_operator_finds_a_request_by_reference_or_id_and_sees_what_approvers_see() {
    let stack = Stack::named("main").await;
    let asked = stack.ask(&events::refund("S-101", "480.00")).await;
    let request = stack.waiting(&asked).await;
    // Nobody may open the display part but request-approval and the operators' role.
    let reference = asked["reference"].as_str().unwrap();
    let (found, text, hint) = show(&stack, reference, &[]);
    assert!(found, "{hint}");
    assert!(text.contains("pending: waits for people to decide"), "{text}");
    assert!(text.contains("1 of billing-managers"), "{text}");
    assert!(text.contains("audit trail, the chain holds"), "{text}");
    assert!(hint.contains("the arguments are sealed"), "{hint}");

    let (found, json, _) = show(&stack, request.id.as_str(), &["-o", "json"]);
    assert!(found);
    let json: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(json["id"], request.id.as_str());
    assert_eq!(json["audit"]["holds"], true);
    let token = request.wait.unwrap().token;
    assert!(!text.contains(token.expose()) && !json.to_string().contains(token.expose()));

    let (found, _, error) = show(&stack, "cs-00000000000000000000000000000000", &[]);
    assert!(!found && error.contains("no such request"), "{error}");
}

#[tokio::test]
async fn l20_g23_promise_10_no_secret_and_no_token_is_in_any_log_or_readable_row() {
    let stack = Stack::named("main").await;
    let canary = "canary-4711-secret";
    let arguments = [
        ("account_id", "AC-7"),
        ("recipient", "customer-7@example.com"),
        ("fields", r#"["name"]"#),
        ("verification_answer", canary),
    ];
    let event = events::function("support", "disclose_customer_data", &arguments);
    let asked = stack.ask(&event).await;
    assert_eq!(asked["status"], "pending", "{asked}");
    let token = stack.waiting(&asked).await.wait.unwrap().token.expose().to_owned();
    let reference = asked["reference"].as_str().unwrap();
    let rows = stack.rows().await;
    assert!(!rows.contains(canary), "an argument is readable in the table");
    assert!(!rows.contains(reference), "a reference is stored");
    let logs = stack.function_logs().await;
    assert!(logs.contains("assessed") && logs.contains("waiting"), "the logs are there: {logs}");
    for secret in [canary, token.as_str(), reference] {
        assert!(!logs.contains(secret), "{secret} is in a log");
    }
}
