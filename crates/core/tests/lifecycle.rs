//! The life of a request: deadlines, claims and the trail they leave.
#![cfg(test)] // so that clippy knows helpers for tests, too

use approval_core::assessment::Answer;
use approval_core::audit::{self, Actor, AuditRecord, ChainError};
use approval_core::cause::Cause;
use approval_core::decision::{Decision, Verdict};
use approval_core::digest::Digest;
use approval_core::due::next_due;
use approval_core::evidence::Roster;
use approval_core::lifecycle::{ASSESS_WITHIN, LifecycleError, RUN_WITHIN, Recorded};
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group, RequestId};
use approval_core::outcome::Outcome;
use approval_core::repeat::covers;
use approval_core::request::ApprovalRequest;
use approval_core::requester::Person;
use approval_core::requirement::Requirement;
use approval_core::sealed::Sealed;
use approval_core::status::Status;
use approval_core::task::{self, TaskToken, Wait};
use approval_testkit::memory::Memory;
use approval_testkit::sample;
use jiff::SignedDuration;
use proptest::prelude::*;

fn at(seconds: i64) -> Moment {
    Moment::parse("2026-11-22T10:00:00Z").unwrap().plus(SignedDuration::from_secs(seconds))
}

fn received() -> (ApprovalRequest, Vec<AuditRecord>) {
    let world = Memory::default();
    let entry = Digest::of(b"entry");
    let action = sample::action("r1", "t___x", serde_json::json!({}), entry, at(0));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let id = runtime.block_on(sample::received(&world, action, false));
    let state = world.state();
    (state.requests[&id].clone(), state.trails[&id].clone())
}

fn assessed(answer: Answer) -> ApprovalRequest {
    let mut assessment = sample::asks(Vec::new(), at(3600));
    assessment.answer = answer;
    received().0.assess(assessment, at(1)).unwrap().request
}

#[test]
fn l11_the_deadline_itself_is_past() {
    let pending = assessed(Answer::Pending);
    let early = pending.expire(Actor::RelayOutbox, at(3599));
    assert!(matches!(early, Err(LifecycleError::NotDue)));
    let expired = pending.expire(Actor::RelayOutbox, at(3600)).unwrap().request;
    assert_eq!(expired.status, Status::Expired);
    assert_eq!(expired.reason.as_deref(), Some("nobody decided in time"));
}

#[test]
fn an_ask_that_nobody_assesses_expires() {
    let request = received().0;
    let due = at(0).plus(ASSESS_WITHIN);
    assert_eq!(request.expires_at(), Some(due));
    let expired = request.expire(Actor::RelayOutbox, due).unwrap().request;
    assert_eq!(expired.cause, Some(Cause::NotAssessedInTime));
    assert_eq!((request.ended_at, expired.ended_at), (None, Some(due)));
}

#[test]
fn an_allowed_request_has_fifteen_minutes_to_start() {
    let allowed = assessed(Answer::Allowed);
    let due = at(1).plus(RUN_WITHIN);
    assert_eq!((allowed.run_by, allowed.cause), (Some(due), None));
    let expired = allowed.expire(Actor::RelayOutbox, due).unwrap().request;
    assert_eq!(expired.cause, Some(Cause::NotStartedInTime));
    assert_eq!(assessed(Answer::Refused).cause, Some(Cause::PolicyRefuses));
}

#[test]
fn no_deadline_is_set_beyond_the_hard_limit() {
    let (request, _) = received();
    let far = sample::asks(Vec::new(), at(60 * 60 * 24 * 365));
    let pending = request.assess(far, at(1)).unwrap().request;
    assert_eq!(pending.decide_by, Some(request.hard_limit));
}

#[test]
fn a_claim_that_still_holds_is_not_doubted() {
    let mut executing = assessed(Answer::Allowed);
    executing.status = Status::Executing;
    executing.claimed_until = Some(at(60));
    assert!(matches!(executing.doubt(Actor::RelayOutbox, at(59)), Err(LifecycleError::NotDue)));
    let doubted = executing.doubt(Actor::RelayOutbox, at(60)).unwrap().request;
    assert_eq!((doubted.status, doubted.claimed_until), (Status::InDoubt, None));
    // Nor by the end of its workflow execution, which then leaves the same doubt.
    assert!(matches!(executing.abandon(Actor::RelayOutbox, at(59)), Err(LifecycleError::NotDue)));
    assert_eq!(executing.abandon(Actor::RelayOutbox, at(60)).unwrap().request, doubted);
}

