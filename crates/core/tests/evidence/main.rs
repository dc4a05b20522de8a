//! The evidence check: what carries an execution, and what does not.
#![cfg(test)] // so that clippy knows helpers for tests, too

mod world;

use approval_core::assessment::Answer;
use approval_core::decision::{Decision, Verdict};
use approval_core::digest::Digest;
use approval_core::evidence::{Opened, Refusal};
use approval_core::lifecycle::LifecycleError;
use approval_core::name::{ApproverId, Group, RequestId, ToolName};
use approval_core::permit::ExecutionPermit;
use approval_core::ports::Open;
use approval_core::request::ApprovalRequest;
use approval_core::requirement::{Escalation, Requirement};
use approval_core::sealed::Part;
use approval_testkit::sample;

use world::{World, at, need, now};

#[test]
fn one_genuine_approval_of_one_required_carries_it() {
    let world = World::asking(&[need("billing", 1)]);
    let permit = world.weigh(&world.approvals(&["ana"])).unwrap();
    assert_eq!(permit.arguments(), &serde_json::json!({"amount": 480}));
    assert_eq!(permit.target(), "lambda:billing");
    assert_eq!(permit.idempotency_key(), "r1");
    assert!(permit.idempotent());
    let world = World { idempotent: false, ..world };
    assert!(!world.weigh(&world.approvals(&["ana"])).unwrap().idempotent());
}

#[test]
fn promise_1_a_status_flipped_by_hand_carries_nothing() {
    let world = World::asking(&[need("billing", 1)]);
    assert_eq!(world.weigh(&[]).unwrap_err(), Refusal::Unmet);
}

#[test]
fn promise_1_wiping_the_recorded_requirements_does_not_help() {
    let mut world = World::asking(&[need("billing", 1)]);
    world.request.assessment = None;
    assert_eq!(world.weigh(&[]).unwrap_err(), Refusal::Unmet);
    world.own.requirements.clear();
    assert_eq!(world.weigh(&[]).unwrap_err(), Refusal::Unmet);
}

#[test]
fn p06_f35_a_rule_tightened_after_approval_holds() {
    let mut world = World::asking(&[need("billing", 1)]);
    world.own.requirements.push(need("compliance", 1));
    assert_eq!(world.weigh(&world.approvals(&["ana"])).unwrap_err(), Refusal::Unmet);
    assert!(world.weigh(&world.approvals(&["ana", "cy"])).is_ok());
    world.own.answer = Answer::Refused;
    assert_eq!(world.weigh(&world.approvals(&["ana", "cy"])).unwrap_err(), Refusal::PolicyRefuses);
}

#[test]
fn p06_a_rule_loosened_after_the_ask_takes_no_person_away() {
    let mut world = World::asking(&[need("billing", 1)]);
    world.own.answer = Answer::Allowed;
    world.own.requirements.clear();
    assert_eq!(world.weigh(&[]).unwrap_err(), Refusal::Unmet);
}

#[test]
fn h04_a_further_group_answers_no_earlier_than_the_executors_own_policy_ever_lets_it() {
    let needs = |from, unreached: Option<i64>| {
        let (group, from) = (Group::parse("compliance").unwrap(), at(from));
        let to = Escalation { group, from, unreached_from: unreached.map(at) };
        Requirement { escalation: Some(to), ..need("billing", 1) }
    };
    // `cy` decides at minute 30.
    for (own, recorded, counts) in [
        (needs(20, None), needs(20, None), true),
        (needs(60, None), needs(20, None), false),
        (needs(60, Some(0)), needs(60, Some(0)), false),
        (needs(60, Some(0)), needs(20, Some(0)), true),
        (needs(60, None), needs(20, Some(0)), false),
        (needs(60, Some(40)), needs(20, Some(0)), false),
    ] {
        let mut world = World::asking(std::slice::from_ref(&own));
        let assessment = world.request.assessment.as_mut().unwrap();
        assessment.requirements = vec![recorded.clone()];
        let carried = world.weigh(&world.approvals(&["cy"]));
        assert_eq!(carried.is_ok(), counts, "{own:?} {recorded:?}");
    }
}

#[test]
fn h04_nobody_answers_early_for_a_requirement_that_nobody_was_asked_for() {
    // `both` and `cy` review; the executor's own policy asks billing as well, and reviewers in
    // their place from minute 60 on, or at once where the record says that nobody was reached.
    let group = Group::parse("compliance").unwrap();
    let to = Escalation { group, from: at(60), unreached_from: Some(at(0)) };
    let own = Requirement { escalation: Some(to), ..need("billing", 1) };
    let mut world = World::asking(&[own.clone(), need("compliance", 1)]);
    let approvals = world.approvals(&["cy", "dee"]);
    let recorded = |world: &mut World, requirements| {
        world.request.assessment.as_mut().unwrap().requirements = requirements;
    };
    recorded(&mut world, vec![need("compliance", 1)]);
    let refused = world.weigh(&approvals).err();
    assert_eq!(refused, Some(Refusal::Unmet), "the record does not know of it");
    let hastened = Escalation { from: at(5), ..own.escalation.clone().unwrap() };
    let leads = Requirement { escalation: Some(hastened.clone()), ..need("leads", 1) };
    let mut other = World::asking(std::slice::from_ref(&own));
    recorded(&mut other, vec![leads]);
    let refused = other.weigh(&other.approvals(&["cy", "dee"])).err();
    assert_eq!(refused, Some(Refusal::Unmet), "the record knows of another group's");
    let hastened = Requirement { escalation: Some(hastened), ..own };
    recorded(&mut world, vec![hastened, need("compliance", 1)]);
    assert!(world.weigh(&approvals).is_ok(), "nobody was reached, says the record");
}

