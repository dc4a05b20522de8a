//! Mail that comes back: it is recorded, not sent in vain, and whoever can answer instead is asked.

use approval_core::audit::AuditKind;
use approval_core::failure::HandlerError;
use approval_core::name::RequestId;
use approval_core::notice::{Channel, Delivery, Notice, Return};
use approval_core::ports::{Clock, Letter};
use approval_core::status::Status;
use countersign_tests::events;
use countersign_tests::world::World;
use jiff::SignedDuration;
use serde_json::{Value, json};

/// A refund that five people were written to about.
async fn asked() -> (World, RequestId, Vec<Letter>) {
    let world = World::default();
    world.ask(&events::refund("O-1", "2500.00")).await;
    let (id, letters) = (world.newest(), world.letters());
    (world, id, letters)
}

fn letters_to(world: &World, letter: &Letter) -> usize {
    world.letters().iter().filter(|one| one.approver == letter.approver).count()
}

fn notes(world: &World, id: &RequestId) -> Vec<String> {
    let trail = world.memory.state().trails[id].clone();
    let returned = trail.into_iter().filter(|one| one.kind == AuditKind::Returned);
    returned.filter_map(|one| one.note).collect()
}

#[tokio::test]
async fn a_mail_that_comes_back_for_good_is_recorded_and_that_person_is_mailed_no_more() {
    for (what, why, note) in [
        (events::bounce("Permanent"), Return::Bounce, "bounced"),
        (events::complaint(), Return::Complaint, "reported the mail as unwanted"),
        (events::rejection(), Return::Rejected, "was not sent after all"),
    ] {
        let (world, id, letters) = asked().await;
        world.mail_comes_back(&letters[0], 1, &what).await;
        let [said] = notes(&world, &id).try_into().unwrap();
        assert!(said.ends_with(note) && said.contains(letters[0].approver.as_str()), "{said}");
        let key = (id.clone(), letters[0].approver.clone());
        let notice = world.memory.state().notices[&key].clone();
        assert_eq!(notice.deliveries[0].returned.unwrap().why, why);
        assert!(!notice.told());
        for _ in 0..30 {
            world.clock.advance(SignedDuration::from_mins(10));
            world.sweep().await;
        }
        assert_eq!(letters_to(&world, &letters[0]), 1, "{note}");
        assert!(letters_to(&world, &letters[1]) > 1, "the others are reminded as before");
    }
}

#[tokio::test]
async fn a_mail_that_comes_back_for_now_is_sent_again_and_the_same_link_decides() {
    let (world, id, letters) = asked().await;
    world.mail_comes_back(&letters[0], 1, &events::bounce("Transient")).await;
    world.sweep().await;
    assert_eq!(letters_to(&world, &letters[0]), 1, "not at once");
    world.clock.advance(SignedDuration::from_mins(1));
    world.sweep().await;
    assert_eq!(letters_to(&world, &letters[0]), 2);
    let first = world.request(&id).version;
    world.sweep().await;
    assert_eq!(world.request(&id).version, first, "and only once");
    let page = world.decide(letters[0].approver.as_str(), "approve", "").await;
    assert_eq!(page.status, 200);
}

#[tokio::test]
async fn whoever_reads_the_mail_all_the_same_can_decide() {
    let (world, id, letters) = asked().await;
    world.mail_comes_back(&letters[0], 1, &events::bounce("Permanent")).await;
    let page = world.decide(letters[0].approver.as_str(), "reject", "no").await;
    assert_eq!((page.status, world.request(&id).status), (200, Status::Rejected));
}

#[tokio::test]
async fn nobody_left_to_tell_is_no_failure_that_is_tried_every_minute() {
    let (world, id, letters) = asked().await;
    for (number, letter) in letters.iter().enumerate() {
        world.mail_comes_back(letter, number + 1, &events::bounce("Permanent")).await;
    }
    let mut parked = 0;
    for _ in 0..30 {
        world.clock.advance(SignedDuration::from_mins(1));
        parked += world.sweep().await.parked;
    }
    assert_eq!((parked, world.letters().len()), (0, letters.len()));
    assert_eq!(world.request(&id).status, Status::Pending, "an operator can still extend it");
}

#[tokio::test]
async fn whoever_had_another_channel_that_was_turned_off_is_not_tried_each_minute() {
    let (world, id, letters) = asked().await;
    let key = (id.clone(), letters[0].approver.clone());
    let asked = world.memory.state().notices[&key].deliveries[0].clone();
    let other = Delivery { channel: Channel::Sns, message: Some("sns-1".to_owned()), ..asked };
    world.memory.state().notices.get_mut(&key).unwrap().deliveries.push(other);
    world.mail_comes_back(&letters[0], 1, &events::bounce("Permanent")).await;
    let half = world.request(&id).reminders().next().unwrap();
    world.clock.advance(half.since((&world.clock).now()));
    let told = || world.memory.state().calls.iter().filter(|call| **call == "tell").count();
    let before = told();
    for _ in 0..32 {
        world.sweep().await;
        world.clock.advance(SignedDuration::from_mins(1));
    }
    let tried = world.memory.state().notices[&key].deliveries.clone();
    let tried = tried.iter().filter(|one| one.failure.as_deref() == Some("NoChannel")).count();
    assert_eq!((tried, told() - before), (6, 6), "after 0, 1, 3, 7, 15 and 31 minutes");
    assert_eq!(letters_to(&world, &letters[0]), 1, "nor mailed in vain");
    assert_eq!(letters_to(&world, &letters[1]), 2, "the others are reminded as before");
}

