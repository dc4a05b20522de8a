//! A further group is asked when too few have answered, and more than one rejection where a rule
//! wants that.

use std::sync::Arc;

use approval_core::audit::AuditKind;
use approval_core::decision::Verdict;
use approval_core::name::ApproverId;
use approval_core::status::Status;
use approval_policy::Bundle;
use approval_testkit::sample;
use countersign_tests::events;
use countersign_tests::world::{World, edited, edits};
use jiff::SignedDuration;

/// Refunds above 100 go to the compliance reviewers as well after an hour.
fn escalating() -> Arc<Bundle> {
    let rule = "@id(\"refund-over-100\")\n@ask(\"billing-managers\")";
    let more = "@id(\"refund-over-100\")\n@ask(\"billing-managers\")\n@escalate_after(\"PT1H\")";
    edited("refunds.cedar", rule, more)
}

fn hours(count: i64) -> SignedDuration {
    SignedDuration::from_hours(count)
}

#[tokio::test]
async fn after_its_time_the_further_group_is_asked_and_may_answer() {
    let world = World::with(&escalating());
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    assert!(!world.mailed().contains(&"compliance-reviewer-1".to_owned()));
    world.clock.advance(hours(1));
    world.sweep().await;
    assert!(world.mailed().contains(&"compliance-reviewer-1".to_owned()), "{:?}", world.mailed());
    let letters = world.letters();
    let theirs = letters.iter().find(|one| one.approver.as_str() == "compliance-reviewer-1");
    assert!(theirs.unwrap().text.contains("too few of those who were asked first"));
    let notes: Vec<_> =
        world.memory.state().trails[&id].iter().map(|one| one.note.clone()).collect();
    let escalated = "compliance-reviewer-1 was asked in place of others by mail".to_owned();
    assert!(notes.contains(&Some(escalated)), "{notes:?}");
    world.decide("compliance-reviewer-1", "approve", "").await;
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Executed);
    assert_eq!(world.performed().len(), 1);
}

#[tokio::test]
async fn it_adds_people_and_removes_none() {
    let world = World::with(&escalating());
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    world.clock.advance(hours(1));
    world.sweep().await;
    world.decide("billing-manager-2", "approve", "").await;
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Executed);
}

#[tokio::test]
async fn an_answer_of_the_further_group_before_its_time_counts_nowhere() {
    // Only the executor knows the rule without escalation: by its policy they never count.
    let mut world = World::with(&escalating());
    world.executor_policy = countersign_tests::world::policy();
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    world.clock.advance(hours(1));
    world.sweep().await;
    world.decide("compliance-reviewer-1", "approve", "").await;
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Refused, "the stricter policy holds");
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn an_earlier_escalation_written_into_the_record_gives_nobody_a_vote() {
    let world = World::with(&escalating());
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    world.tamper(&id, |request| {
        let assessment = request.assessment.as_mut().unwrap();
        let to = assessment.requirements[0].escalation.as_mut().unwrap();
        to.from = request.asked_at;
        request.notify_at = Some(request.asked_at);
    });
    world.sweep().await;
    world.decide("compliance-reviewer-1", "approve", "").await;
    assert_eq!(world.request(&id).status, Status::Approved, "advice, like every status");
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Refused);
    assert!(world.performed().is_empty());
}

/// The same, and at once where nobody of the billing managers is reached.
fn hasty() -> Arc<Bundle> {
    let rule = "@id(\"refund-over-100\")\n@ask(\"billing-managers\")";
    let more = "@id(\"refund-over-100\")\n@ask(\"billing-managers\")\n@escalate_after(\"PT1H\")";
    let limit = ("policy.toml", "hard_limit = ", "escalate_unreached = true\nhard_limit = ");
    edits(&[("refunds.cedar", rule, more), limit])
}

#[tokio::test]
async fn where_nobody_of_a_group_is_reached_the_further_one_is_asked_at_once_and_its_answer_counts()
{
    let world = World::with(&hasty());
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    let asked = world.letters();
    for (number, letter) in asked.iter().enumerate() {
        assert!(!world.mailed().contains(&"compliance-reviewer-1".to_owned()), "{number}");
        world.mail_comes_back(letter, number + 1, &events::bounce("Permanent")).await;
    }
    world.sweep().await;
    assert!(world.mailed().contains(&"compliance-reviewer-1".to_owned()), "{:?}", world.mailed());
    let trail = world.memory.state().trails[&id].clone();
    let hastened: Vec<_> = trail.iter().filter(|one| one.kind == AuditKind::Hastened).collect();
    let [hastened] = hastened.try_into().unwrap();
    let note =
        "nobody of billing-managers could be reached: compliance-reviewers may answer at once";
    assert_eq!(hastened.note.as_deref(), Some(note));
    world.decide("compliance-reviewer-1", "approve", "").await;
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Executed, "the executor counts it too");
}