#[test]
fn h03_one_person_with_two_links_counts_once() {
    let world = World::asking(&[need("billing", 2)]);
    assert_eq!(world.weigh(&world.approvals(&["ana", "ana"])).unwrap_err(), Refusal::Unmet);
    assert!(world.weigh(&world.approvals(&["ana", "bo"])).is_ok());
}

#[test]
fn one_person_in_two_groups_fills_one_slot() {
    let world = World::asking(&[need("billing", 1), need("compliance", 1)]);
    assert_eq!(world.weigh(&world.approvals(&["both"])).unwrap_err(), Refusal::Unmet);
    assert!(world.weigh(&world.approvals(&["both", "ana"])).is_ok());
}

#[test]
fn promise_5_the_requester_never_counts() {
    let world = World::asking(&[need("billing", 1)]);
    assert_eq!(world.weigh(&world.approvals(&["mia"])).unwrap_err(), Refusal::Unmet);
}

#[test]
fn p10_who_left_the_group_does_not_count() {
    let world = World::asking(&[need("billing", 1)]);
    assert_eq!(world.weigh(&world.approvals(&["old"])).unwrap_err(), Refusal::Unmet);
}

#[test]
fn h04_a_rejection_beats_any_number_of_approvals() {
    let world = World::asking(&[need("billing", 1)]);
    let decisions = [world.says("ana", Verdict::Approve), world.says("bo", Verdict::Reject)];
    assert_eq!(world.weigh(&decisions).unwrap_err(), Refusal::Rejected);
}

#[test]
fn promise_6_a_decision_at_the_deadline_is_late() {
    let world = World::asking(&[need("billing", 1)]);
    let late = sample::decision(&world.request, "ana", Verdict::Approve, at(240));
    assert_eq!(world.weigh(&[late]).unwrap_err(), Refusal::Unmet);
}

#[test]
fn a_deadline_moved_by_hand_is_bounded_by_the_link() {
    let mut world = World::asking(&[need("billing", 1)]);
    world.request.decide_by = Some(at(60 * 24 * 365));
    let limit = world.request.hard_limit;
    for late in [limit, at(60 * 24 * 8)] {
        let late = sample::decision(&world.request, "ana", Verdict::Approve, late);
        assert_eq!(world.weigh(&[late]).unwrap_err(), Refusal::Forged);
    }
}

#[test]
fn a_decision_edited_in_any_field_is_forged() {
    let world = World::asking(&[need("billing", 1)]);
    let edits: [fn(&mut Decision); 8] = [
        |d| d.verdict = Verdict::Reject,
        |d| d.comment.push('!'),
        |d| d.decided_at = at(31),
        |d| d.key = "key-2".into(),
        |d| d.link.approver = ApproverId::parse("bo").unwrap(),
        |d| d.link.epoch = 1,
        |d| d.link_mac.0[0] ^= 1,
        |d| d.mac.0.truncate(31),
    ];
    for edit in edits {
        let mut decision = world.says("ana", Verdict::Approve);
        edit(&mut decision);
        assert_eq!(world.weigh(&[decision]).unwrap_err(), Refusal::Forged);
    }
}

#[test]
fn l08_a_genuine_decision_on_another_request_action_or_stack_is_forged() {
    let world = World::asking(&[need("billing", 1)]);
    let moves: [fn(&mut approval_core::link::Link); 3] = [
        |link| link.request = RequestId::parse("r2").unwrap(),
        |link| link.digest = Digest::of(b"another action"),
        |link| link.stack = "staging".into(),
    ];
    for change in moves {
        let mut link = world.says("ana", Verdict::Approve).link;
        change(&mut link);
        let decision = sample::signed(link, Verdict::Approve, at(30));
        assert_eq!(world.weigh(&[decision]).unwrap_err(), Refusal::Forged);
    }
}

#[test]
fn g17_a_sealed_action_changed_by_any_byte_is_not_opened() {
    let mut world = World::asking(&[need("billing", 1)]);
    let approvals = world.approvals(&["ana"]);
    let genuine = world.request.action.0.clone();
    for at in 0..genuine.len() {
        world.request.action.0 = genuine.clone();
        world.request.action.0[at] ^= 1;
        assert_eq!(world.weigh(&approvals).unwrap_err(), Refusal::Tampered, "byte {at}");
    }
}