#[tokio::test]
async fn a_word_that_comes_before_the_ledger_has_the_mail_is_brought_again() {
    let (world, id, letters) = asked().await;
    let key = (id.clone(), letters[0].approver.clone());
    let event = events::mail(&letters[0], "mail-1", &events::bounce("Permanent"));
    let bounced = || world.tell_request_approval(&event);
    let whole = world.memory.state().notices[&key].clone();
    let bare = Notice { deliveries: Vec::new(), ..whole.clone() };
    let before = world.request(&id);

    world.memory.state().notices.insert(key.clone(), bare);
    world.clock.advance(SignedDuration::from_secs(1));
    assert!(matches!(bounced().await, Err(HandlerError::Unavailable(_))));
    world.clock.advance(SignedDuration::from_mins(1));
    assert!(
        matches!(bounced().await, Err(HandlerError::Unavailable(_))),
        "nor when it comes again"
    );
    world.memory.state().notices.insert(key.clone(), whole);
    assert!(bounced().await.is_ok());
    assert_eq!(notes(&world, &id).len(), 1, "the second time in time");
    assert!(bounced().await.is_ok(), "and once more it is no news");
    assert_eq!(notes(&world, &id).len(), 1);

    let unknown = events::mail(&letters[1], "mail-99", &events::bounce("Permanent"));
    world.clock.advance(SignedDuration::from_secs(59));
    assert!(world.tell_request_approval(&unknown).await.is_ok(), "it is brought for the last time");
    assert_eq!(notes(&world, &id).len(), 1);
    assert_eq!(before.status, world.request(&id).status);
}

#[tokio::test]
async fn a_word_on_no_mail_of_ours_changes_nothing() {
    let (world, id, letters) = asked().await;
    world.clock.advance(SignedDuration::from_mins(5));
    let before = world.request(&id);
    let bounce = events::bounce("Permanent");
    let said = |event: Value| {
        let world = &world;
        async move { world.tell_request_approval(&event).await }
    };
    // Another id; another person's; another request; without tags; tags that are not ours.
    assert!(said(events::mail(&letters[0], "mail-99", &bounce)).await.is_ok());
    assert!(said(events::mail(&letters[0], "mail-2", &bounce)).await.is_ok());
    let strange = Letter { request: RequestId::parse("r-9").unwrap(), ..letters[0].clone() };
    assert!(said(events::mail(&strange, "mail-1", &bounce)).await.is_ok());
    for tags in [json!(null), json!({}), json!({"request": ["x y"], "approver": ["z"]})] {
        let mut event = events::mail(&letters[0], "mail-1", &bounce);
        event["detail"]["mail"]["tags"] = tags;
        assert!(said(event).await.is_ok());
    }
    assert_eq!(world.request(&id), before);
}

#[tokio::test]
async fn an_event_that_is_not_understood_is_refused() {
    let (world, id, letters) = asked().await;
    let before = world.request(&id);
    let good = events::mail(&letters[0], "mail-1", &events::bounce("Permanent"));
    let with = |path: &str, value: Value| {
        let mut event = good.clone();
        *event.pointer_mut(path).unwrap() = value;
        event
    };
    for bad in [
        with("/source", json!("aws.s3")),
        with("/source", json!("mallory")),
        with("/detail-type", json!("Email Opened")),
        with("/detail-type", json!(7)),
        with("/detail/bounce/bounceType", json!("Imagined")),
        with("/detail/bounce", json!(null)),
        with("/detail/mail/messageId", json!(null)),
        with("/detail", json!("text")),
    ] {
        let said = world.tell_request_approval(&bad).await;
        assert!(matches!(said, Err(HandlerError::BadInput(_))), "{bad}: {said:?}");
    }
    assert_eq!(world.request(&id), before);
}

#[tokio::test]
async fn the_word_is_noted_once_however_often_it_comes_and_whatever_call_fails() {
    for lost in [false, true] {
        for at in 0..6 {
            let (world, id, letters) = asked().await;
            let event = events::mail(&letters[0], "mail-1", &events::bounce("Permanent"));
            let fault = Some(world.memory.state().calls.len() + at);
            if lost {
                world.memory.state().lost_at = fault;
            } else {
                world.memory.state().fails_at = fault;
            }
            let _ = world.tell_request_approval(&event).await;
            world.memory.state().fails_at = None;
            world.memory.state().lost_at = None;
            world.tell_request_approval(&event).await.unwrap();
            world.tell_request_approval(&event).await.unwrap();
            assert_eq!(notes(&world, &id).len(), 1, "{at} {lost}");
        }
    }
}

#[tokio::test]
async fn an_operator_who_has_people_reminded_has_a_mended_address_mailed_once_more() {
    let remind = |id: &RequestId| json!({"order": "remind", "request": id, "reason": "mended"});
    for (what, mailed) in [(events::bounce("Permanent"), 2), (events::complaint(), 1)] {
        let (world, id, letters) = asked().await;
        world.mail_comes_back(&letters[0], 1, &what).await;
        world.clock.advance(SignedDuration::from_mins(20));
        assert_eq!(world.order(&remind(&id)).await.0, 200);
        world.sweep().await;
        assert_eq!(letters_to(&world, &letters[0]), mailed, "{what}");
    }
}
