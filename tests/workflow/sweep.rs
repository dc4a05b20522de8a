//! What relay-outbox owes, it does, however often it is asked.

use approval_core::claim::Claim;
use approval_core::metric::Metric;
use approval_core::status::Status;
use countersign_tests::asl::Run;
use countersign_tests::events;
use countersign_tests::world::World;
use jiff::SignedDuration;
use relay_outbox::Sweep;

fn minutes(n: i64) -> SignedDuration {
    SignedDuration::from_mins(n)
}

#[tokio::test]
async fn f05_what_the_door_could_not_start_is_started() {
    let world = World::default();
    world.send(&events::refund("O-1", "80.00")).await;
    world.memory.state().executions.clear();
    world.clock.advance(minutes(1));
    let sweep = world.sweep().await;
    assert_eq!((sweep.due, sweep.started, sweep.parked), (1, 1, 0));
    assert_eq!(world.run(&world.newest()).await, Run::Ended("Done".into()));
    assert_eq!(world.performed().len(), 1);
}

#[tokio::test]
async fn a_young_request_is_left_alone() {
    let world = World::default();
    world.send(&events::refund("O-1", "80.00")).await;
    assert_eq!(world.sweep().await, Sweep::default());
}

#[tokio::test]
async fn h13_what_nobody_decides_expires_and_its_wait_is_ended_once() {
    let world = World::default();
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    world.clock.advance(minutes(239));
    let asked = Sweep { due: 1, told: 1, published: 1, ..Sweep::default() };
    assert_eq!(world.sweep().await, asked, "once, and late");
    let reminded = Sweep { due: 1, published: 1, ..Sweep::default() };
    assert_eq!(world.sweep().await, reminded, "the reminders are told to others");
    assert_eq!(world.sweep().await, Sweep::default());
    world.clock.advance(minutes(1));
    let sweep = world.sweep().await;
    assert_eq!((sweep.expired, sweep.resumed, sweep.told), (1, 1, 1));
    assert_eq!(world.request(&id).status, Status::Expired);
    assert_eq!(world.resume(&id, Status::Expired).await, Run::Ended("Nothing executed".into()));
    assert_eq!(world.sweep().await, Sweep::default(), "f45: nothing is owed twice");
    assert_eq!(world.memory.state().resumed.len(), 1);
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn a_sweep_measures_what_waits_and_for_how_long() {
    let world = World::default();
    world.sweep().await;
    let idle = [Metric::Parked(0), Metric::Pending(0), Metric::OldestPending(minutes(0))];
    assert_eq!(std::mem::take(&mut world.memory.state().measured), idle);
    world.ask(&events::refund("O-1", "480.00")).await;
    world.clock.advance(minutes(7));
    world.ask(&events::refund("O-2", "490.00")).await;
    world.clock.advance(minutes(2));
    std::mem::take(&mut world.memory.state().measured);
    world.sweep().await;
    let busy = [Metric::Parked(0), Metric::Pending(2), Metric::OldestPending(minutes(9))];
    assert_eq!(world.memory.state().measured, busy);
}

/// A refund whose deadline has passed, and the calls that led there.
async fn late() -> (World, usize) {
    let world = World::default();
    world.ask(&events::refund("O-1", "480.00")).await;
    world.sweep().await;
    world.clock.advance(minutes(240));
    world.memory.state().measured.clear();
    let calls = world.memory.state().calls.len();
    (world, calls)
}

#[tokio::test]
async fn a_wait_that_cannot_be_ended_is_measured_and_what_cannot_be_counted_fails_nothing() {
    let (calm, first) = late().await;
    let said = calm.sweep().await;
    let calls = calm.memory.state().calls[first..].to_vec();
    let resume = calls.iter().position(|call| *call == "resume").unwrap();
    let (world, first) = late().await;
    world.memory.state().fails_at = Some(first + resume);
    world.sweep().await;
    let measured = world.memory.state().measured.clone();
    assert_eq!(measured[..2], [Metric::ResumeFailed, Metric::Parked(1)]);
    assert_eq!(calls.last(), Some(&"waiting"), "nothing depends on it");
    let (world, first) = late().await;
    world.memory.state().fails_at = Some(first + calls.len() - 1);
    assert_eq!(world.sweep().await, said);
    assert_eq!(world.memory.state().measured, [Metric::Parked(0)]);
}

#[tokio::test]
async fn f10_a_workflow_that_was_stopped_closes_its_request() {
    for (amount, closed) in [("80.00", Status::Cancelled), ("480.00", Status::Expired)] {
        let world = World::default();
        world.send(&events::refund("O-1", amount)).await;
        let id = world.newest();
        world.classify(&id).await.unwrap();
        world.memory.state().executions.insert(id.clone(), false);
        world.clock.advance(minutes(1));
        assert_eq!(world.sweep().await.closed, 1);
        assert_eq!(world.request(&id).status, closed);
        assert!(world.performed().is_empty());
    }
}

#[tokio::test]
async fn what_was_allowed_but_never_ran_expires() {
    let world = World::default();
    world.send(&events::refund("O-1", "80.00")).await;
    let id = world.newest();
    world.classify(&id).await.unwrap();
    world.clock.advance(minutes(15));
    assert_eq!(world.sweep().await.expired, 1);
    assert_eq!(world.request(&id).status, Status::Expired);
    assert_eq!(world.execute(&id).await.unwrap(), Status::Expired);
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn f14_a_dead_claim_is_marked_in_doubt_and_never_performed() {
    let world = World::default();
    world.ask(&events::cancellation()).await;
    let id = world.newest();
    let until = world.now().plus(SignedDuration::from_secs(65));
    let claim = Claim { request: id.clone(), at: world.now(), until, settled: false };
    world.memory.state().claims.insert(id.clone(), claim);
    world.flip(&id, Status::Executing);
    world.tamper(&id, |request| {
        request.claimed_until = Some(until);
        request.wait = None;
    });
    world.clock.advance(minutes(1));
    assert_eq!(world.sweep().await, Sweep::default(), "its maker may still be at work");
    world.clock.advance(minutes(1));
    assert_eq!(world.sweep().await.doubted, 1);
    assert_eq!(world.request(&id).status, Status::InDoubt);
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn f32_one_request_that_cannot_be_served_holds_up_no_other() {
    let world = World::default();
    for order in ["O-1", "O-2", "O-3"] {
        world.send(&events::refund(order, "80.00")).await;
    }
    world.memory.state().executions.clear();
    world.clock.advance(minutes(1));
    let next = world.memory.state().calls.len();
    world.memory.state().fails_at = Some(next + 1);
    let sweep = world.sweep().await;
    assert_eq!((sweep.due, sweep.started, sweep.parked), (3, 2, 1));
}

#[tokio::test]
async fn f34_what_cannot_be_read_is_counted_in_every_period_of_the_alarm() {
    let world = World::default();
    world.send(&events::refund("O-1", "80.00")).await;
    let id = world.newest();
    world.memory.state().unreadable.insert(id);
    world.clock.advance(minutes(1));
    for period in 0..12 {
        let mut parked = 0;
        for _ in 0..5 {
            parked += world.sweep().await.parked;
            world.clock.advance(minutes(1));
        }
        assert!(parked > 0, "period {period}");
    }
}
