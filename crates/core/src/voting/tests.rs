use proptest::prelude::*;

use super::*;
use crate::audit;
use crate::fixture::{House, asks, at, houses, need, opened, pending, says};
use crate::matching;
use crate::requirement::Requirement;

fn house() -> House {
    House::of(&[
        ("ana", &["billing"]),
        ("bo", &["billing"]),
        ("both", &["billing", "compliance"]),
        ("cy", &["compliance"]),
        ("mia", &["billing"]),
        ("out", &["kitchen"]),
    ])
}

/// Two of billing, one of compliance.
fn request() -> ApprovalRequest {
    pending(&[need("billing", 2), need("compliance", 1)])
}

fn approves(request: &ApprovalRequest, id: &str, minute: i64) -> Decision {
    says(request, id, Verdict::Approve, at(minute))
}

fn rejects(request: &ApprovalRequest, id: &str, comment: &str) -> Decision {
    let comment = comment.to_owned();
    Decision { comment, ..says(request, id, Verdict::Reject, at(5)) }
}

/// Records approvals one after the other, each a minute later, until one is not taken.
fn approved_by(request: &ApprovalRequest, house: &House, ids: &[&str]) -> ApprovalRequest {
    let mut request = request.clone();
    let mut earlier = Vec::new();
    for (minute, id) in (1..).zip(ids) {
        let decision = approves(&request, id, minute);
        request = request.record(&decision, &earlier, house).unwrap().request;
        earlier.push(decision);
    }
    request
}

#[test]
fn the_first_approval_leaves_it_pending_and_leaves_a_record() {
    let before = ApprovalRequest { notify_at: Some(at(120)), ..request() };
    let Recorded { request, audit } =
        before.record(&approves(&before, "ana", 1), &[], &house()).unwrap();
    assert_eq!((request.status, request.version), (Status::Pending, before.version + 1));
    assert_eq!(request.run_by, None);
    assert_eq!(request.notify_at, Some(at(120)), "the others are still reminded");
    assert_eq!((audit.from, audit.to), (Some(Status::Pending), Status::Pending));
    assert_eq!(
        (audit.actor, audit.note.as_deref()),
        (Actor::CallbackHandler, Some("ana approved"))
    );
}

#[test]
fn who_approves_fills_one_requirement_and_who_rejects_or_may_not_decide_fills_none() {
    let request = request();
    let said = [
        approves(&request, "both", 1),
        approves(&request, "cy", 2),
        rejects(&request, "bo", "no"),
        approves(&request, "out", 3),
    ];
    let filled = request.filled(&said, &house());
    let filled: Vec<_> = filled.iter().map(|(who, group)| format!("{who}: {group}")).collect();
    assert_eq!(filled, ["both: billing", "cy: compliance"]);
}

#[test]
fn the_approval_that_fills_the_last_slot_approves_it_and_starts_the_time_to_run() {
    let request = ApprovalRequest { notify_at: Some(at(120)), ..request() };
    let waiting = approved_by(&request, &house(), &["ana", "cy"]);
    assert_eq!(waiting.status, Status::Pending);
    let approved = approved_by(&request, &house(), &["ana", "cy", "bo"]);
    assert_eq!(approved.status, Status::Approved);
    assert_eq!(approved.run_by, Some(at(3).plus(RUN_WITHIN)));
    assert_eq!(approved.notify_at, None, "nobody is written to any more");
    assert_eq!(approved.reason, None);
}

#[test]
fn h04_one_rejection_ends_it_with_the_comment_for_the_agent() {
    let request = ApprovalRequest { notify_at: Some(at(120)), ..request() };
    let earlier = [approves(&request, "ana", 1)];
    let Recorded { request: after, audit } =
        request.record(&rejects(&request, "bo", "wrong order"), &earlier, &house()).unwrap();
    assert_eq!(after.status, Status::Rejected);
    assert_eq!(after.reason.as_deref(), Some("bo rejected"));
    assert_eq!(after.comment.as_deref(), Some("wrong order"));
    assert_eq!((after.run_by, after.notify_at), (None, Some(at(5))), "all who were asked are told");
    assert_eq!(audit.note.as_deref(), Some("bo rejected"), "a comment is in no audit record");
    let silent = request.record(&rejects(&request, "bo", ""), &earlier, &house()).unwrap();
    assert_eq!(silent.request.comment, None);
}

#[test]
fn h07_the_record_notes_how_long_the_person_looked_as_far_as_that_can_be() {
    let request = request();
    let approval = approves(&request, "ana", 5);
    let noted = |seen| {
        let recorded = request.record_seen(&approval, &[], &house(), seen).unwrap();
        recorded.audit.note.unwrap()
    };
    assert_eq!(noted(Some(at(4))), "ana approved, 60 s after opening the page");
    assert_eq!(noted(Some(at(9))), "ana approved, 0 s after opening the page", "from the future");
    let ages = Some(Moment::EPOCH);
    assert_eq!(noted(ages), "ana approved, 300 s after opening the page", "before it was asked");
    assert_eq!(noted(None), "ana approved");
    let no = request.record_seen(&rejects(&request, "bo", "no"), &[], &house(), ages).unwrap();
    assert_eq!(no.audit.note.as_deref(), Some("bo rejected, 300 s after opening the page"));
    assert_eq!(no.request.reason.as_deref(), Some("bo rejected"), "the agent learns nothing of it");
}

#[test]
fn h03_who_decided_cannot_decide_again_whatever_they_say() {
    let request = request();
    let earlier = [approves(&request, "ana", 1)];
    for again in [approves(&request, "ana", 2), rejects(&request, "ana", "no")] {
        let tried = request.record(&again, &earlier, &house());
        assert!(matches!(tried, Err(DecisionError::Again)), "{tried:?}");
    }
}

