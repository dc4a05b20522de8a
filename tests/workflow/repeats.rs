//! The same ask is the same request.

use countersign_tests::events::{self, answer};
use countersign_tests::world::World;
use jiff::SignedDuration;

#[tokio::test]
async fn g31_the_same_event_twice_makes_one_refund() {
    let world = World::default();
    let first = world.ask(&events::refund("O-1", "80.00")).await;
    let second = answer(&world.send(&events::refund("O-1", "80.00")).await);
    assert_eq!(first["reference"], second["reference"]);
    assert_eq!(second["status"], "executed");
    assert_eq!(world.performed().len(), 1);
}

#[tokio::test]
async fn another_amount_order_or_session_is_another_request() {
    let world = World::default();
    world.ask(&events::refund("O-1", "80.00")).await;
    world.ask(&events::refund("O-1", "81.00")).await;
    world.ask(&events::refund("O-2", "80.00")).await;
    world.ask(&events::in_session(events::refund("O-1", "80.00"), "session-2")).await;
    assert_eq!(world.performed().len(), 4);
}

#[tokio::test]
async fn the_same_number_written_otherwise_is_the_same_ask() {
    let world = World::default();
    world.ask(&events::refund("O-1", "80.00")).await;
    let second = answer(&world.send(&events::refund("O-1", "8e1")).await);
    assert_eq!(second["status"], "executed");
    assert_eq!(world.performed().len(), 1);
}

#[tokio::test]
async fn after_the_window_a_repeat_is_a_new_ask() {
    let world = World::default();
    let first = world.ask(&events::refund("O-1", "80.00")).await;
    world.clock.advance(SignedDuration::from_mins(10));
    let second = world.ask(&events::refund("O-1", "80.00")).await;
    assert_ne!(first["reference"], second["reference"]);
    assert_eq!(world.performed().len(), 2);
}

#[tokio::test]
async fn what_expired_may_be_asked_again() {
    let world = World::default();
    let first = world.ask(&events::refund("O-1", "480.00")).await;
    world.clock.advance(SignedDuration::from_hours(5));
    world.sweep().await;
    let second = world.ask(&events::refund("O-1", "480.00")).await;
    assert_ne!(first["reference"], second["reference"]);
    assert_eq!(second["status"], "pending");
}
