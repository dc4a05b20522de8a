use super::*;
use crate::audit::AuditRecord;
use crate::fixture::{at, need, pending};

use crate::fixture::who;
use crate::notice::{Channel, Delivery, Occasion};

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
    let beyond = request.hard_limit.plus(SignedDuration::from_millis(1));
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

fn asked_at(minute: i64, reached: bool) -> Notice {
    let delivery = Delivery {
        occasion: Occasion::Ask,
        epoch: 0,
        channel: Channel::Mail,
        at: at(minute),
        message: reached.then(|| "id-1".to_owned()),
        failure: (!reached).then(|| "MessageRejected".to_owned()),
        returned: None,
    };
    Notice::new(pending(&[need("billing", 1)]).id, who("ana")).with(delivery)
}

#[test]
fn people_are_reminded_on_order_once_a_quarter_of_an_hour() {
    let request = pending(&[need("billing", 1)]);
    let notices = [asked_at(0, true)];
    let ordered = request.remind(&notices, &BY, at(15)).unwrap();
    assert_eq!(ordered.request.remind_from, Some(at(15)));
    assert_eq!(ordered.request.notify_at, Some(at(15)), "at once");
    assert_eq!(ordered.request.decide_by, request.decide_by);
    let AuditRecord { kind, who, note, from, to, .. } = ordered.audit;
    assert_eq!(
        (kind, from, to),
        (AuditKind::RemindOrdered, Some(Status::Pending), Status::Pending)
    );
    assert_eq!((who.as_deref(), note.as_deref()), (Some("arn:operator"), Some("a holiday")));
    let refused = |request: &ApprovalRequest, notices: &[Notice], now| {
        request.remind(notices, &BY, now).unwrap_err().to_string()
    };
    let soon = "people were written to within the last 15 minutes: it is possible again from \
                2026-11-22T10:15:00.000Z on";
    assert_eq!(refused(&request, &notices, at(14)), soon);
    assert!(refused(&ordered.request, &[], at(29)).contains("possible again"), "the order counts");
    assert!(ordered.request.remind(&notices, &BY, at(30)).is_ok());
    assert!(request.remind(&[asked_at(14, false)], &BY, at(15)).is_ok(), "nobody was reached");
}

#[test]
fn nobody_is_reminded_of_what_is_not_pending_or_too_late() {
    for status in Status::ALL.into_iter().filter(|status| *status != Status::Pending) {
        let closed = standing(status).remind(&[], &BY, at(60)).unwrap_err();
        assert!(matches!(closed, RemindError::Closed(of) if of == status), "{status}");
    }
    let request = pending(&[need("billing", 1)]);
    assert!(request.remind(&[], &BY, at(239)).is_ok());
    let late = request.remind(&[], &BY, at(240)).unwrap_err();
    assert!(matches!(late, RemindError::Late), "the deadline itself is past");
}
