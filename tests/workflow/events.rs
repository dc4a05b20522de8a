//! What others are told: each step once the trail holds it, in order, and nothing is forgotten.

use approval_core::cause::Cause;
use approval_core::status::Status;
use countersign_tests::events;
use countersign_tests::world::World;
use jiff::SignedDuration;

#[tokio::test]
async fn a_life_is_told_in_the_order_in_which_it_happened() {
    let world = World::default();
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    world.sweep().await;
    assert_eq!(world.events(), ["Approval Requested"]);
    world.decide("billing-manager-1", "approve", "").await;
    world.finish(&id).await;
    world.sweep().await;
    let told = ["Approval Requested", "Decision Recorded", "Approved", "Executed"];
    assert_eq!(world.events(), told);
    let sequence: Vec<_> = world.memory.state().events.iter().map(|event| event.seq).collect();
    assert!(sequence.is_sorted(), "{sequence:?}");
    world.sweep().await;
    assert_eq!(world.events().len(), told.len(), "nothing is told twice");
}

#[tokio::test]
async fn what_ends_without_a_decision_is_told_with_its_cause() {
    let world = World::default();
    world.ask(&events::refund("O-1", "480.00")).await;
    world.clock.advance(SignedDuration::from_mins(240));
    world.sweep().await;
    assert_eq!(world.events(), ["Approval Requested", "Expired"]);
    world.ask(&events::refund("O-2", "9000.00")).await;
    world.sweep().await;
    let causes: Vec<_> = world.memory.state().events.iter().map(|event| event.cause).collect();
    assert_eq!(causes, [None, Some(Cause::NotDecidedInTime), Some(Cause::PolicyRefuses)]);
}

#[tokio::test]
async fn events_that_are_not_taken_stay_owed_and_hold_up_nothing_else() {
    let world = World::default();
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    world.decide("billing-manager-1", "approve", "").await;
    world.memory.state().takes = Some(1);
    let sweep = world.sweep().await;
    assert_eq!((sweep.resumed, sweep.published, sweep.parked), (1, 0, 1), "{sweep:?}");
    assert_eq!(world.events(), ["Approval Requested"], "the others are told later");
    world.resume(&id, Status::Approved).await;
    assert_eq!(world.request(&id).status, Status::Executed);
    world.clock.advance(SignedDuration::from_mins(3));
    world.sweep().await;
    let told = ["Approval Requested", "Decision Recorded", "Approved", "Executed"];
    assert_eq!(world.events(), told, "each once, in order");
}

#[tokio::test]
async fn whatever_call_fails_every_step_is_told_at_least_once() {
    for lost in [false, true] {
        for at in 0..12 {
            let world = World::default();
            world.ask(&events::refund("O-1", "480.00")).await;
            world.decide("billing-manager-1", "reject", "no").await;
            let first = world.memory.state().calls.len();
            if lost {
                world.memory.state().lost_at = Some(first + at);
            } else {
                world.memory.state().fails_at = Some(first + at);
            }
            let _ = world.try_sweep().await;
            for _ in 0..3 {
                world.clock.advance(SignedDuration::from_mins(3));
                world.sweep().await;
            }
            let told = world.events();
            for wanted in ["Approval Requested", "Decision Recorded", "Rejected"] {
                assert!(told.contains(&wanted), "{at} {lost}: {told:?}");
            }
            assert_eq!(world.request(&world.newest()).publish_from, None, "{at} {lost}");
        }
    }
}
