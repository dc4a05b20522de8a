//! The same instant: whatever the interleaving, there is one outcome.

use approval_core::name::RequestId;
use approval_core::status::Status;
use countersign_tests::events;
use countersign_tests::world::World;
use jiff::SignedDuration;

const RUNS: u64 = 100;

async fn refund(run: u64, amount: &str) -> (World, RequestId) {
    let world = World::default();
    let answer = world.ask(&events::refund("O-1", amount)).await;
    assert_eq!(answer["status"], "pending", "{answer}");
    let id = world.newest();
    world.memory.state().jitter = run;
    (world, id)
}

/// Everything that must hold of a request that has ended, however it did.
fn one_outcome(world: &World, id: &RequestId) -> Status {
    let (request, state) = (world.request(id), world.memory.state());
    let resolutions = [Status::Approved, Status::Rejected, Status::Expired, Status::Cancelled];
    let resolved: Vec<_> = state.trails[id]
        .iter()
        .filter(|record| record.from == Some(Status::Pending))
        .filter(|record| resolutions.contains(&record.to))
        .collect();
    assert_eq!(resolved.len(), 1, "resolved once");
    approval_core::audit::check(&request, &state.trails[id]).unwrap();
    assert!(state.performed.len() <= 1);
    assert_eq!(state.performed.len() == 1, request.status == Status::Executed);
    assert_eq!(state.resumed.len(), 1, "the wait was ended once");
    resolved[0].to
}

#[tokio::test]
async fn h05_two_approvers_at_the_same_instant_make_one_execution() {
    for run in 1..=RUNS {
        let (world, id) = refund(run, "480.00").await;
        let (one, other) = tokio::join!(
            world.press("billing-manager-1", "approve", ""),
            world.press("billing-manager-2", "approve", ""),
        );
        let mut said = [one.status, other.status];
        said.sort_unstable();
        assert_eq!(said, [200, 409], "run {run}: one decided, one had no effect");
        assert_eq!(world.memory.state().decisions[&id].len(), 1, "run {run}");
        world.finish(&id).await;
        assert_eq!(one_outcome(&world, &id), Status::Approved, "run {run}");
    }
}

#[tokio::test]
async fn h05_the_last_two_of_three_at_the_same_instant_both_count() {
    for run in 1..=RUNS {
        let (world, id) = refund(run, "2500.00").await;
        world.press("billing-manager-3", "approve", "").await;
        let (one, other) = tokio::join!(
            world.press("billing-manager-1", "approve", ""),
            world.press("compliance-reviewer-1", "approve", ""),
        );
        assert_eq!((one.status, other.status), (200, 200), "run {run}");
        world.finish(&id).await;
        assert_eq!(one_outcome(&world, &id), Status::Approved, "run {run}");
        assert_eq!(world.request(&id).status, Status::Executed, "run {run}");
    }
}

#[tokio::test]
async fn h04_approval_against_rejection_ends_as_the_first_one_recorded() {
    let mut seen = std::collections::BTreeMap::new();
    for run in 1..=RUNS {
        let (world, id) = refund(run, "480.00").await;
        let (yes, no) = tokio::join!(
            world.press("billing-manager-1", "approve", ""),
            world.press("billing-manager-2", "reject", "not this one"),
        );
        world.finish(&id).await;
        let outcome = one_outcome(&world, &id);
        let said = if outcome == Status::Approved { (200, 409) } else { (409, 200) };
        assert_eq!((yes.status, no.status), said, "run {run}");
        *seen.entry(outcome.as_str()).or_insert(0) += 1;
    }
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), ["approved", "rejected"], "{seen:?}");
}

#[tokio::test]
async fn h04_a_rejection_before_the_quorum_is_full_wins_in_every_interleaving() {
    for run in 1..=RUNS {
        let (world, id) = refund(run, "2500.00").await;
        tokio::join!(
            world.press("billing-manager-1", "approve", ""),
            world.press("compliance-reviewer-1", "reject", "no"),
        );
        world.press("billing-manager-2", "approve", "").await;
        world.finish(&id).await;
        assert_eq!(one_outcome(&world, &id), Status::Rejected, "run {run}");
    }
}

#[tokio::test]
async fn f09_a_decision_against_expiry_has_one_outcome_and_the_person_is_told_it() {
    let mut seen = std::collections::BTreeMap::new();
    for run in 1..=RUNS {
        let (world, id) = refund(run, "480.00").await;
        let left = world.request(&id).decide_by.unwrap().since(world.now());
        world.clock.advance(left - SignedDuration::from_millis(1));
        let expiry = async {
            world.clock.advance(SignedDuration::from_millis(1));
            world.sweep().await;
        };
        let (page, ()) = tokio::join!(world.press("billing-manager-1", "approve", ""), expiry);
        world.finish(&id).await;
        let outcome = one_outcome(&world, &id);
        let decided = world.memory.state().decisions.contains_key(&id);
        assert_eq!(decided, outcome == Status::Approved, "run {run}");
        assert_eq!(page.status, if decided { 200 } else { 410 }, "run {run}: {}", page.body);
        *seen.entry(outcome.as_str()).or_insert(0) += 1;
    }
    assert_eq!(seen.keys().copied().collect::<Vec<_>>(), ["approved", "expired"], "{seen:?}");
}

#[tokio::test]
async fn f04_whatever_is_delivered_three_times_at_once_has_one_effect() {
    for run in 1..=RUNS {
        let world = World::default();
        world.send(&events::refund("O-1", "480.00")).await;
        let id = world.newest();
        world.memory.state().executions.insert(id.clone(), true);
        world.memory.state().jitter = run;
        // One that finds the record changed fails, and the state machine tries it again.
        let _ = tokio::join!(world.classify(&id), world.classify(&id), world.classify(&id));
        world.classify(&id).await.unwrap();
        let ask = || world.await_decision(&id);
        let _ = tokio::join!(ask(), ask(), ask());
        ask().await.unwrap();
        world.press("billing-manager-1", "approve", "").await;
        let _ = tokio::join!(world.try_sweep(), world.try_sweep(), world.try_sweep());
        let _ = tokio::join!(world.execute(&id), world.execute(&id), world.execute(&id));
        world.sweep().await;
        assert_eq!(world.request(&id).status, Status::Executed, "run {run}");
        assert_eq!(world.performed().len(), 1, "run {run}");
        let state = world.memory.state();
        approval_core::audit::check(&state.requests[&id], &state.trails[&id]).unwrap();
        let mut steps: Vec<_> = state.trails[&id]
            .iter()
            .filter_map(|one| one.from.map(|from| (from, one.to)))
            .collect();
        steps.retain(|(from, to)| from != to);
        assert_eq!(steps.len(), 4, "run {run}: {steps:?}");
        let asked = |who: &str| {
            state
                .letters
                .iter()
                .filter(|one| {
                    one.approver.as_str() == who && one.text.contains("your personal link")
                })
                .count()
        };
        assert!((1..=3).contains(&asked("billing-manager-2")), "run {run}");
    }
}
