use super::*;
use crate::fixture::{at, need, pending};
use crate::task::{Attempt, TaskToken, Wait};

/// Asked at minute 0, waited for since minute 1, to be decided before minute 240.
fn waited_for() -> ApprovalRequest {
    let token = TaskToken::new("token".to_owned());
    pending(&[need("billing", 1)]).waiting(Wait::new(token, Attempt::default(), at(1)), at(1))
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
    let request = ApprovalRequest { notify_at: Some(at(120)), ..pending(&[need("billing", 1)]) };
    assert_eq!(next_due(&request), Some(at(0).plus(LOOK_AFTER)));
}

#[test]
fn once_nothing_is_decided_any_more_nobody_is_written_to() {
    for status in Status::ALL.into_iter().filter(|status| *status != Status::Pending) {
        let noticed = ApprovalRequest { status, notify_at: Some(at(-9)), ..waited_for() };
        let plain = ApprovalRequest { notify_at: None, ..noticed.clone() };
        assert_eq!(next_due(&noticed), next_due(&plain), "{status}");
    }
}
