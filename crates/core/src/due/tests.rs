use super::*;
use crate::fixture::{at, need, pending};
use crate::task::{Attempt, TaskToken, Wait};

/// Asked at minute 0, waited for since minute 1, to be decided before minute 240.
fn waited_for() -> ApprovalRequest {
    let token = TaskToken::new("token".to_owned());
    published().waiting(Wait::new(token, Attempt::default(), at(1)), at(1))
}

/// The same before anybody waits.
fn published() -> ApprovalRequest {
    ApprovalRequest { publish_from: None, ..pending(&[need("billing", 1)]) }
}

#[test]
fn a_pending_request_is_due_when_people_are_and_at_its_deadline_at_the_latest() {
    for (notify_at, due) in [(None, 240), (Some(at(120)), 120), (Some(at(500)), 240)] {
        let request = ApprovalRequest { notify_at, ..waited_for() };
        assert_eq!(next_due(&request), Some(at(due)), "{notify_at:?}");
    }
}

#[test]
fn a_pending_request_for_which_nobody_waits_is_looked_at_soon() {
    let request = ApprovalRequest { notify_at: Some(at(120)), ..published() };
    assert_eq!(next_due(&request), Some(at(0).plus(LOOK_AFTER)));
}

#[test]
fn people_are_told_while_they_may_decide_and_once_it_has_ended() {
    for status in Status::ALL {
        let told = ApprovalRequest { status, notify_at: Some(at(9)), ..waited_for() };
        let due = (status == Status::Pending || status.is_terminal()).then_some(at(9));
        assert_eq!(Duty::Tell.due(&told), due, "{status}");
    }
}

#[test]
fn what_happened_is_published_at_once_but_never_while_somebody_is_at_work_on_it() {
    for status in Status::ALL {
        let news = ApprovalRequest { status, publish_from: Some(2), ..waited_for() };
        let due = (status != Status::Executing).then_some(news.changed_at);
        assert_eq!(Duty::Publish.due(&news), due, "{status}");
    }
}

#[test]
fn a_dead_claim_is_doubted_later_where_the_target_may_be_asked_again() {
    let claimed_until = Some(at(30));
    for (idempotent, grace) in [(false, DOUBT_AFTER), (true, DOUBT_AFTER_RETRIES)] {
        let status = Status::Executing;
        let request = ApprovalRequest { status, idempotent, claimed_until, ..waited_for() };
        assert_eq!(next_due(&request), Some(at(30).plus(grace)));
    }
}
