//! Each call fails once, before its effect or after it: no ask is lost, nothing runs twice, and
//! nothing runs that should not.

use approval_core::audit;
use approval_core::status::Status;
use countersign_tests::events::{self, answer};
use countersign_tests::world::World;
use jiff::SignedDuration;
use serde_json::Value;

/// How the one call fails.
#[derive(Clone, Copy, Debug)]
enum Fault {
    Before(usize),
    After(usize),
}

/// The agent asks while one call fails; then retries, the workflow and the sweep go on until
/// nothing moves any more.
async fn with(fault: Fault, event: &Value, approvers: &[&str]) -> World {
    let world = World::default();
    match fault {
        Fault::Before(n) => world.memory.state().fails_at = Some(n),
        Fault::After(n) => world.memory.state().lost_at = Some(n),
    }
    if answer(&world.send(event).await)["status"] == "unavailable" {
        // The agent does as it was told: it asks again.
        world.send(event).await;
    }
    for _ in 0..20 {
        let ids: Vec<_> = world.memory.state().requests.keys().cloned().collect();
        for id in ids {
            let request = world.request(&id);
            if request.status == Status::Pending && request.wait.is_some() {
                world.approve(&id, approvers);
                world.resume(&id, Status::Approved).await;
            } else if !request.status.is_terminal() {
                world.run(&id).await;
            }
        }
        world.clock.advance(SignedDuration::from_secs(61));
        let _ = world.try_sweep().await;
    }
    world
}

/// Runs the story once clean and once for each call and fault; tells the most that was done.
async fn each(event: Value, approvers: &[&str], ends: &[Status]) {
    let clean = with(Fault::Before(usize::MAX), &event, approvers).await;
    let calls = clean.memory.state().calls.len();
    assert!(calls > 12, "a clean run makes {calls} calls");
    for n in 0..calls {
        for fault in [Fault::Before(n), Fault::After(n)] {
            let world = with(fault, &event, approvers).await;
            let state = world.memory.state();
            let failed = state.calls.get(n).copied();
            let told = format!("{fault:?} ({failed:?})");
            let request = state.requests.values().next().expect(&told);
            assert_eq!(state.requests.len(), 1, "{told}: one ask is one request");
            assert!(ends.contains(&request.status), "{told}: {}", request.status);
            let keys: std::collections::BTreeSet<_> =
                state.performed.iter().map(|(key, _)| key).collect();
            assert!(keys.len() <= 1, "{told}: one key");
            if !request.idempotent {
                assert!(state.performed.len() <= 1, "{told}: at most once");
            }
            if request.status == Status::Executed {
                assert!(!state.performed.is_empty(), "{told}: nothing was done");
            }
            audit::check(request, &state.trails[&request.id]).expect(&told);
        }
    }
}

#[tokio::test]
async fn f17_an_allowed_idempotent_refund_is_done_whatever_call_fails() {
    each(events::refund("O-1", "80.00"), &[], &[Status::Executed]).await;
}

#[tokio::test]
async fn f17_an_approved_idempotent_refund_is_done_whatever_call_fails() {
    let approvers = ["billing-manager-1"];
    each(events::refund("O-1", "480.00"), &approvers, &[Status::Executed]).await;
}

#[tokio::test]
async fn promise_3_a_cancellation_is_attempted_at_most_once_whatever_call_fails() {
    let event = events::cancellation();
    let ends = [Status::Executed, Status::InDoubt];
    each(event, &["support-lead-1"], &ends).await;
}