#[test]
fn a_retargeted_tool_does_not_run_under_an_old_approval() {
    let mut world = World::asking(&[need("billing", 1)]);
    let approvals = world.approvals(&["ana"]);
    world.entry = Digest::of(b"the same tool with another target");
    assert_eq!(world.weigh(&approvals).unwrap_err(), Refusal::ToolChanged);
}

#[test]
fn an_action_of_another_request_in_its_place_is_tampering() {
    let mut world = World::asking(&[need("billing", 1)]);
    world.request.digest = Digest::of(b"another");
    assert_eq!(world.weigh(&[]).unwrap_err(), Refusal::Tampered);

    let world = World::asking(&[]);
    let bytes = now((&world.memory).open(Part::Action, &world.request.id, &world.request.action));
    let bytes = bytes.unwrap().unwrap();
    assert!(Opened::read(&bytes, &world.request, sample::STACK).is_ok());
    let edits: [fn(&mut ApprovalRequest); 3] = [
        |request| request.digest = Digest::of(b"another"),
        |request| request.id = RequestId::parse("r2").unwrap(),
        |request| request.tool = ToolName::parse("billing___other").unwrap(),
    ];
    for edit in edits {
        let mut other = world.request.clone();
        edit(&mut other);
        let read = Opened::read(&bytes, &other, sample::STACK);
        assert_eq!(read.unwrap_err(), Refusal::Tampered);
    }
    let elsewhere = Opened::read(&bytes, &world.request, "elsewhere");
    assert_eq!(elsewhere.unwrap_err(), Refusal::Tampered);
}

#[test]
fn promise_6_a_permit_claims_nothing_at_or_after_run_by_and_no_other_request() {
    let world = World::asking(&[need("billing", 1)]);
    let permit = world.weigh(&world.approvals(&["ana"])).unwrap();
    assert!(world.request.claim(&permit, at(310), at(299)).is_ok());
    let late = world.request.claim(&permit, at(310), at(300));
    assert!(matches!(late, Err(LifecycleError::Late)));
    let edits: [fn(&mut ApprovalRequest); 2] = [
        |request| request.digest = Digest::of(b"another action"),
        |request| request.id = RequestId::parse("r2").unwrap(),
    ];
    for edit in edits {
        let mut other = world.request.clone();
        edit(&mut other);
        let foreign = other.claim(&permit, at(310), at(299));
        assert!(matches!(foreign, Err(LifecycleError::ForeignPermit)));
    }
}

#[test]
fn promise_3_only_an_idempotent_action_is_claimed_again_and_only_after_its_claim_ran_out() {
    let world = World::asking(&[need("billing", 1)]);
    let permit = world.weigh(&world.approvals(&["ana"])).unwrap();
    let claimed = world.request.claim(&permit, at(60), at(40)).unwrap().request;
    let again = |request: &ApprovalRequest, permit: &ExecutionPermit, minute| {
        request.reclaim(permit, at(90), at(minute)).map(|recorded| recorded.request)
    };
    let held = again(&claimed, &permit, 59);
    assert!(matches!(held, Err(LifecycleError::NotDue)));
    assert_eq!(again(&claimed, &permit, 60).unwrap().claimed_until, Some(at(90)));
    let unclaimed = again(&world.request, &permit, 60);
    assert!(matches!(unclaimed, Err(LifecycleError::Illegal(_))));
    let edits: [fn(&mut ApprovalRequest); 2] = [
        |request| request.digest = Digest::of(b"another action"),
        |request| request.id = RequestId::parse("r2").unwrap(),
    ];
    for edit in edits {
        let mut other = claimed.clone();
        edit(&mut other);
        assert!(matches!(again(&other, &permit, 60), Err(LifecycleError::ForeignPermit)));
    }
    let once = World { idempotent: false, ..world };
    let permit = once.weigh(&once.approvals(&["ana"])).unwrap();
    assert!(matches!(again(&claimed, &permit, 60), Err(LifecycleError::ForeignPermit)));
}

#[test]
fn promise_6_what_ended_long_ago_is_not_revived_by_editing_deadlines() {
    let mut world = World::asking(&[need("billing", 1)]);
    let approvals = world.approvals(&["ana"]);
    world.request.run_by = Some(at(60 * 24 * 365));
    world.now = at(44);
    assert!(world.weigh(&approvals).is_ok());
    world.now = at(45);
    assert_eq!(
        world.weigh(&approvals).unwrap_err(),
        Refusal::Stale,
        "15 minutes after the decision"
    );
}

#[test]
fn a_recorded_refusal_flipped_back_stays_refused() {
    let mut world = World::asking(&[]);
    world.own.answer = Answer::Allowed;
    world.request.assessment.as_mut().unwrap().answer = Answer::Refused;
    assert_eq!(world.weigh(&[]).unwrap_err(), Refusal::PolicyRefuses);
    world.request.assessment.as_mut().unwrap().answer = Answer::Allowed;
    world.now = at(29);
    assert!(world.weigh(&[]).is_ok());
    world.now = at(30);
    assert_eq!(world.weigh(&[]).unwrap_err(), Refusal::Stale, "half an hour after the ask");
}