#[tokio::test]
async fn what_comes_back_next_does_not_keep_the_further_group_from_being_asked() {
    let world = World::with(&hasty());
    world.ask(&events::refund("O-1", "480.00")).await;
    let letters = world.letters();
    for (number, letter) in letters.iter().enumerate() {
        world.mail_comes_back(letter, number + 1, &events::bounce("Permanent")).await;
    }
    // Before anybody could write to the further group.
    world.mail_comes_back(&letters[0], 1, &events::complaint()).await;
    world.sweep().await;
    assert!(world.mailed().contains(&"compliance-reviewer-1".to_owned()), "{:?}", world.mailed());
}

#[tokio::test]
async fn a_bounce_at_the_planned_instant_does_not_keep_the_further_group_from_being_asked() {
    let world = World::with(&escalating());
    world.ask(&events::refund("O-1", "480.00")).await;
    world.clock.advance(hours(1));
    world.mail_comes_back(&world.letters()[0], 1, &events::bounce("Permanent")).await;
    world.sweep().await;
    assert!(world.mailed().contains(&"compliance-reviewer-1".to_owned()), "{:?}", world.mailed());
}

#[tokio::test]
async fn a_decision_of_somebody_who_was_never_written_to_makes_nobody_write_for_ever() {
    let world = World::with(&escalating());
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    let lea = ApproverId::parse("billing-manager-3").unwrap();
    let decision =
        sample::decision(&world.request(&id), lea.as_str(), Verdict::Approve, world.now());
    {
        // Put by hand, before anybody was asked.
        let mut state = world.memory.state();
        state.notices.remove(&(id.clone(), lea));
        state.decisions.entry(id.clone()).or_default().push(decision);
    }
    world.mail_comes_back(&world.letters()[0], 1, &events::bounce("Permanent")).await;
    let next = world.request(&id).notify_at;
    assert!(next.is_none_or(|next| next > world.now()), "{next:?}");
}

#[tokio::test]
async fn whoever_is_flooded_with_mail_is_not_taken_for_gone() {
    let world = World::with(&hasty());
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    for _ in 0..6 {
        let letters = world.letters();
        for (number, letter) in letters.iter().enumerate() {
            world.mail_comes_back(letter, number + 1, &events::bounce("Transient")).await;
        }
        world.clock.advance(SignedDuration::from_mins(5));
        world.sweep().await;
    }
    let trail = world.memory.state().trails[&id].clone();
    assert!(trail.iter().all(|one| one.kind != AuditKind::Hastened));
    assert!(!world.mailed().contains(&"compliance-reviewer-1".to_owned()));
}

#[tokio::test]
async fn h04_where_the_executors_policy_does_not_say_so_an_early_answer_carries_nothing() {
    let mut world = World::with(&hasty());
    world.executor_policy = escalating();
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    for (number, letter) in world.letters().iter().enumerate() {
        world.mail_comes_back(letter, number + 1, &events::bounce("Permanent")).await;
    }
    world.sweep().await;
    world.decide("compliance-reviewer-1", "approve", "").await;
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Refused);
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn where_policy_does_not_say_so_nobody_is_asked_early_and_the_planned_time_stands() {
    let world = World::with(&escalating());
    world.ask(&events::refund("O-1", "480.00")).await;
    for (number, letter) in world.letters().iter().enumerate() {
        world.mail_comes_back(letter, number + 1, &events::bounce("Permanent")).await;
    }
    world.sweep().await;
    assert!(!world.mailed().contains(&"compliance-reviewer-1".to_owned()));
    world.clock.advance(hours(1));
    world.sweep().await;
    assert!(world.mailed().contains(&"compliance-reviewer-1".to_owned()));
}

#[tokio::test]
async fn h04_where_a_rule_wants_two_rejections_one_leaves_it_open() {
    let rule = "@id(\"refund-over-100\")\n@ask(\"billing-managers\")";
    let two = "@id(\"refund-over-100\")\n@ask(\"billing-managers\")\n@reject_quorum(\"2\")";
    let world = World::with(&edited("refunds.cedar", rule, two));
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    world.decide("billing-manager-1", "reject", "not sure").await;
    assert_eq!(world.request(&id).status, Status::Pending);
    world.decide("billing-manager-2", "approve", "").await;
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Executed, "one of two rejections, and a quorum");
    world.ask(&events::refund("O-2", "490.00")).await;
    let id = world.newest();
    world.decide("billing-manager-1", "reject", "no").await;
    world.decide("billing-manager-3", "reject", "no").await;
    assert_eq!(world.request(&id).status, Status::Rejected);
}

#[tokio::test]
async fn a_group_is_unreached_only_when_nobody_in_it_can_be_reached_any_more() {
    let world = World::with(&hasty());
    world.ask(&events::refund("O-1", "480.00")).await;
    let (id, letters) = (world.newest(), world.letters());
    let hastened = || {
        let trail = world.memory.state().trails[&id].clone();
        trail.iter().any(|one| one.kind == AuditKind::Hastened)
    };
    for (number, letter) in letters.iter().enumerate() {
        world.mail_comes_back(letter, number + 1, &events::bounce("Transient")).await;
        assert!(!hastened(), "a mail that is sent again may arrive");
        world.mail_comes_back(letter, number + 1, &events::bounce("Permanent")).await;
        assert_eq!(hastened(), number + 1 == letters.len());
    }
}
