use super::*;
use crate::fixture::{at, need, pending};

const BY: Operator<'_> = Operator { who: "arn:operator", reason: "a holiday" };

fn standing(status: Status) -> ApprovalRequest {
    ApprovalRequest { status, run_by: Some(at(300)), ..pending(&[need("billing", 1)]) }
}

#[test]
fn what_has_not_begun_can_be_taken_back_and_nothing_else() {
    for status in Status::ALL {
        let open = [Status::Received, Status::Pending, Status::Allowed, Status::Approved];
        let expected = open.contains(&status);
        let request = standing(status);
        for taken in [request.withdraw(at(1)), request.stop(&BY, at(1))] {
            assert_eq!(taken.is_ok(), expected, "{status}");
        }
    }
    let withdrawn = standing(Status::Pending).withdraw(at(1)).unwrap();
    assert_eq!(withdrawn.request.cause, Some(Cause::AgentCancelled));
    let stopped = standing(Status::Pending).stop(&BY, at(1)).unwrap();
    assert_eq!(stopped.request.cause, Some(Cause::OperatorCancelled));
    assert_eq!(stopped.request.reason.as_deref(), Some("a holiday"));
    assert_eq!(stopped.audit.who.as_deref(), Some("arn:operator"));
    assert_eq!(stopped.request.notify_at, Some(at(1)), "whoever was asked is told");
}

#[test]
fn people_get_more_time_only_while_they_have_some_and_never_beyond_the_hard_limit() {
    let request = pending(&[need("billing", 1)]);
    let extended = request.extend(at(300), &BY, at(239)).unwrap();
    assert_eq!(extended.request.decide_by, Some(at(300)));
    assert_eq!(extended.request.notify_at, Some(at(239)), "reminders are worked out anew");
    assert_eq!(extended.request.hard_limit, request.hard_limit);
    assert_eq!((extended.audit.from, extended.audit.to), (Some(Status::Pending), Status::Pending));
    let at_the_limit = request.extend(request.hard_limit, &BY, at(1)).unwrap();
    assert_eq!(at_the_limit.request.decide_by, Some(request.hard_limit));
    let beyond = request.hard_limit.plus(jiff::SignedDuration::from_millis(1));
    let refused = |to, now| request.extend(to, &BY, now).unwrap_err();
    assert!(matches!(refused(beyond, at(1)), ExtendError::BeyondLimit(_)));
    assert!(matches!(refused(at(240), at(1)), ExtendError::NotLater(_)));
    assert!(matches!(refused(at(100), at(1)), ExtendError::NotLater(_)));
    assert!(matches!(refused(at(300), at(240)), ExtendError::Late), "the deadline itself is past");
    for status in Status::ALL.into_iter().filter(|status| *status != Status::Pending) {
        let closed = standing(status).extend(at(300), &BY, at(1)).unwrap_err();
        assert!(matches!(closed, ExtendError::Closed(of) if of == status), "{status}");
    }
}

#[test]
fn only_a_doubt_is_settled_by_a_person() {
    for status in Status::ALL {
        for (done, after) in [(true, Status::Executed), (false, Status::Failed)] {
            let settled = standing(status).resolve(done, &BY, at(1));
            assert_eq!(settled.is_ok(), status == Status::InDoubt, "{status}");
            let Ok(settled) = settled else { continue };
            assert_eq!(settled.request.status, after);
            assert_eq!(settled.request.cause, Some(Cause::OperatorSettled));
            assert_eq!(settled.audit.note.as_deref(), Some("a holiday"));
        }
    }
}
