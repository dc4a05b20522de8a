//! What runs, what does not, and how often.

use approval_core::claim::Claim;
use approval_core::failure::HandlerError;
use approval_core::outcome::Outcome;
use approval_core::permit::ExecutionPermit;
use approval_core::ports::Perform;
use approval_core::sealed::Sealed;
use approval_core::status::Status;
use countersign_tests::asl::Run;
use countersign_tests::events;
use countersign_tests::world::{World, example};
use jiff::SignedDuration;

async fn pending(world: &World, amount: &str) -> approval_core::name::RequestId {
    let answer = world.ask(&events::refund("O-1", amount)).await;
    assert_eq!(answer["status"], "pending", "{answer}");
    world.newest()
}

#[tokio::test]
async fn what_was_approved_runs_once_with_the_approved_arguments() {
    let world = World::default();
    let id = pending(&world, "480.00").await;
    world.approve(&id, &["billing-manager-1"]);
    assert_eq!(world.resume(&id, Status::Approved).await, Run::Ended("Done".into()));
    assert_eq!(world.request(&id).status, Status::Executed);
    assert_eq!(world.performed().len(), 1);
    assert_eq!(world.performed()[0].1["amount"], 480);
}

#[tokio::test]
async fn above_a_thousand_three_distinct_people_are_needed() {
    for (people, status) in [
        (&["billing-manager-1", "billing-manager-2"][..], Status::Refused),
        (&["billing-manager-1", "compliance-reviewer-1"][..], Status::Refused),
        (
            &["compliance-reviewer-1", "billing-manager-2", "billing-manager-3"][..],
            Status::Executed,
        ),
    ] {
        let world = World::default();
        let id = pending(&world, "2500.00").await;
        world.approve(&id, people);
        world.resume(&id, Status::Approved).await;
        assert_eq!(world.request(&id).status, status, "{people:?}");
        assert_eq!(world.performed().len(), usize::from(status == Status::Executed));
    }
}