#[test]
fn what_became_of_it_is_kept_and_its_claim_is_let_go() {
    let mut executing = assessed(Answer::Allowed);
    executing.status = Status::Executing;
    executing.claimed_until = Some(at(60));
    let result = Some(Sealed(vec![1]));
    let done = Outcome::Done(serde_json::json!({}));
    let settled = executing.settle(&done, result.clone(), at(9)).unwrap().request;
    assert_eq!((settled.status, settled.claimed_until), (Status::Executed, None));
    assert!(settled.result == result, "sealed, so not shown");
}

#[test]
fn a_closed_request_with_nobody_waiting_owes_nothing() {
    let refused = ApprovalRequest { publish_from: None, ..assessed(Answer::Refused) };
    assert_eq!(next_due(&refused), None);
    let waited = refused
        .waiting(Wait::new(TaskToken::new("t".into()), task::Attempt::default(), at(5)), at(5));
    assert_eq!(next_due(&waited), Some(at(5)), "who waits is told at once");
    assert_eq!(next_due(&waited.resumed(at(6))), None);
}

#[test]
fn every_open_request_owes_something() {
    for status in Status::ALL {
        let mut request = assessed(Answer::Pending);
        request.publish_from = None;
        request.status = status;
        request.run_by = Some(at(60));
        let settled_by_people = status == Status::InDoubt;
        let open = !status.is_terminal() && !settled_by_people;
        assert_eq!(next_due(&request).is_some(), open, "{status}");
    }
}

#[test]
fn a_repeat_is_the_same_request_while_it_may_still_run_and_for_the_window_after() {
    let window = SignedDuration::from_secs(600);
    for status in Status::ALL {
        let mut request = assessed(Answer::Pending);
        request.status = status;
        request.changed_at = at(0);
        let (soon, later) = (at(599), at(600));
        let expected = match status {
            Status::Executed | Status::Rejected => (true, false),
            Status::Failed | Status::Refused | Status::Expired | Status::Cancelled => {
                (false, false)
            }
            Status::Received | Status::Pending | Status::Allowed | Status::Approved => (true, true),
            Status::Executing | Status::InDoubt => (true, true),
        };
        let seen = (covers(&request, window, soon), covers(&request, window, later));
        assert_eq!(seen, expected, "{status}");
    }
}

#[test]
fn a01_a02_a03_a_trail_that_was_touched_does_not_check() {
    let (request, mut trail) = received();
    let Recorded { request, audit } = request
        .assess(sample::asks(Vec::new(), at(3600)), at(1))
        .and_then(|r| r.request.expire(Actor::RelayOutbox, at(4000)).map(|e| (r, e)))
        .map(|(assessed, expired)| {
            trail.push(assessed.audit);
            expired
        })
        .unwrap();
    trail.push(audit);
    let check = |trail: &[AuditRecord]| audit::check(&request, trail).is_ok();
    assert!(check(&trail));
    for at in 0..trail.len() {
        let mut changed = trail.clone();
        changed[at].note = Some("edited".into());
        assert!(!check(&changed), "record {at} changed");
        let mut shorter = trail.clone();
        shorter.remove(at);
        assert!(!check(&shorter), "record {at} dropped");
    }
    let mut swapped = trail.clone();
    swapped.swap(0, 1);
    assert!(!check(&swapped));
    // Each with a hash that fits it: of another request, or in another place.
    let edits: [fn(&mut AuditRecord); 3] = [
        |record| record.request = RequestId::parse("r2").unwrap(),
        |record| record.seq = 7,
        |record| record.previous = Digest::of(b"another"),
    ];
    for edit in edits {
        let mut foreign = trail.clone();
        let last = foreign.last_mut().unwrap();
        edit(last);
        last.hash = last.expected_hash().unwrap();
        let found = audit::check(&request, &foreign).unwrap_err();
        assert!(matches!(found, ChainError::Broken(_)), "{found}");
    }
    let mut redirected = trail.clone();
    let last = redirected.last_mut().unwrap();
    last.digest = Digest::of(b"another action");
    last.hash = last.expected_hash().unwrap();
    let found = audit::check(&request, &redirected).unwrap_err();
    assert!(matches!(found, ChainError::Redirected(_)), "{found}");
    let given = ApprovalRequest { digest: Digest::of(b"another action"), ..request.clone() };
    let found = audit::check(&given, &trail).unwrap_err();
    assert!(
        matches!(found, ChainError::Redirected(0)),
        "its trail is about what was asked: {found}"
    );
}

