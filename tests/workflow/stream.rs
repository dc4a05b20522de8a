//! The table's stream: it makes things quick, and nothing depends on it.

use approval_core::name::RequestId;
use approval_core::status::Status;
use countersign_tests::events;
use countersign_tests::world::World;
use serde_json::{Value, json};

/// A refund that was approved and whose workflow execution still waits.
async fn approved(order: &str) -> (World, RequestId) {
    let world = World::default();
    world.ask(&events::refund(order, "480.00")).await;
    let id = world.newest();
    world.decide("billing-manager-1", "approve", "").await;
    assert_eq!(world.request(&id).status, Status::Approved);
    (world, id)
}

fn record(sequence: &str, pk: &str, sk: &str) -> Value {
    json!({
        "eventName": "MODIFY",
        "eventSource": "aws:dynamodb",
        "dynamodb": {
            "Keys": {"pk": {"S": pk}, "sk": {"S": sk}},
            "SequenceNumber": sequence,
            "StreamViewType": "KEYS_ONLY",
        },
    })
}

fn changed(id: &RequestId, sequence: &str) -> Value {
    record(sequence, &format!("REQ#{id}"), "META")
}

#[tokio::test]
async fn a_change_is_served_at_once_and_once() {
    let (world, id) = approved("O-1").await;
    let event = json!({"Records": [changed(&id, "1"), changed(&id, "2")]});
    assert_eq!(world.relay(&event).await, json!({"batchItemFailures": []}));
    assert_eq!(world.memory.state().resumed.len(), 1);
    assert_eq!(world.relay(&event).await, json!({"batchItemFailures": []}), "f45: a replay");
    assert_eq!(world.memory.state().resumed.len(), 1);
}

#[tokio::test]
async fn f32_a_change_that_cannot_be_served_comes_again_and_holds_up_no_other() {
    let (world, first) = approved("O-1").await;
    world.ask(&events::refund("O-2", "490.00")).await;
    let second = world.newest();
    world.decide("billing-manager-2", "approve", "").await;
    let calls = world.memory.state().calls.len();
    world.memory.state().fails_at = Some(calls);
    let event = json!({"Records": [changed(&first, "10"), changed(&second, "11")]});
    let said = world.relay(&event).await;
    assert_eq!(said, json!({"batchItemFailures": [{"itemIdentifier": "10"}]}));
    assert_eq!(world.memory.state().resumed.len(), 1, "the second was served");
    let again = json!({"Records": [changed(&first, "10"), changed(&second, "11")]});
    assert_eq!(world.relay(&again).await, json!({"batchItemFailures": []}));
    assert_eq!(world.memory.state().resumed.len(), 2);
}

#[tokio::test]
async fn f32_records_that_are_no_change_of_a_request_are_passed_over() {
    let (world, id) = approved("O-1").await;
    let event = json!({"Records": [
        record("1", &format!("REQ#{id}"), "AUDIT#0000000001"),
        record("2", "ASK#00", "ASK"),
        record("3", "REQ#not an id", "META"),
        {"dynamodb": {"Keys": {"pk": 7}}},
        "poison",
        record("5", "REQ#none-of-ours", "META"),
    ]});
    assert_eq!(world.relay(&event).await, json!({"batchItemFailures": []}));
    assert!(world.memory.state().resumed.is_empty());
}

#[tokio::test]
async fn f01_what_the_stream_lost_the_sweep_finds() {
    let (world, id) = approved("O-1").await;
    let said = world.relay(&json!({"source": "aws.events"})).await;
    assert_eq!(said["resumed"], 1, "{said}");
    world.resume(&id, Status::Approved).await;
    assert_eq!(world.request(&id).status, Status::Executed);
}