#[tokio::test]
async fn promise_1_a_status_flipped_to_approved_by_hand_executes_nothing() {
    let world = World::default();
    let id = pending(&world, "480.00").await;
    world.flip(&id, Status::Approved);
    world.resume(&id, Status::Approved).await;
    assert_eq!(world.request(&id).status, Status::Refused);
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn promise_1_a_resume_that_lies_executes_nothing() {
    let world = World::default();
    let id = pending(&world, "480.00").await;
    assert_eq!(world.resume(&id, Status::Approved).await, Run::Ended("Done".into()));
    assert_eq!(world.request(&id).status, Status::Pending, "the table decides");
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn g17_a_sealed_action_changed_by_one_byte_executes_nothing() {
    let world = World::default();
    let id = pending(&world, "480.00").await;
    world.approve(&id, &["billing-manager-1"]);
    world.tamper(&id, |request| *request.action.0.last_mut().unwrap() ^= 1);
    world.resume(&id, Status::Approved).await;
    assert_eq!(world.request(&id).status, Status::Refused);
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn a_sealed_action_of_another_request_executes_nothing() {
    let world = World::default();
    world.ask(&events::refund("O-9", "90.00")).await;
    let small = world.request(&world.newest());
    let id = pending(&world, "480.00").await;
    world.approve(&id, &["billing-manager-1"]);
    world.tamper(&id, |request| {
        request.action = Sealed(small.action.0.clone());
        request.digest = small.digest;
    });
    world.resume(&id, Status::Approved).await;
    assert_eq!(world.request(&id).status, Status::Refused);
    assert_eq!(world.performed().len(), 1, "only the small one, before");
}

#[tokio::test]
async fn promise_2_an_executed_record_flipped_back_does_not_run_again() {
    for (wait, amount) in [(0, "80.00"), (3600, "80.00")] {
        let world = World::default();
        world.ask(&events::refund("O-1", amount)).await;
        let id = world.newest();
        assert_eq!(world.performed().len(), 1);
        world.clock.advance(SignedDuration::from_secs(wait));
        world.flip(&id, Status::Allowed);
        assert_eq!(world.execute(&id).await.unwrap(), Status::Refused);
        assert_eq!(world.performed().len(), 1);
    }
}

#[tokio::test]
async fn promise_2_an_executed_record_flipped_back_to_executing_does_not_run_again() {
    let world = World::default();
    world.ask(&events::refund("O-1", "80.00")).await;
    let id = world.newest();
    world.clock.advance(SignedDuration::from_hours(2));
    world.flip(&id, Status::Executing);
    world.tamper(&id, |request| request.claimed_until = Some(request.asked_at));
    assert_eq!(world.execute(&id).await.unwrap(), Status::InDoubt, "the settled claim tells");
    assert_eq!(world.performed().len(), 1);
}

#[tokio::test]
async fn a_retargeted_tool_executes_nothing() {
    let mut world = World::default();
    let id = pending(&world, "480.00").await;
    world.approve(&id, &["billing-manager-1"]);
    world.executor_policy = example("other");
    world.resume(&id, Status::Approved).await;
    assert_eq!(world.request(&id).status, Status::Refused);
    assert_eq!(
        world.request(&id).reason.as_deref(),
        Some("the tool changed since it was asked for")
    );
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn f41_a_freeze_between_approval_and_execution_cancels() {
    let scopes =
        ["all", "tool#billing___refund_order", "agent#SUPPORT001/PRODALIAS1", "agent#SUPPORT001"];
    for scope in scopes {
        let world = World::default();
        let id = pending(&world, "480.00").await;
        world.approve(&id, &["billing-manager-1"]);
        world.memory.state().freezes.insert(scope.to_owned());
        world.resume(&id, Status::Approved).await;
        assert_eq!(world.request(&id).status, Status::Cancelled, "{scope}");
        assert!(world.performed().is_empty());
    }
}

#[tokio::test]
async fn promise_6_no_claim_at_or_after_run_by() {
    let world = World::default();
    let id = pending(&world, "480.00").await;
    world.approve(&id, &["billing-manager-1"]);
    world.clock.advance(SignedDuration::from_mins(15));
    world.resume(&id, Status::Approved).await;
    assert_eq!(world.request(&id).status, Status::Expired);
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn f12_no_answer_from_an_idempotent_target_is_asked_again_with_the_same_key() {
    let world = World::default();
    world.memory.state().outcomes =
        vec![Outcome::Unknown("lost"), Outcome::Done(serde_json::json!("RF-1"))];
    let answer = world.ask(&events::refund("O-1", "80.00")).await;
    assert_eq!(answer["status"], "executed", "{answer}");
    let performed = world.performed();
    assert_eq!(performed.len(), 2);
    assert_eq!(performed[0], performed[1], "the same key and the same arguments");
}

#[tokio::test]
async fn f12_no_answer_from_another_target_is_in_doubt_and_never_asked_again() {
    let world = World::default();
    world.ask(&events::cancellation()).await;
    let id = world.newest();
    world.approve(&id, &["support-lead-1"]);
    world.memory.state().outcomes = vec![Outcome::Unknown("lost")];
    assert_eq!(world.resume(&id, Status::Approved).await, Run::Ended("Done".into()));
    assert_eq!(world.request(&id).status, Status::InDoubt);
    assert_eq!(world.execute(&id).await.unwrap(), Status::InDoubt);
    assert_eq!(world.performed().len(), 1);
}

#[tokio::test]
async fn a_target_that_says_it_did_nothing_ends_failed() {
    let world = World::default();
    world.memory.state().outcomes = vec![Outcome::NotDone("the target says it did nothing")];
    let answer = world.ask(&events::refund("O-1", "80.00")).await;
    assert_eq!(answer["status"], "failed", "{answer}");
    assert!(answer["message"].as_str().unwrap().contains("did nothing"), "{answer}");
}

#[tokio::test]
async fn f14_a_held_claim_is_waited_for_and_a_dead_one_is_not_performed_twice() {
    let world = World::default();
    world.ask(&events::cancellation()).await;
    let id = world.newest();
    world.approve(&id, &["support-lead-1"]);
    // An executor claimed and died.
    let (at, until) = (world.now(), world.now().plus(SignedDuration::from_secs(65)));
    let claim = Claim { request: id.clone(), at, until, settled: false };
    world.memory.state().claims.insert(id.clone(), claim);
    world.flip(&id, Status::Executing);
    world.tamper(&id, |request| request.claimed_until = Some(until));
    assert!(matches!(world.execute(&id).await, Err(HandlerError::ClaimHeld)));
    world.clock.advance(SignedDuration::from_secs(65));
    assert_eq!(world.execute(&id).await.unwrap(), Status::InDoubt);
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn f15_too_little_time_left_starts_nothing() {
    let world = World::default();
    world.send(&events::refund("O-1", "80.00")).await;
    let id = world.newest();
    world.classify(&id).await.unwrap();
    let executor = execute_action::ExecuteAction {
        stack: approval_testkit::sample::STACK.to_owned(),
        policy: countersign_tests::world::policy(),
        store: &world.memory,
        parts: &world.memory,
        macs: &world.memory,
        targets: &world.memory,
        clock: &world.clock,
    };
    for left in [-5, 0, 2] {
        let deadline = world.now().plus(SignedDuration::from_secs(left));
        let refused = executor.handle(&id, deadline).await;
        assert!(matches!(refused, Err(HandlerError::Unavailable(_))), "{left}");
    }
    assert!(world.performed().is_empty());
    assert_eq!(world.request(&id).status, Status::Allowed);
}

#[tokio::test]
async fn f13_a_repeat_that_was_turned_away_is_in_doubt_and_asked_no_more() {
    let world = World::default();
    world.memory.state().outcomes = vec![Outcome::Unknown("lost")];
    world.memory.state().outcomes.extend(vec![Outcome::NotDone("turned away"); 6]);
    let first = world.ask(&events::refund("O-1", "80.00")).await;
    assert_eq!(first["status"], "executing", "the first call may have done it: {first}");
    world.clock.advance(SignedDuration::from_mins(20));
    world.sweep().await;
    let second = world.ask(&events::refund("O-1", "80.00")).await;
    assert_eq!(second["status"], "in_doubt", "{second}");
    assert_eq!(second["reference"], first["reference"], "no second request, no second key");
}

/// A target that is slow, so that relay-outbox sweeps meanwhile.
struct Slow<'a>(&'a World);

impl Perform for Slow<'_> {
    async fn perform(&self, permit: &ExecutionPermit) -> Outcome {
        self.0.clock.advance(SignedDuration::from_secs(20));
        let id = permit.request();
        // Bookkeeping of whatever kind comes between.
        let touched = self.0.request(id).resumed(self.0.now());
        self.0.memory.state().requests.insert(id.clone(), touched);
        self.0.sweep().await;
        Outcome::Done(serde_json::json!("RF-1"))
    }
}

#[tokio::test]
async fn f02_bookkeeping_during_the_call_costs_no_outcome() {
    let world = World::default();
    world.ask(&events::cancellation()).await;
    let id = world.newest();
    world.approve(&id, &["support-lead-1"]);
    let executor = execute_action::ExecuteAction {
        stack: approval_testkit::sample::STACK.to_owned(),
        policy: countersign_tests::world::policy(),
        store: &world.memory,
        parts: &world.memory,
        macs: &world.memory,
        targets: Slow(&world),
        clock: &world.clock,
    };
    let deadline = world.now().plus(SignedDuration::from_secs(60));
    assert_eq!(executor.handle(&id, deadline).await.unwrap(), Status::Executed);
}

#[tokio::test]
async fn promise_2_what_was_cancelled_or_done_is_not_revived_a_year_later() {
    let year = SignedDuration::from_hours(24 * 365);
    let world = World::default();
    let id = pending(&world, "2500.00").await;
    world.approve(&id, &["compliance-reviewer-1", "billing-manager-2", "billing-manager-3"]);
    world.memory.state().freezes.insert("all".to_owned());
    world.resume(&id, Status::Approved).await;
    assert_eq!(world.request(&id).status, Status::Cancelled);
    world.memory.state().freezes.clear();
    world.clock.advance(year);
    world.flip(&id, Status::Approved);
    assert_eq!(world.execute(&id).await.unwrap(), Status::Refused);
    assert!(world.performed().is_empty());

    let world = World::default();
    world.ask(&events::refund("O-1", "80.00")).await;
    let id = world.newest();
    world.clock.advance(year);
    world.flip(&id, Status::Executing);
    world.tamper(&id, |request| request.claimed_until = Some(request.asked_at));
    world.memory.state().claims.get_mut(&id).unwrap().settled = false;
    assert_eq!(world.execute(&id).await.unwrap(), Status::InDoubt);
    assert_eq!(world.performed().len(), 1);
}
