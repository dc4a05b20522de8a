use approval_core::audit::{Actor, AuditHead};
use approval_core::digest::Digest;
use approval_core::moment::Moment;

use super::*;
use crate::fixture::{pending, refund};

fn record(
    minutes: i64,
    kind: AuditKind,
    who: Option<&str>,
    (from, to): (Status, Status),
    note: Option<&str>,
) -> AuditRecord {
    let request = approval_core::name::RequestId::parse("r-1").unwrap();
    let hash = AuditHead::start(&request).hash;
    AuditRecord {
        request,
        seq: 0,
        version: 1,
        at: Moment::parse("2026-11-22T10:00:00Z").unwrap().plus(SignedDuration::from_mins(minutes)),
        actor: Actor::CallbackHandler,
        kind,
        who: who.map(str::to_owned),
        from: Some(from),
        to,
        digest: Digest::of(b""),
        cause: None,
        note: note.map(str::to_owned),
        previous: hash,
        hash,
    }
}

const WAITS: (Status, Status) = (Status::Pending, Status::Pending);

fn asked() -> AuditRecord {
    record(0, AuditKind::Transition, None, (Status::Received, Status::Pending), None)
}

#[tokio::test]
async fn rates_and_times_are_of_those_that_people_were_asked_about() {
    let (request, _) = pending(refund(), "dana").await;
    let with = |status| ApprovalRequest { status, ..request.clone() };
    let (executed, rejected) = (with(Status::Executed), with(Status::Rejected));
    let (expired, allowed) = (with(Status::Expired), with(Status::Executed));
    let trails = [
        vec![
            asked(),
            record(10, AuditKind::Approval, Some("ana"), WAITS, Some("ana approved")),
            record(
                30,
                AuditKind::Approval,
                Some("ben"),
                (Status::Pending, Status::Approved),
                Some("ben approved, 41 s after opening the page"),
            ),
        ],
        vec![
            asked(),
            record(
                50,
                AuditKind::Rejection,
                Some("ben"),
                (Status::Pending, Status::Rejected),
                Some("ben rejected, 3 s after opening the page"),
            ),
        ],
        vec![asked()],
        Vec::new(),
    ];
    let all = [&executed, &rejected, &expired, &allowed];
    let figures = Figures::of(all.into_iter().zip(trails.iter().map(Vec::as_slice)));
    assert_eq!((figures.ended, figures.asked, figures.expired), (4, 3, 1));
    assert_eq!(figures.expiry_rate(), Some(33));
    assert_eq!(figures.within(50), Some(SignedDuration::from_mins(30)));
    assert_eq!(figures.within(90), Some(SignedDuration::from_mins(50)));
    let ben = &figures.people["ben"];
    assert_eq!((ben.approved, ben.rejected, ben.rate()), (1, 1, Some(50)));
    assert_eq!((ben.seconds.as_slice(), ben.median()), (&[3, 41][..], Some(3)));
    assert_eq!(figures.people["ana"].median(), None, "older records tell no seconds");
    assert_eq!(figures.rules["refund-over-1000"].rate(), Some(66));
}

#[test]
fn nothing_has_no_rates() {
    let none = Figures::of([]);
    assert_eq!((none.within(50), none.expiry_rate()), (None, None));
    assert_eq!((Votes::default().rate(), Votes::default().median()), (None, None));
}

#[test]
fn seconds_are_read_from_the_end_of_a_note_and_from_nothing_else() {
    assert_eq!(seconds("ana approved, 41 s after opening the page"), Some(41));
    for none in [
        "ana approved",
        "",
        "ana approved, -1 s after opening the page",
        "41 s after opening the page",
        "ana approved, 41 s after opening the page, she says",
    ] {
        assert_eq!(seconds(none), None, "{none}");
    }
}
