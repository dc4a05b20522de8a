//! What the books of a request must not do: grow for ever, hold up people, or stretch a window.

use std::sync::Arc;

use approval_core::name::{Group, RequestId};
use approval_core::status::Status;
use approval_policy::Bundle;
use countersign_tests::events;
use countersign_tests::world::{World, edited};
use jiff::SignedDuration;
use serde_json::json;

/// Sweeps that many times, two minutes apart; the bus takes all or nothing.
async fn sweeps(world: &World, times: u32, bus: bool) {
    for _ in 0..times {
        world.memory.state().takes = (!bus).then_some(0);
        world.sweep().await;
        world.clock.advance(SignedDuration::from_mins(2));
    }
    world.memory.state().takes = None;
}

async fn refund() -> (World, RequestId) {
    let world = World::default();
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    (world, id)
}

/// An approver who was written to, and then left.
fn without_one() -> Arc<Bundle> {
    edited("approvers.toml", "billing-manager-3", "billing-manager-9")
}

#[tokio::test]
async fn f28_a_bus_that_takes_nothing_leaves_the_request_as_it_was() {
    let (world, id) = refund().await;
    let keys = json!({"pk": {"S": format!("REQ#{id}")}, "sk": {"S": "META"}});
    let event = json!({"Records": [{"dynamodb": {"Keys": keys, "SequenceNumber": "1"}}]});
    let before = world.request(&id).version;
    for _ in 0..10 {
        world.memory.state().takes = Some(0);
        world.relay(&event).await;
    }
    assert_eq!(world.request(&id).version, before);
}

#[tokio::test]
async fn f28_a_bus_that_takes_nothing_holds_up_no_reminder() {
    let (world, _) = refund().await;
    let before = world.letters().len();
    world.clock.advance(SignedDuration::from_mins(121));
    sweeps(&world, 30, false).await;
    assert_eq!(world.letters().len(), before + 3);
}

#[tokio::test]
async fn a_request_whose_group_is_gone_is_published_no_more() {
    let (world, id) = refund().await;
    world.tamper(&id, |request| {
        let assessment = request.assessment.as_mut().expect("assessed");
        assessment.requirements[0].group = Group::parse("renamed-away").expect("a group");
    });
    world.clock.advance(SignedDuration::from_mins(121));
    sweeps(&world, 20, true).await;
    assert_eq!(world.memory.state().published.len(), 1, "the one of the first asking");
}

#[tokio::test]
async fn who_left_before_the_end_is_owed_nothing() {
    let (mut world, id) = refund().await;
    world.policy = without_one();
    world.decide("billing-manager-1", "reject", "no").await;
    sweeps(&world, 5, true).await;
    let settled = world.request(&id);
    assert_eq!(settled.notify_at, None);
    sweeps(&world, 20, true).await;
    assert_eq!(world.request(&id).version, settled.version);
}

#[tokio::test]
async fn what_ends_at_its_hard_limit_is_told_all_the_same() {
    let world = World::with(&edited("policy.toml", "hard_limit = \"P7D\"", "hard_limit = \"P1D\""));
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    let until = world.request(&id).hard_limit;
    let more = json!({"order": "extend", "request": id, "until": until, "reason": "more"});
    assert_eq!(world.order(&more).await.0, 200);
    world.clock.advance(SignedDuration::from_hours(20));
    world.sweep().await;
    let before = world.letters().len();
    world.clock.advance(SignedDuration::from_hours(4));
    sweeps(&world, 3, true).await;
    assert_eq!(world.request(&id).status, Status::Expired);
    assert_eq!(world.letters().len(), before + 3);
}

#[tokio::test]
async fn a_reminder_that_did_not_go_out_is_not_published_as_sent() {
    let (world, _) = refund().await;
    for n in 1..=3 {
        world.memory.state().refuses.insert(format!("billing-manager-{n}@example.com"));
    }
    world.clock.advance(SignedDuration::from_mins(121));
    sweeps(&world, 5, true).await;
    assert!(!world.events().contains(&"Reminder Sent"), "{:?}", world.events());
}

#[tokio::test]
async fn g31_the_window_of_a_repeat_runs_from_the_end_whatever_is_written_later() {
    for (left, bus) in [(false, true), (true, true), (false, false)] {
        let (mut world, id) = refund().await;
        if left {
            world.policy = without_one();
        }
        world.decide("billing-manager-1", "approve", "").await;
        world.sweep().await;
        world.resume(&id, Status::Approved).await;
        assert_eq!(world.request(&id).status, Status::Executed);
        // What cannot be told is tried again, and each try is noted.
        world.memory.state().refuses.insert("billing-manager-2@example.com".to_owned());
        sweeps(&world, 4, bus).await;
        world.ask(&events::refund("O-1", "480.00")).await;
        assert_eq!(world.newest(), id, "within ten minutes");
        sweeps(&world, 1, bus).await;
        world.ask(&events::refund("O-1", "480.00")).await;
        assert_ne!(world.newest(), id, "after ten minutes; left {left}, bus {bus}");
    }
}
