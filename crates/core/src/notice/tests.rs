use super::*;
use crate::fixture::{at, need, pending, who};
use crate::name::Group;
use crate::requirement::{Escalation, Requirement};

fn request() -> ApprovalRequest {
    pending(&[need("billing", 1)])
}

fn fresh() -> Notice {
    Notice::new(request().id, who("ana"))
}

fn sent(notice: &Notice, occasion: Occasion, minute: i64) -> Notice {
    let (message, failure) = (Some("id-1".to_owned()), None);
    let (epoch, channel) = (notice.epoch, Channel::Mail);
    notice.with(Delivery {
        occasion,
        epoch,
        channel,
        at: at(minute),
        message,
        failure,
        returned: None,
    })
}

fn failed(notice: &Notice, occasion: Occasion, minute: i64) -> Notice {
    let (message, failure) = (None, Some("MessageRejected".to_owned()));
    let (epoch, channel) = (notice.epoch, Channel::Mail);
    notice.with(Delivery {
        occasion,
        epoch,
        channel,
        at: at(minute),
        message,
        failure,
        returned: None,
    })
}

fn made(notice: &Notice, key: &str) -> Notice {
    Notice { check: Some(Mac(vec![1; 32])), ..notice.prepared(key) }
}

fn killed(notice: &Notice) -> Notice {
    (0..MOST_MISSES).fold(notice.clone(), |notice, _| notice.missed())
}

#[test]
fn who_was_sent_nothing_is_asked_and_who_was_asked_is_left_alone() {
    let asked = sent(&fresh(), Occasion::Ask, 0);
    assert!(!fresh().told() && asked.told());
    assert_eq!(fresh().owed(&request(), at(0)), Some(Occasion::Ask));
    assert_eq!(asked.owed(&request(), at(0)), None);
}

#[test]
fn f25_a_message_that_does_not_go_out_is_tried_after_one_two_four_minutes_and_so_on() {
    let mut notice = fresh();
    let mut tried = Vec::new();
    for minute in 0..240 {
        if notice.owed(&request(), at(minute)) == Some(Occasion::Ask) {
            tried.push(minute);
            notice = failed(&notice, Occasion::Ask, minute);
            assert!(!notice.told());
        }
    }
    assert_eq!(tried, [0, 1, 3, 7, 15, 31, 63, 127]);
    assert_eq!(request().next_notice(&[notice], at(130)), Some(at(225)), "and with the reminder");
}

#[test]
fn f27_one_channel_that_takes_it_is_enough() {
    let refused = failed(&fresh(), Occasion::Ask, 0);
    let (message, failure) = (Some("id-2".to_owned()), None);
    let (occasion, channel) = (Occasion::Ask, Channel::Sns);
    let over_sns =
        Delivery { occasion, epoch: 0, channel, at: at(0), message, failure, returned: None };
    assert_eq!(refused.with(over_sns).owed(&request(), at(0)), None);
}

#[test]
fn who_has_not_answered_is_reminded_at_half_time_and_shortly_before_the_end() {
    let asked = sent(&fresh(), Occasion::Ask, 0);
    assert_eq!(request().reminders().collect::<Vec<_>>(), [at(120), at(225)]);
    assert_eq!(asked.owed(&request(), at(119)), None);
    assert_eq!(asked.owed(&request(), at(120)), Some(Occasion::Reminder));
    let reminded = sent(&asked, Occasion::Reminder, 120);
    assert_eq!(reminded.owed(&request(), at(224)), None);
    assert_eq!(reminded.owed(&request(), at(225)), Some(Occasion::Reminder));
    assert_eq!(sent(&reminded, Occasion::Reminder, 225).owed(&request(), at(239)), None);
    let unlucky = failed(&asked, Occasion::Reminder, 120);
    assert_eq!(unlucky.owed(&request(), at(120)), None);
    assert_eq!(unlucky.owed(&request(), at(121)), Some(Occasion::Reminder));
}

#[test]
fn whoever_was_written_to_since_half_of_the_time_is_not_reminded_as_well() {
    let late = sent(&killed(&sent(&fresh(), Occasion::Ask, 0)), Occasion::FreshLink, 130);
    assert_eq!(late.owed(&request(), at(200)), None);
}

