use super::*;
use crate::fixture::{at, need, pending, who};
use crate::notice::Occasion;
use crate::request::ApprovalRequest;
use crate::status::Status;

fn request() -> ApprovalRequest {
    pending(&[need("billing", 1)])
}

fn sent(notice: &Notice, occasion: Occasion, channel: Channel, minute: i64) -> Notice {
    let message = Some(format!("id-{minute}"));
    let (epoch, failure, returned) = (notice.epoch, None, None);
    notice.with(Delivery { occasion, epoch, channel, at: at(minute), message, failure, returned })
}

fn asked() -> Notice {
    sent(&Notice::new(request().id, who("ana")), Occasion::Ask, Channel::Mail, 0)
}

fn back(notice: &Notice, sent_at: i64, why: Return, minute: i64) -> Notice {
    let returned = Returned { why, at: at(minute) };
    notice.returned(&format!("id-{sent_at}"), returned).unwrap().0
}

#[test]
fn whose_mail_came_back_was_not_told_and_is_written_to_again_only_where_that_may_help() {
    for why in Return::ALL {
        let notice = back(&asked(), 0, why, 5);
        assert!(!notice.told() && notice.last_told().is_none(), "{why:?}");
        let again = notice.owed(&request(), at(6));
        assert_eq!(again, why.may_pass().then_some(Occasion::Ask), "{why:?}");
        assert_eq!(notice.is_unreachable(), !why.may_pass(), "{why:?}");
        let gone = matches!(why, Return::Bounce | Return::Complaint);
        assert_eq!(notice.is_gone(), gone, "{why:?}");
        assert_eq!(notice.owed(&request(), at(239)).is_some(), why.may_pass(), "{why:?}");
    }
}

#[test]
fn what_comes_back_for_now_is_tried_later_and_later_and_four_times_at_most() {
    let mut notice = asked();
    let mut tried = Vec::new();
    for minute in 1..240 {
        if minute == 1 {
            notice = back(&notice, 0, Return::Transient, minute);
        }
        if notice.owed(&request(), at(minute)) == Some(Occasion::Ask) {
            tried.push(minute);
            notice = sent(&notice, Occasion::Ask, Channel::Mail, minute);
            assert!(notice.told());
            notice = back(&notice, minute, Return::Transient, minute);
        }
    }
    assert_eq!(tried, [2, 4, 8]);
    assert!(
        notice.is_unreachable() && !notice.is_gone(),
        "no mail is tried, and they may be there"
    );
}

#[test]
fn a_reminder_that_came_back_takes_nothing_from_the_mail_before_it() {
    let reminded = sent(&asked(), Occasion::Reminder, Channel::Mail, 120);
    let notice = back(&reminded, 120, Return::Transient, 121);
    assert!(notice.told(), "the link is in the first mail too");
    assert_eq!(notice.owed(&request(), at(121)), None);
    assert_eq!(notice.owed(&request(), at(122)), Some(Occasion::Reminder));
    let notice = back(&reminded, 120, Return::Bounce, 121);
    assert_eq!(notice.owed(&request(), at(225)), None, "no mail is sent any more");
}

#[test]
fn who_can_be_reached_another_way_is_written_to_that_way() {
    let asked = sent(&asked(), Occasion::Ask, Channel::Sns, 0);
    let notice = back(&asked, 0, Return::Bounce, 5);
    assert!(notice.told() && !notice.is_mailable() && !notice.is_unreachable());
    assert!(!notice.is_gone(), "there is another way");
    assert_eq!(notice.owed(&request(), at(120)), Some(Occasion::Reminder));
}

#[test]
fn nobody_is_told_how_it_ended_where_mail_does_not_arrive() {
    let ended_at = Some(at(240));
    let ended = ApprovalRequest { status: Status::Expired, ended_at, ..request() };
    assert_eq!(asked().owed(&ended, at(240)), Some(Occasion::Outcome));
    for why in Return::ALL {
        assert_eq!(back(&asked(), 0, why, 5).owed(&ended, at(240)), None, "{why:?}");
    }
    let reminded = sent(&asked(), Occasion::Reminder, Channel::Mail, 120);
    let complained = back(&reminded, 120, Return::Complaint, 121);
    assert_eq!(complained.owed(&ended, at(240)), None, "never mailed again");
}

#[test]
fn the_most_final_word_on_a_mail_stands_and_a_word_on_no_mail_of_ours_counts_for_nothing() {
    let word = |why| Returned { why, at: at(9) };
    let bounced = back(&asked(), 0, Return::Bounce, 5);
    for why in [Return::Transient, Return::Rejected, Return::Bounce] {
        assert_eq!(bounced.returned("id-0", word(why)), None, "{why:?}");
    }
    assert!(bounced.returned("id-0", word(Return::Complaint)).is_some());
    assert_eq!(asked().returned("id-1", word(Return::Bounce)), None);
    let over_sns = sent(&Notice::new(request().id, who("ana")), Occasion::Ask, Channel::Sns, 0);
    assert_eq!(over_sns.returned("id-0", word(Return::Bounce)), None);
}

#[test]
fn a_row_without_the_word_reads_back_and_one_with_it_too() {
    let json = serde_json::to_value(asked()).unwrap();
    assert!(json["deliveries"][0].get("returned").is_none());
    let bounced = back(&asked(), 0, Return::Bounce, 5);
    let json = serde_json::to_value(&bounced).unwrap();
    assert_eq!(json["deliveries"][0]["returned"]["why"], "bounce");
    assert_eq!(serde_json::from_value::<Notice>(json).unwrap(), bounced);
}

#[test]
fn any_name_becomes_a_tag_and_reads_back() {
    for name in ["ana", "a_b-c.d:e/f@g"] {
        let tag = tagged(name);
        assert!(tag.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c)), "{tag}");
        let (request, approver) = untagged(&tag, &tag).unwrap();
        assert_eq!((request.as_str(), approver.as_str()), (name, name));
    }
    assert!(tagged(&"x".repeat(128)).len() < 256);
    assert_eq!(untagged("ana", &tagged("ana")), None);
    assert_eq!(untagged(&tagged("a b"), &tagged("ana")), None);
}
