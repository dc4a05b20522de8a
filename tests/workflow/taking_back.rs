//! The same instant, when something is taken back, frozen or swept: at most one effect, and
//! everybody was told what holds.

use std::collections::BTreeMap;

use approval_core::audit;
use approval_core::name::RequestId;
use approval_core::status::Status;
use countersign_tests::events::{self, answer};
use countersign_tests::world::World;
use jiff::SignedDuration;

const RUNS: u64 = 100;

/// A refund that waits, and its reference.
async fn pending(run: u64) -> (World, RequestId, String) {
    let world = World::default();
    let told = world.ask(&events::refund("O-1", "480.00")).await;
    assert_eq!(told["status"], "pending", "{told}");
    let id = world.newest();
    world.memory.state().jitter = run;
    (world, id, told["reference"].as_str().unwrap().to_owned())
}

/// The same, approved.
async fn approved(run: u64) -> (World, RequestId, String) {
    let (world, id, reference) = pending(0).await;
    world.decide("billing-manager-1", "approve", "").await;
    world.memory.state().jitter = run;
    (world, id, reference)
}

/// What holds however it ended: one record for each transition, and done at most once, exactly
/// where it is recorded.
fn one_end(world: &World, id: &RequestId) -> &'static str {
    let (request, state) = (world.request(id), world.memory.state());
    audit::check(&request, &state.trails[id]).unwrap();
    assert!(request.status.is_terminal(), "{}", request.status);
    assert!(state.performed.len() <= 1);
    assert_eq!(state.performed.len() == 1, request.status == Status::Executed);
    request.status.as_str()
}

/// Both outcomes were seen.
fn both(seen: &BTreeMap<&str, usize>, ends: [&str; 2]) {
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), ends, "{seen:?}");
}

#[tokio::test]
async fn cancelling_by_the_agent_against_the_claim_has_one_end_and_the_agent_is_told_it() {
    let mut seen = BTreeMap::new();
    for run in 1..=RUNS {
        let (world, id, reference) = approved(run).await;
        let cancel = events::cancel(&reference);
        let (told, _) = tokio::join!(world.send(&cancel), world.execute(&id));
        let told = answer(&told);
        let end = one_end(&world, &id);
        // It is taken back, or it is too late: being done, or done.
        let taken = told["status"] == "cancelled";
        assert_eq!(taken, end == "cancelled", "run {run}: {told}");
        let late = ["executing", "executed"].iter().any(|status| told["status"] == *status);
        assert!(taken || late, "run {run}: {told}");
        *seen.entry(end).or_insert(0) += 1;
    }
    both(&seen, ["cancelled", "executed"]);
}

#[tokio::test]
async fn cancelling_by_an_operator_against_the_claim_has_one_end_and_the_operator_is_told_it() {
    let mut seen = BTreeMap::new();
    for run in 1..=RUNS {
        let (world, id, _) = approved(run).await;
        let (told, _) = tokio::join!(world.stop(&id), world.execute(&id));
        let end = one_end(&world, &id);
        let code = if end == "cancelled" { 200 } else { 409 };
        assert_eq!(told.code, code, "run {run}: {told:?}");
        *seen.entry(end).or_insert(0) += 1;
    }
    both(&seen, ["cancelled", "executed"]);
}

#[tokio::test]
async fn cancelling_against_a_decision_has_one_end_and_both_are_told_it() {
    for by_agent in [true, false] {
        let mut seen = BTreeMap::new();
        for run in 1..=RUNS {
            let (world, id, reference) = pending(run).await;
            let cancel = async {
                if by_agent {
                    answer(&world.send(&events::cancel(&reference)).await)["status"] == "cancelled"
                } else {
                    world.stop(&id).await.code == 200
                }
            };
            let (page, taken) =
                tokio::join!(world.decide("billing-manager-1", "approve", ""), cancel);
            // What was approved may be taken back as well, as long as nothing has begun.
            assert!(taken, "run {run}");
            let decided = world.memory.state().decisions.contains_key(&id);
            let told = if decided { 200 } else { 410 };
            assert_eq!(page.status, told, "run {run}: {}", page.body);
            world.finish(&id).await;
            assert_eq!(one_end(&world, &id), "cancelled", "run {run}");
            assert_eq!(world.memory.state().resumed.len(), 1, "run {run}: the wait was ended once");
            *seen.entry(if decided { "after" } else { "before" }).or_insert(0) += 1;
        }
        both(&seen, ["after", "before"]);
    }
}

#[tokio::test]
async fn a_freeze_against_the_claim_stops_it_or_comes_too_late() {
    let mut seen = BTreeMap::new();
    for run in 1..=RUNS {
        let (world, id, _) = approved(run).await;
        // A freeze is written in no time: it comes at any point of the execution.
        let freeze = async {
            for _ in 0..run % 12 {
                tokio::task::yield_now().await;
            }
            world.freeze(true).await
        };
        let (told, _) = tokio::join!(freeze, world.execute(&id));
        assert_eq!(told.code, 200, "run {run}: {told:?}");
        *seen.entry(one_end(&world, &id)).or_insert(0) += 1;
    }
    both(&seen, ["cancelled", "executed"]);
}

#[tokio::test]
async fn two_sweeps_at_once_end_a_wait_and_expire_as_one() {
    for expires in [false, true] {
        for run in 1..=RUNS {
            let (world, id, _) = if expires { pending(run).await } else { approved(run).await };
            if expires {
                world.clock.advance(SignedDuration::from_hours(4));
            }
            let (one, other) = tokio::join!(world.sweep(), world.sweep());
            assert_eq!(one.expired + other.expired, usize::from(expires), "run {run}");
            // Ending it again is harmless: the workflow execution goes on from the first.
            let told = world.memory.state().resumed.clone();
            assert!((1..=2).contains(&told.len()), "run {run}: {told:?}");
            assert!(told.iter().all(|output| *output == told[0]), "run {run}: {told:?}");
            world.resume(&id, world.request(&id).status).await;
            // Whichever could not note what it did, since the other kept writing, does it again.
            world.clock.advance(SignedDuration::from_mins(2));
            world.sweep().await;
            let end = if expires { "expired" } else { "executed" };
            assert_eq!(one_end(&world, &id), end, "run {run}");
            assert!(world.request(&id).wait.unwrap().resumed, "run {run}");
            let state = world.memory.state();
            let told = |seq| state.events.iter().any(|event| event.seq == seq);
            let news = |seq: &u64| {
                let record = &state.trails[&id][usize::try_from(*seq).unwrap()];
                !approval_core::event::EventType::of(record).is_empty()
            };
            let trail = state.trails[&id].len() as u64;
            assert!((0..trail).filter(news).all(told), "run {run}: all is published");
        }
    }
}