#[test]
fn nobody_is_reminded_within_ten_minutes_nor_twice_within_an_hour() {
    let mut request = request();
    for (minutes, reminders) in [
        (0, vec![]),
        (9, vec![]),
        (10, vec![at(5)]),
        (59, vec![at(29).plus(SignedDuration::from_secs(30))]),
        (60, vec![at(30), at(45)]),
    ] {
        request.decide_by = Some(at(minutes));
        assert_eq!(request.reminders().collect::<Vec<_>>(), reminders, "{minutes}");
    }
    request.decide_by = None;
    assert_eq!(request.reminders().count(), 0);
}

#[test]
fn l17_the_fifth_wrong_code_kills_the_link_and_a_fresh_one_is_owed() {
    let asked = sent(&made(&fresh(), "key-1"), Occasion::Ask, 0);
    let four = (1..MOST_MISSES).fold(asked.clone(), |notice, _| notice.missed());
    assert_eq!(four, Notice { misses: 4, ..asked.clone() });
    let killed = four.missed();
    assert_eq!((killed.epoch, killed.misses, &killed.check), (1, 0, &None));
    assert!(killed.replaced && !killed.locked && !killed.told());
    assert!(!killed.is_prepared("key-1"), "its link must be made anew");
    assert_eq!(killed.owed(&request(), at(1)), Some(Occasion::FreshLink));
    assert_eq!(sent(&killed, Occasion::FreshLink, 1).owed(&request(), at(1)), None);
    assert_eq!(killed.deliveries, asked.deliveries);
}

#[test]
fn l17_five_more_wrong_codes_lock_the_person_out_for_good() {
    let again = killed(&sent(&killed(&fresh()), Occasion::FreshLink, 1));
    assert_eq!((again.epoch, again.locked), (2, true));
    for minute in [1, 120, 239] {
        assert_eq!(again.owed(&request(), at(minute)), None, "{minute}");
    }
    assert!(killed(&again).locked);
}

#[test]
fn tries_of_a_link_that_ended_do_not_count_against_the_next_one() {
    let asked = sent(&fresh(), Occasion::Ask, 0);
    let unlucky = failed(&made(&killed(&asked), "key-1"), Occasion::FreshLink, 1);
    assert_eq!(unlucky.owed(&request(), at(1)), None);
    let changed = made(&unlucky, "key-2");
    assert_eq!(changed.owed(&request(), at(1)), Some(Occasion::FreshLink));
}

#[test]
fn a_link_is_prepared_under_the_key_it_is_made_with_and_no_other() {
    let first = fresh().prepared("key-1");
    assert_eq!((first.epoch, first.is_prepared("key-1")), (0, false));
    let first = made(&fresh(), "key-1");
    assert!(first.is_prepared("key-1") && !first.is_prepared("key-2"));
    assert_eq!(first.prepared("key-1").epoch, 0, "the same key makes the same link");
}

#[test]
fn a_link_under_another_key_ends_the_old_one_and_is_sent() {
    let asked = sent(&made(&fresh(), "key-1"), Occasion::Ask, 0);
    let changed = made(&asked, "key-2");
    assert_eq!(changed.epoch, 1);
    assert!(changed.is_prepared("key-2") && !changed.is_prepared("key-1"));
    assert_eq!(changed.owed(&request(), at(1)), Some(Occasion::FreshLink));
}

#[test]
fn people_are_next_written_to_in_a_minute_or_at_half_time_or_never() {
    let request = request();
    let asked = sent(&fresh(), Occasion::Ask, 0);
    let unlucky = failed(&fresh(), Occasion::Ask, 3);
    let next = |notices: &[Notice], minute| request.next_notice(notices, at(minute));
    assert_eq!(next(&[asked.clone(), unlucky.clone()], 3), Some(at(4)));
    assert_eq!(next(std::slice::from_ref(&asked), 3), Some(at(120)));
    assert_eq!(next(std::slice::from_ref(&asked), 120), Some(at(121)), "the reminder is owed");
    let reminded = sent(&asked, Occasion::Reminder, 120);
    assert_eq!(next(std::slice::from_ref(&reminded), 121), Some(at(225)));
    assert_eq!(next(&[sent(&reminded, Occasion::Reminder, 225)], 226), None);
}