#[test]
fn promise_6_a_decision_at_the_deadline_or_at_the_links_end_is_late() {
    let request = request();
    assert!(request.record(&approves(&request, "ana", 239), &[], &house()).is_ok());
    for minute in [240, 241] {
        let tried = request.record(&approves(&request, "ana", minute), &[], &house());
        assert!(matches!(tried, Err(DecisionError::Late)), "{minute}");
    }
    let mut ended = approves(&request, "ana", 30);
    ended.link.hard_limit = at(30);
    let tried = request.record(&ended, &[], &house());
    assert!(matches!(tried, Err(DecisionError::Late)));
}

#[test]
fn promise_5_neither_the_requester_nor_a_stranger_decides() {
    let request = request();
    for id in ["mia", "out", "nobody"] {
        for decision in [approves(&request, id, 1), rejects(&request, id, "no")] {
            let tried = request.record(&decision, &[], &house());
            assert!(matches!(tried, Err(DecisionError::NotEligible)), "{id}");
            assert!(!request.may_decide(&Voice::from(&decision), &house()), "{id}");
        }
    }
    assert!(request.may_decide(&Voice::from(&approves(&request, "ana", 1)), &house()));
}

#[test]
fn promise_5_a_requesters_stored_row_counts_for_nothing() {
    let request = pending(&[need("billing", 2)]);
    let forged = [approves(&request, "mia", 1)];
    let after = request.record(&approves(&request, "ana", 2), &forged, &house()).unwrap().request;
    assert_eq!(after.status, Status::Pending);
}

#[test]
fn promise_2_only_a_pending_request_is_decided() {
    for status in Status::ALL.into_iter().filter(|status| *status != Status::Pending) {
        let request = ApprovalRequest { status, ..request() };
        let tried = request.record(&approves(&request, "ana", 1), &[], &house());
        assert!(matches!(tried, Err(DecisionError::Closed(now)) if now == status), "{status}");
    }
}

#[test]
fn a_person_in_two_groups_fills_one_slot() {
    let request = pending(&[need("billing", 1), need("compliance", 1)]);
    assert_eq!(approved_by(&request, &house(), &["both"]).status, Status::Pending);
    for second in ["ana", "cy"] {
        let approved = approved_by(&request, &house(), &["both", second]);
        assert_eq!(approved.status, Status::Approved, "{second}");
    }
}

#[test]
fn promise_8_every_decision_is_one_link_of_an_unbroken_trail() {
    let opened = opened();
    let assessed = opened.request.assess(asks(&[need("billing", 2)]), at(0)).unwrap();
    let mut request = assessed.request;
    let mut trail = vec![opened.audit, assessed.audit];
    let mut earlier = Vec::new();
    for (minute, id) in [(1, "ana"), (2, "bo")] {
        let decision = approves(&request, id, minute);
        let recorded = request.record(&decision, &earlier, &house()).unwrap();
        request = recorded.request;
        trail.push(recorded.audit);
        earlier.push(decision);
        audit::check(&request, &trail).unwrap();
    }
    assert_eq!((request.status, trail.len()), (Status::Approved, 4));
}

fn order(
    (house, needs): (House, Vec<Requirement>),
) -> impl Strategy<Value = (House, Vec<Requirement>, Vec<String>)> {
    let ids: Vec<_> = house.0.keys().map(ToString::to_string).collect();
    (Just(house), Just(needs), Just(ids).prop_shuffle())
}

proptest! {
    #[test]
    fn proptest_it_is_approved_by_the_first_who_complete_it_in_any_order(
        (house, needs, ids) in houses().prop_flat_map(order),
    ) {
        let mut request = pending(&needs);
        let mut earlier: Vec<Decision> = Vec::new();
        for id in ids {
            let decision = approves(&request, &id, 1);
            let tried = request.record(&decision, &earlier, &house);
            if request.status == Status::Approved {
                prop_assert!(matches!(tried, Err(DecisionError::Closed(Status::Approved))));
                continue;
            }
            let required: Vec<_> = needs.iter().map(|need| &need.group).collect();
            let groups = &house.0[&decision.link.approver];
            if !required.iter().any(|group| groups.contains(group)) {
                prop_assert!(matches!(tried, Err(DecisionError::NotEligible)));
                continue;
            }
            earlier.push(decision);
            request = tried.unwrap().request;
            let so_far = earlier.iter().map(|one| one.link.approver.clone());
            let people: Vec<_> = so_far.map(|one| (one.clone(), house.0[&one].clone())).collect();
            let filled = matching::satisfied(&needs, &people);
            prop_assert_eq!(request.status == Status::Approved, filled);
        }
        let all: Vec<_> = house.0.clone().into_iter().collect();
        let fills = matching::satisfied(&needs, &all);
        prop_assert_eq!(request.status == Status::Approved, fills);
    }
}

#[test]
fn h04_where_two_rejections_are_asked_for_one_alone_ends_nothing() {
    let two = Requirement { reject_quorum: 2, ..need("billing", 2) };
    let request = pending(&[two]);
    let first = request.record(&rejects(&request, "bo", "no"), &[], &house()).unwrap().request;
    assert_eq!((first.status, first.comment.as_deref()), (Status::Pending, None));
    let earlier = [rejects(&request, "bo", "no")];
    let second = first.record(&rejects(&request, "ana", "no"), &earlier, &house()).unwrap();
    assert_eq!(second.request.status, Status::Rejected);
}
