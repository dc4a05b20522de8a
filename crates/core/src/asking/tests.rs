use super::*;
use crate::audit::{self, AuditRecord};
use crate::fixture::{asks, at, need, opened, pending, who};
use crate::notice::MOST_MISSES;
use crate::requirement::Requirement;
use crate::task::{Attempt, TaskToken};

fn request() -> ApprovalRequest {
    pending(&[need("billing", 1)])
}

fn wait(token: &str, entered: Option<i64>, retries: u32) -> Wait {
    let attempt = Attempt { entered_at: entered.map(at), retries };
    Wait::new(TaskToken::new(token.to_owned()), attempt, at(9))
}

fn kept(waits: &[&Wait]) -> String {
    let all = waits.iter().fold(request(), |request, wait| request.waiting((*wait).clone(), at(9)));
    all.wait.unwrap().token.expose().to_owned()
}

#[test]
fn f06_an_older_attempts_token_never_replaces_a_newer_one() {
    let rising = [
        wait("untold", None, 0),
        wait("first", Some(1), 0),
        wait("retried", Some(1), 1),
        wait("again", Some(2), 0),
    ];
    for (at, older) in rising.iter().enumerate() {
        for newer in &rising[at + 1..] {
            let newest = newer.token.expose();
            assert_eq!(kept(&[older, newer]), newest);
            assert_eq!(kept(&[newer, older]), newest);
        }
    }
    let same = wait("same attempt", Some(2), 0);
    assert_eq!(kept(&[&rising[3], &same]), "same attempt", "of two alike, the later to arrive");
}

#[test]
fn f06_an_older_token_does_not_open_a_wait_that_was_ended() {
    let ended = request().waiting(wait("newer", Some(2), 0), at(9)).resumed(at(10));
    let after = ended.waiting(wait("older", Some(1), 0), at(11));
    assert_eq!(after.wait, ended.wait);
    let new = ended.waiting(wait("newest", Some(3), 0), at(11));
    assert!(!new.wait.unwrap().resumed);
}

#[test]
fn bookkeeping_is_a_version_and_no_record() {
    let request = request();
    for after in [
        request.waiting(wait("token", None, 0), at(1)),
        request.telling(at(1)),
        request.told(None, at(1)),
    ] {
        assert_eq!((after.version, after.changed_at), (request.version + 1, at(1)));
        assert_eq!((after.audit, after.status), (request.audit, request.status));
    }
}

#[test]
fn a_run_that_dies_while_it_tells_people_is_followed_by_another() {
    let telling = request().telling(at(1));
    assert_eq!(telling.notify_at, Some(at(1).plus(TELL_WITHIN)));
    assert_eq!(telling.told(Some(at(120)), at(2)).notify_at, Some(at(120)));
    assert_eq!(telling.told(None, at(2)).notify_at, None);
}

fn delivery(occasion: Occasion, channel: Channel, failure: Option<&str>) -> Delivery {
    let message = failure.is_none().then(|| "secret-message-id".to_owned());
    let failure = failure.map(str::to_owned);
    Delivery { occasion, epoch: 0, channel, at: at(1), message, failure, returned: None }
}

#[test]
fn promise_8_every_attempt_to_reach_somebody_leaves_one_record() {
    let opened = opened();
    let assessed = opened.request.assess(asks(&[need("billing", 1)]), at(0)).unwrap();
    let mut request = assessed.request;
    let mut trail: Vec<AuditRecord> = vec![opened.audit, assessed.audit];
    let notice = Notice::new(request.id.clone(), who("ana"));
    let mut note = |next: &dyn Fn(&ApprovalRequest) -> Recorded| {
        let Recorded { request: after, audit } = next(&request);
        assert_eq!((audit.from, audit.to), (Some(request.status), request.status));
        assert_eq!(audit.actor, Actor::RequestApproval);
        let note = audit.note.clone().unwrap();
        trail.push(audit);
        audit::check(&after, &trail).unwrap();
        request = after;
        note
    };
    let mut sent = |occasion, channel, failure| {
        let delivery = delivery(occasion, channel, failure);
        note(&|request| request.noticed(&notice, &delivery, at(1)).unwrap())
    };
    assert_eq!(sent(Occasion::Ask, Channel::Mail, None), "ana was asked by mail");
    let fresh = "ana was sent a fresh link over SNS";
    assert_eq!(sent(Occasion::FreshLink, Channel::Sns, None), fresh);
    let failed = "ana could not be reminded by mail: MessageRejected";
    assert_eq!(sent(Occasion::Reminder, Channel::Mail, Some("MessageRejected")), failed);
    let published = note(&|request| request.published(None, at(1)).unwrap());
    assert_eq!(published, "a notice was published");
    let unpublished = note(&|request| request.published(Some("NotFound"), at(1)).unwrap());
    assert_eq!(unpublished, "a notice could not be published: NotFound");
}