#[test]
fn whoever_was_asked_is_told_once_how_it_ended_and_nobody_else() {
    let ended_at = Some(at(240));
    let ended = ApprovalRequest { status: Status::Expired, ended_at, ..request() };
    let asked = sent(&fresh(), Occasion::Ask, 0);
    assert_eq!(asked.owed(&ended, at(240)), Some(Occasion::Outcome));
    assert_eq!(killed(&killed(&asked)).owed(&ended, at(240)), Some(Occasion::Outcome), "locked");
    assert_eq!(fresh().owed(&ended, at(240)), None, "was never asked");
    let unreached = failed(&fresh(), Occasion::Ask, 0);
    assert_eq!(unreached.owed(&ended, at(240)), None, "was never reached");
    let informed = sent(&asked, Occasion::Outcome, 240);
    assert_eq!(informed.owed(&ended, at(241)), None);
    let last_thing = ApprovalRequest { ended_at: Some(ended.hard_limit), ..ended.clone() };
    assert_eq!(asked.owed(&last_thing, ended.hard_limit), Some(Occasion::Outcome));
    let late = failed(&asked, Occasion::Outcome, 240 + 3 * 24 * 60 - 1);
    assert_eq!(late.owed(&ended, at(240 + 3 * 24 * 60)), None, "it is no news any more");
    let unlucky = failed(&asked, Occasion::Outcome, 240);
    assert_eq!(unlucky.owed(&ended, at(240)), None);
    assert_eq!(unlucky.owed(&ended, at(241)), Some(Occasion::Outcome));
    assert_eq!(ended.next_notice(std::slice::from_ref(&asked), at(240)), Some(at(241)));
    assert_eq!(ended.next_notice(&[informed], at(240)), None);
    for status in [Status::Approved, Status::Executing, Status::InDoubt] {
        let on_its_way = ApprovalRequest { status, ..request() };
        assert_eq!(asked.owed(&on_its_way, at(200)), None, "{status}");
    }
}

#[test]
fn a_further_group_is_written_to_when_its_time_comes() {
    let leads = Escalation::new(Group::parse("leads").unwrap(), at(60));
    let request = pending(&[Requirement { escalation: Some(leads), ..need("billing", 1) }]);
    let asked = [sent(&fresh(), Occasion::Ask, 0)];
    assert_eq!(request.next_notice(&asked, at(1)), Some(at(60)));
    assert_eq!(request.next_notice(&asked, at(60)), Some(at(120)));
}

#[test]
fn whoever_has_not_answered_is_reminded_when_an_operator_says_so_and_by_the_clock_as_before() {
    let asked = sent(&fresh(), Occasion::Ask, 0);
    let ordered = ApprovalRequest { remind_from: Some(at(30)), ..request() };
    assert_eq!(asked.owed(&ordered, at(29)), None);
    assert_eq!(asked.owed(&ordered, at(30)), Some(Occasion::Reminder));
    let reminded = sent(&asked, Occasion::Reminder, 30);
    assert_eq!(reminded.owed(&ordered, at(119)), None);
    assert_eq!(reminded.owed(&ordered, at(120)), Some(Occasion::Reminder));
    assert_eq!(ordered.next_notice(&[reminded], at(31)), Some(at(120)));
}

#[test]
fn whoever_could_not_be_reached_is_tried_at_once_when_an_operator_says_so() {
    let unlucky =
        failed(&failed(&failed(&fresh(), Occasion::Ask, 0), Occasion::Ask, 1), Occasion::Ask, 3);
    assert_eq!(unlucky.owed(&request(), at(5)), None);
    let ordered = ApprovalRequest { remind_from: Some(at(5)), ..request() };
    assert_eq!(unlucky.owed(&ordered, at(5)), Some(Occasion::Ask));
    assert_eq!(failed(&unlucky, Occasion::Ask, 5).owed(&ordered, at(6)), None, "once an order");
}
