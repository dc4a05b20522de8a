//! Events: every type made by the real handlers, against the published schema and samples.
//!
//! `UPDATE_SAMPLES=1 cargo test -p countersign-tests --test contract events` writes the samples anew.

use std::collections::BTreeMap;

use approval_core::event::{Event, EventType};
use approval_core::outcome::Outcome;
use approval_core::status::Status;
use countersign_tests::events::{self, refund};
use countersign_tests::world::World;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// Stories that together make every type.
async fn told() -> Vec<Event> {
    let mut told = Vec::new();
    for (verdict, outcome) in [
        ("approve", Outcome::Done(json!({"number": "RF-1"}))),
        ("approve", Outcome::NotDone("the target did not do it")),
        ("reject", Outcome::Done(Value::Null)),
    ] {
        let world = World::default();
        world.ask(&refund("O-1", "480.00")).await;
        world.memory.state().outcomes = vec![outcome];
        world.decide("billing-manager-1", verdict, "as agreed").await;
        world.finish(&world.newest()).await;
        world.sweep().await;
        told.extend(world.memory.state().events.clone());
    }
    let world = World::default();
    world.ask(&events::cancellation()).await;
    world.memory.state().outcomes = vec![Outcome::Unknown("no answer")];
    world.decide("support-lead-1", "approve", "").await;
    world.finish(&world.newest()).await;
    world.ask(&refund("O-2", "9000.00")).await;
    world.ask(&refund("O-3", "480.00")).await;
    let cancel = json!({"order": "cancel", "request": world.newest().to_string(), "reason": "no"});
    assert_eq!(world.order(&cancel).await.0, 200);
    world.ask(&refund("O-4", "480.00")).await;
    for minutes in [120, 120] {
        world.clock.advance(SignedDuration::from_mins(minutes));
        world.sweep().await;
        world.sweep().await;
    }
    assert_eq!(world.request(&world.newest()).status, Status::Expired);
    told.extend(world.memory.state().events.clone());
    told
}

fn delivered(event: &Event) -> Value {
    json!({"source": "countersign", "detail-type": event.kind.name(), "detail": event})
}

fn file(name: &str) -> std::path::PathBuf {
    countersign_tests::repository(&format!("docs/events/{name}"))
}

fn sample(kind: EventType) -> std::path::PathBuf {
    file(&format!("{}.json", kind.name().to_lowercase().replace(' ', "-")))
}

#[tokio::test]
async fn every_event_is_what_the_schema_says_and_each_type_has_its_sample() {
    let schema = std::fs::read_to_string(file("event.schema.json")).expect("the schema");
    let schema: Value = serde_json::from_str(&schema).expect("JSON");
    let valid = jsonschema::validator_for(&schema).expect("a schema");
    let mut first = BTreeMap::new();
    for event in told().await {
        let delivered = delivered(&event);
        let faults: Vec<_> = valid.iter_errors(&delivered).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}: {delivered:#}");
        first.entry(event.kind.name()).or_insert(delivered);
    }
    for kind in EventType::ALL {
        let made = first.get(kind.name()).unwrap_or_else(|| panic!("no story makes {kind:?}"));
        if std::env::var_os("UPDATE_SAMPLES").is_some() {
            std::fs::write(sample(kind), format!("{made:#}\n")).expect("written");
        }
        let text = std::fs::read_to_string(sample(kind)).expect("a sample");
        let published: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(published, *made, "{kind:?}: see the head of this file");
    }
}

#[tokio::test]
async fn no_event_holds_an_argument_or_a_comment() {
    for event in told().await {
        let text = delivered(&event).to_string();
        for leak in ["480", "O-1", "damaged", "as agreed", "AC-7", "/a/"] {
            assert!(!text.contains(leak), "{leak}: {text}");
        }
    }
}
