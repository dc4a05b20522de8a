//! Real events of public projects, where the folder `FIXTURES` is present, and the example's own,
//! always.

use std::io::Write;
use std::path::{Path, PathBuf};

use countersign_tests::events::answer;
use countersign_tests::world::World;
use serde_json::Value;

fn read(path: &Path) -> Value {
    let text = std::fs::read_to_string(path).unwrap();
    serde_json::from_str(&text).unwrap()
}

/// The reply echoes what the event's form asks for, and leaves the session alone.
fn assert_form(event: &Value, reply: &Value, name: &str) {
    let response = &reply["response"];
    assert_eq!(reply["messageVersion"], "1.0", "{name}");
    assert_eq!(response["actionGroup"], event["actionGroup"], "{name}");
    if event.get("function").is_some() {
        assert_eq!(response["function"], event["function"], "{name}");
        assert!(response["functionResponse"]["responseBody"]["TEXT"]["body"].is_string(), "{name}");
        assert!(response["functionResponse"].get("responseState").is_none(), "{name}");
    } else {
        assert_eq!(response["apiPath"], event["apiPath"], "{name}");
        assert_eq!(response["httpMethod"], event["httpMethod"], "{name}");
        assert!(response["httpStatusCode"].is_u64(), "{name}");
        let body = &response["responseBody"]["application/json"]["body"];
        assert!(body.is_string(), "{name}");
    }
}

#[tokio::test]
async fn the_seven_public_bedrock_events_are_answered_in_their_own_form() {
    let Some(fixtures) = std::env::var_os("FIXTURES").map(PathBuf::from) else {
        // Not captured: what is left out is said even where the test passes.
        let said = "left out: FIXTURES names no folder of public events";
        writeln!(std::io::stderr(), "{said}").unwrap();
        return;
    };
    let events = "aws-lambda-rust-runtime/lambda-events/src/fixtures";
    let tests = "powertools-lambda-python/tests/events";
    let paths = [
        format!("{events}/example-bedrock-agent-runtime-event.json"),
        format!("{events}/example-bedrock-agent-runtime-event-without-parameters.json"),
        format!("{events}/example-bedrock-agent-runtime-event-without-request-body.json"),
        format!("{tests}/bedrockAgentEvent.json"),
        format!("{tests}/bedrockAgentEventWithPathParams.json"),
        format!("{tests}/bedrockAgentFunctionEvent.json"),
        format!("{tests}/bedrockAgentPostEvent.json"),
    ];
    for path in paths {
        let world = World::default();
        let event = read(&fixtures.join(&path));
        let reply = world.send(&event).await;
        assert_form(&event, &reply, &path);
        assert_eq!(answer(&reply)["status"], "refused", "{path}: the example has no such tool");
        assert!(world.memory.state().requests.is_empty(), "{path}");
    }
}

#[tokio::test]
async fn the_examples_own_events_are_answered_in_their_own_form() {
    let folder = countersign_tests::repository("examples/customer-support/events");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.display().to_string();
        let world = World::default();
        let event = read(&path);
        let reply = world.send(&event).await;
        assert_form(&event, &reply, &name);
        let told = answer(&reply);
        assert_eq!(told["status"], "received", "{name}: {told}");
        world.run(&world.newest()).await;
        let expected = match name.rsplit('/').next().unwrap() {
            n if n.contains("6000") => "refused",
            n if ["480", "2500", "cancel", "disclose"].iter().any(|w| n.contains(w)) => "pending",
            _ => "executed",
        };
        let ended = world.status(told["reference"].as_str().unwrap()).await;
        assert_eq!(ended["status"], expected, "{name}: {ended}");
        seen += 1;
    }
    assert!(seen >= 10, "{seen} events");
}