/// Anything a function might try, at any time.
#[derive(Clone, Debug)]
enum Attempt {
    Assess(Answer),
    Expire,
    Refuse,
    Cancel,
    Abandon,
    Settle,
    Doubt,
    Decide(&'static str, Verdict),
}

/// `ana`, `bo` and `cy` are the group that must agree.
struct House;

impl Roster for House {
    fn belongs(&self, who: &ApproverId, _: &Group, _: Moment) -> bool {
        ["ana", "bo", "cy"].contains(&who.as_str())
    }

    fn is_requester(&self, _: &ApproverId, _: &Person) -> bool {
        false
    }
}

/// Two of them.
fn two_of_three() -> Vec<Requirement> {
    vec![Requirement::new(Group::parse("billing").unwrap(), 2)]
}

fn attempts() -> impl Strategy<Value = Vec<(Attempt, i64)>> {
    let attempt = prop_oneof![
        Just(Attempt::Assess(Answer::Allowed)),
        Just(Attempt::Assess(Answer::Pending)),
        Just(Attempt::Assess(Answer::Refused)),
        Just(Attempt::Expire),
        Just(Attempt::Refuse),
        Just(Attempt::Cancel),
        Just(Attempt::Abandon),
        Just(Attempt::Settle),
        Just(Attempt::Doubt),
        (prop::sample::select(vec!["ana", "bo", "cy", "out"]), prop::bool::weighted(0.8)).prop_map(
            |(who, yes)| Attempt::Decide(who, if yes { Verdict::Approve } else { Verdict::Reject })
        ),
    ];
    prop::collection::vec((attempt, 0_i64..8000), 0..24)
}

proptest! {
    #[test]
    fn proptest_promises_2_and_8_terminal_never_changes_and_one_record_per_transition(
        attempts in attempts(),
    ) {
        let (mut request, mut trail) = received();
        let mut decisions: Vec<Decision> = Vec::new();
        for (attempt, seconds) in attempts {
            let now = at(seconds);
            let tried = match attempt {
                Attempt::Assess(answer) => {
                    let mut assessment = sample::asks(two_of_three(), at(3600));
                    assessment.answer = answer;
                    request.assess(assessment, now)
                }
                Attempt::Decide(who, verdict) => {
                    let decision = sample::decision(&request, who, verdict, now);
                    let Ok(recorded) = request.record(&decision, &decisions, &House) else {
                        continue;
                    };
                    decisions.push(decision);
                    prop_assert!(now < at(3600) && who != "out");
                    let approved = recorded.request.status == Status::Approved;
                    let yes = decisions.iter().filter(|d| d.verdict == Verdict::Approve).count();
                    prop_assert_eq!(approved, verdict == Verdict::Approve && yes == 2);
                    Ok(recorded)
                }
                Attempt::Expire => request.expire(Actor::RelayOutbox, now),
                Attempt::Refuse => request.refuse(Actor::ExecuteAction, now, "no"),
                Attempt::Cancel => request.cancel(Actor::OperatorDesk, now, Cause::OperatorCancelled, "stop"),
                Attempt::Abandon => request.abandon(Actor::RelayOutbox, now),
                Attempt::Settle => request.settle(&Outcome::NotDone("not done"), None, now),
                Attempt::Doubt => request.doubt(Actor::RelayOutbox, now),
            };
            let Ok(Recorded { request: after, audit }) = tried else { continue };
            prop_assert!(!request.status.is_terminal());
            prop_assert_eq!(after.version, request.version.saturating_add(1));
            prop_assert_eq!((audit.from, audit.to), (Some(request.status), after.status));
            trail.push(audit);
            request = after;
        }
        prop_assert!(audit::check(&request, &trail).is_ok());
    }
}
