use super::*;
use crate::audit::Actor;
use crate::fixture::{House, asks, at, need, opened, pending, says};
use crate::lifecycle::Recorded;
use crate::notice::{Channel, Delivery, Notice, Occasion};
use crate::steering::Operator;

fn names(recorded: &Recorded) -> Vec<&'static str> {
    EventType::of(&recorded.audit).into_iter().map(EventType::name).collect()
}

#[test]
fn each_step_tells_what_it_is_and_bookkeeping_tells_nothing() {
    let house = House::of(&[("ana", &["billing"]), ("bo", &["billing"])]);
    let opened = opened();
    assert_eq!(names(&opened), [""; 0]);
    let asked = opened.request.assess(asks(&[need("billing", 2)]), at(0)).unwrap();
    assert_eq!(names(&asked), ["Approval Requested"]);
    let request = asked.request;
    let yes = |who: &str| says(&request, who, Verdict::Approve, at(1));
    let one = request.record(&yes("ana"), &[], &house).unwrap();
    assert_eq!(names(&one), ["Decision Recorded"]);
    let both = one.request.record(&yes("bo"), &[yes("ana")], &house).unwrap();
    assert_eq!(names(&both), ["Decision Recorded", "Approved"]);
    let no = request.record(&says(&request, "bo", Verdict::Reject, at(1)), &[], &house).unwrap();
    assert_eq!(names(&no), ["Decision Recorded", "Rejected"]);
    let cut = request.expire(Actor::RelayOutbox, at(240)).unwrap();
    assert_eq!(names(&cut), ["Expired"]);
    assert_eq!(names(&request.withdraw(at(1)).unwrap()), ["Cancelled"]);
    let by = Operator { who: "arn:operator", reason: "a holiday" };
    assert_eq!(names(&request.extend(at(300), &by, at(1)).unwrap()), [""; 0]);
    let notice = Notice::new(request.id.clone(), crate::fixture::who("ana"));
    for (occasion, failure, told) in [
        (Occasion::Ask, None, &[][..]),
        (Occasion::Reminder, None, &["Reminder Sent"][..]),
        (Occasion::Reminder, Some("Throttled".to_owned()), &[][..]),
        (Occasion::Outcome, None, &[][..]),
    ] {
        let delivery = Delivery {
            occasion,
            epoch: 0,
            channel: Channel::Mail,
            at: at(1),
            message: failure.is_none().then(|| "id".to_owned()),
            failure,
            returned: None,
        };
        assert_eq!(names(&request.noticed(&notice, &delivery, at(1)).unwrap()), told);
    }
}

#[test]
fn events_are_owed_from_the_first_step_that_tells_something() {
    assert_eq!(opened().request.publish_from, None);
    let asked = pending(&[need("billing", 1)]);
    assert_eq!(asked.publish_from, Some(1));
    let cancelled = asked.withdraw(at(1)).unwrap().request;
    assert_eq!(cancelled.publish_from, Some(1), "the older one is still owed");
    assert_eq!(cancelled.announced(None, 3, at(2)).publish_from, None);
    assert_eq!(cancelled.announced(Some(2), 3, at(2)).publish_from, Some(2), "it was not taken");
    assert_eq!(cancelled.announced(None, 2, at(2)).publish_from, Some(2), "written meanwhile");
}

#[test]
fn an_event_says_who_and_why_and_holds_nothing_to_be_kept() {
    let house = House::of(&[("ana", &["billing"])]);
    let request = pending(&[need("billing", 1)]);
    let mut no = says(&request, "ana", Verdict::Reject, at(1));
    no.comment = "canary comment".to_owned();
    let recorded = request.record(&no, &[], &house).unwrap();
    let events = Event::of(&recorded.audit, &recorded.request, "staging");
    let [decided, rejected] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!((decided.verdict, rejected.verdict), (Some(Verdict::Reject), None));
    assert_eq!(rejected.cause, Some(Cause::PeopleRejected));
    assert_eq!((decided.seq, decided.who.as_deref()), (2, Some("ana")));
    assert_eq!(decided.decide_by, None, "nobody decides any more");
    let text = serde_json::to_string(&events).unwrap();
    assert!(!text.contains("canary") && !text.contains("480"), "{text}");
}

#[test]
fn every_type_has_a_name_of_its_own() {
    let mut names: Vec<_> = EventType::ALL.into_iter().map(EventType::name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), EventType::ALL.len());
}