#[test]
fn l17_a_wrong_code_is_stored_and_a_killed_link_is_recorded_and_replaced_at_once() {
    let request = ApprovalRequest { notify_at: Some(at(120)), ..request() };
    let mut notice = Notice::new(request.id.clone(), who("ana"));
    let mut records = Vec::new();
    for typed in 1..=2 * MOST_MISSES {
        let after = notice.missed();
        let commit = request.missed(&notice, &after, at(1)).unwrap();
        assert_eq!(commit.guard, Guard::Notices(vec![after.clone()]), "{typed}");
        assert_eq!(commit.request.version, request.version + 1);
        let Some(audit) = commit.audit else {
            assert_eq!(commit.request.notify_at, Some(at(120)));
            notice = after;
            continue;
        };
        assert_eq!(audit.actor, Actor::CallbackHandler);
        records.push((typed, audit.note.unwrap(), commit.request.notify_at));
        notice = after;
    }
    let first = "ana typed five wrong codes: the link was killed".to_owned();
    let second = "ana typed five wrong codes again: no further link is made".to_owned();
    assert_eq!(records, [(5, first, Some(at(1))), (10, second, Some(at(120)))]);
}

#[test]
fn a_mail_that_came_back_leaves_a_record_and_says_when_people_are_next_written_to() {
    for (why, note) in [
        (Return::Bounce, "mail to ana bounced"),
        (Return::Transient, "mail to ana bounced for now"),
        (Return::Complaint, "ana reported the mail as unwanted"),
        (Return::Rejected, "mail to ana was not sent after all"),
    ] {
        let Recorded { request: after, audit } =
            request().returned(&who("ana"), why, Some(at(6)), at(5)).unwrap();
        assert_eq!((audit.note.as_deref(), audit.kind), (Some(note), AuditKind::Returned));
        assert_eq!((audit.from, audit.to), (Some(Status::Pending), Status::Pending));
        assert_eq!((after.notify_at, after.decide_by), (Some(at(6)), request().decide_by));
    }
}

#[test]
fn a_further_group_answers_earlier_only_where_policy_says_so_and_nobody_loses_a_voice() {
    let group = |name: &str| Group::parse(name).unwrap();
    let leads =
        |unreached_from| Escalation { unreached_from, ..Escalation::new(group("leads"), at(60)) };
    let needs = |to| Requirement { escalation: Some(to), ..need("billing", 2) };
    let unreached = [group("billing")].into();
    let request = pending(&[needs(leads(Some(at(0)))), need("compliance", 1)]);
    let Recorded { request: after, audit } = request.hastened(&unreached, at(5)).unwrap().unwrap();
    let required = &after.assessment.unwrap().requirements;
    let now = Escalation { from: at(5), ..leads(Some(at(0))) };
    assert_eq!(*required, [needs(now), need("compliance", 1)], "quorum and first group stay");
    assert_eq!((audit.kind, after.notify_at), (AuditKind::Hastened, Some(at(5))));
    let note = "nobody of billing could be reached: leads may answer at once";
    assert_eq!(audit.note.as_deref(), Some(note));
    let unchanged = |request: &ApprovalRequest, unreached: &BTreeSet<Group>, now| {
        request.hastened(unreached, now).unwrap().is_none()
    };
    assert!(unchanged(&request, &BTreeSet::new(), at(5)), "somebody is reached");
    assert!(unchanged(&request, &unreached, at(60)), "it is its time anyway");
    assert!(
        unchanged(&pending(&[needs(leads(None))]), &unreached, at(5)),
        "policy does not say so"
    );
    let closed = ApprovalRequest { status: Status::Approved, ..request };
    assert!(unchanged(&closed, &unreached, at(5)));
}
