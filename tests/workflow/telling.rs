//! Who is written to, how often, and what happens when a channel fails.

use approval_core::failure::HandlerError;
use approval_core::name::RequestId;
use approval_core::status::Status;
use approval_core::task::{Attempt, TaskToken};
use countersign_tests::events;
use countersign_tests::letter::Personal;
use countersign_tests::world::World;
use jiff::SignedDuration;

const MANAGERS: [&str; 3] = ["billing-manager-1", "billing-manager-2", "billing-manager-3"];

/// A refund that is about to be asked about.
async fn classified(amount: &str) -> (World, RequestId) {
    let world = World::default();
    world.send(&events::refund("O-1", amount)).await;
    let id = world.newest();
    world.classify(&id).await.unwrap();
    world.memory.state().executions.insert(id.clone(), true);
    (world, id)
}

fn letters_to(world: &World, who: &str) -> usize {
    world.letters().iter().filter(|letter| letter.approver.as_str() == who).count()
}

#[tokio::test]
async fn everybody_who_may_decide_gets_one_letter_with_a_link_of_their_own() {
    let (world, id) = classified("2500.00").await;
    world.await_decision(&id).await.unwrap();
    let letters = world.letters();
    assert_eq!(letters.len(), 5);
    let mine: Vec<_> = letters.iter().map(|letter| Personal::read(&letter.text)).collect();
    for (letter, own) in letters.iter().zip(&mine) {
        for other in mine.iter().filter(|other| *other != own) {
            assert!(!letter.text.contains(other.token()), "{letter:?}");
            assert!(!letter.html.contains(other.token()), "{letter:?}");
        }
        assert!(letter.html.contains(own.token()) && letter.html.contains(&own.code));
        assert!(!letter.subject.contains(&own.code) && !own.link.contains(&own.code));
    }
    assert_eq!(world.memory.state().published.len(), 1);
    let notice = world.memory.state().published[0].clone();
    assert!(notice.contains(id.as_str()), "{notice}");
    assert!(!notice.contains("/a/") && !notice.contains("O-1"), "{notice}");
}

#[tokio::test]
async fn f07_what_recognises_a_link_and_its_code_is_stored_before_the_mail_is_sent() {
    let (world, id) = classified("480.00").await;
    let sends = {
        let (calm, id) = classified("480.00").await;
        calm.await_decision(&id).await.unwrap();
        let calls = calm.memory.state().calls.clone();
        calls.iter().position(|call| *call == "send").unwrap()
    };
    // The mail goes out and the answer is lost, and so is all that would come after it.
    world.memory.state().lost_at = Some(sends);
    let told = world.await_decision(&id).await;
    assert!(told.is_ok(), "{told:?}");
    let first = world.letters()[0].approver.to_string();
    assert_eq!(world.decide(&first, "approve", "").await.status, 200, "the link works at once");
}

#[tokio::test]
async fn f06_f26_a_retry_writes_only_to_whom_it_missed_whatever_call_failed() {
    for lost in [false, true] {
        for at in 0..60 {
            let (world, id) = classified("480.00").await;
            let first = world.memory.state().calls.len();
            let fault = Some(first + at);
            if lost {
                world.memory.state().lost_at = fault;
            } else {
                world.memory.state().fails_at = fault;
            }
            let once = world.await_decision(&id).await;
            world.memory.state().fails_at = None;
            world.memory.state().lost_at = None;
            if once.is_err() {
                world.await_decision(&id).await.unwrap();
            }
            world.clock.advance(SignedDuration::from_mins(2));
            world.sweep().await;
            let counts = MANAGERS.map(|who| letters_to(&world, who));
            let doubled = counts.iter().filter(|count| **count == 2).count();
            assert!(counts.iter().all(|count| (1..=2).contains(count)), "{at} {lost}: {counts:?}");
            assert!(doubled <= 1, "{at} {lost}: only the one whose record was lost: {counts:?}");
            let request = world.request(&id);
            assert!(request.wait.is_some(), "{at} {lost}");
            approval_core::audit::check(&request, &world.memory.state().trails[&id]).unwrap();
            assert_eq!(world.decide(MANAGERS[1], "approve", "").await.status, 200, "{at} {lost}");
        }
    }
}

#[tokio::test]
async fn f26_one_address_that_is_refused_is_recorded_and_costs_the_others_nothing() {
    let (world, id) = classified("480.00").await;
    world.memory.state().refuses.insert("billing-manager-2@example.com".to_owned());
    assert_eq!(world.await_decision(&id).await.unwrap(), Status::Pending);
    assert_eq!(world.mailed(), ["billing-manager-1", "billing-manager-3"]);
    let notes = notes(&world, &id);
    assert!(
        notes.iter().any(|n| n == "billing-manager-2 could not be asked by mail: MessageRejected"),
        "{notes:?}"
    );
    world.memory.state().refuses.clear();
    world.clock.advance(SignedDuration::from_mins(1));
    world.sweep().await;
    assert_eq!(world.mailed(), MANAGERS, "a minute later it is tried again");
    assert_eq!(world.letters().len(), 3);
}

#[tokio::test]
async fn f25_where_nobody_can_be_reached_nothing_runs_and_the_request_is_closed() {
    let (world, id) = classified("480.00").await;
    for who in MANAGERS {
        world.memory.state().refuses.insert(format!("{who}@example.com"));
    }
    for _ in 0..7 {
        let failed = world.await_decision(&id).await;
        assert!(matches!(failed, Err(HandlerError::Untold)), "{failed:?}");
    }
    assert!(world.letters().is_empty());
    // The state machine has stopped.
    world.memory.state().executions.insert(id.clone(), false);
    world.clock.advance(SignedDuration::from_mins(1));
    assert_eq!(world.sweep().await.closed, 1);
    assert_eq!(world.request(&id).status, Status::Expired);
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn a_topic_that_fails_is_noted_and_not_fatal() {
    let (world, id) = classified("480.00").await;
    let publish = {
        let calm = classified("480.00").await;
        calm.0.await_decision(&calm.1).await.unwrap();
        let calls = calm.0.memory.state().calls.clone();
        calls.iter().position(|call| *call == "publish").unwrap()
    };
    world.memory.state().fails_at = Some(publish);
    assert_eq!(world.await_decision(&id).await.unwrap(), Status::Pending);
    assert_eq!(world.letters().len(), 3);
    assert!(notes(&world, &id).iter().any(|note| note.starts_with("a notice could not be")));
}

#[tokio::test]
async fn who_has_not_answered_is_reminded_once_with_the_same_link() {
    let world = World::default();
    world.ask(&events::refund("O-1", "2500.00")).await;
    let before = world.mail_of(MANAGERS[0]);
    world.decide(MANAGERS[1], "approve", "").await;
    world.clock.advance(SignedDuration::from_hours(2));
    world.sweep().await;
    world.sweep().await;
    assert_eq!(letters_to(&world, MANAGERS[0]), 2);
    assert_eq!(letters_to(&world, MANAGERS[1]), 1, "whoever answered is left alone");
    assert_eq!(world.mail_of(MANAGERS[0]), before);
    let letters = world.letters();
    let last = letters.last().unwrap();
    assert!(last.subject.starts_with("Re: ") && last.follows.is_some(), "{last:?}");
    world.clock.advance(SignedDuration::from_hours(1));
    world.sweep().await;
    assert_eq!(letters_to(&world, MANAGERS[0]), 2);
}

#[tokio::test]
async fn f06_f11_the_token_of_an_older_attempt_does_not_replace_that_of_a_newer_one() {
    let (world, id) = classified("480.00").await;
    let attempt = |retries| Attempt { entered_at: Some(world.now()), retries };
    let token = |text: &str| TaskToken::new(text.to_owned());
    world.ask_people(&id, Some((token("second"), attempt(1)))).await.unwrap();
    world.ask_people(&id, Some((token("first"), attempt(0)))).await.unwrap();
    assert_eq!(world.request(&id).wait.unwrap().token.expose(), "second");
    world.ask_people(&id, Some((token("third"), attempt(2)))).await.unwrap();
    assert_eq!(world.request(&id).wait.unwrap().token.expose(), "third");
    assert_eq!(world.letters().len(), 3, "and nobody is written to twice");
}

#[tokio::test]
async fn f01_a_request_that_was_resolved_before_anybody_waited_is_resumed() {
    let (world, id) = classified("480.00").await;
    world.tamper(&id, |request| request.notify_at = Some(request.changed_at));
    world.ask_people(&id, None).await.unwrap();
    world.decide(MANAGERS[0], "approve", "").await;
    assert_eq!(world.request(&id).status, Status::Approved);
    world.await_decision(&id).await.unwrap();
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Executed);
}

#[tokio::test]
async fn f45_two_runs_that_are_to_tell_the_same_people_write_once() {
    for seed in 1..60 {
        let (world, id) = classified("480.00").await;
        world.await_decision(&id).await.unwrap();
        world.decide(MANAGERS[0], "reject", "no").await;
        world.memory.state().jitter = seed;
        let (one, other) = tokio::join!(world.ask_people(&id, None), world.ask_people(&id, None));
        assert!(one.is_ok() && other.is_ok(), "{one:?} {other:?}");
        for who in MANAGERS {
            assert_eq!(letters_to(&world, who), 2, "{seed}: asked once, told once");
        }
    }
}

#[tokio::test]
async fn a_link_killed_while_others_are_written_to_is_replaced_all_the_same() {
    let (world, id) = classified("480.00").await;
    world.await_decision(&id).await.unwrap();
    let mail = world.mail_of(MANAGERS[0]);
    let wrong = world.form("approve", "", mail.wrong_code());
    for seed in 1..40 {
        let (world, id) = classified("480.00").await;
        world.await_decision(&id).await.unwrap();
        world.clock.advance(SignedDuration::from_hours(2));
        world.memory.state().jitter = seed;
        let kill = async {
            for _ in 0..5 {
                world.answer(MANAGERS[0], &wrong).await;
            }
        };
        let ((), reminded) = tokio::join!(kill, world.ask_people(&id, None));
        reminded.unwrap();
        world.clock.advance(SignedDuration::from_mins(2));
        world.sweep().await;
        let page = world.decide(MANAGERS[0], "approve", "").await;
        assert_eq!(page.status, 200, "seed {seed}: {}", page.body);
    }
}

fn notes(world: &World, id: &RequestId) -> Vec<String> {
    let state = world.memory.state();
    state.trails[id].iter().filter_map(|record| record.note.clone()).collect()
}

#[tokio::test]
async fn a_channel_is_told_what_waits_and_how_it_ended_once_each_and_nothing_else() {
    let world = World::default();
    world.ask(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    world.clock.advance(SignedDuration::from_hours(2));
    world.sweep().await;
    world.decide(MANAGERS[0], "reject", "canary-comment").await;
    world.finish(&id).await;
    for _ in 0..3 {
        world.clock.advance(SignedDuration::from_mins(5));
        world.sweep().await;
    }
    let told = world.channel.state().published.clone();
    let events: Vec<serde_json::Value> = told
        .iter()
        .map(|one| serde_json::from_str(one.split_once('\n').unwrap().1).unwrap())
        .collect();
    let kinds: Vec<_> = events.iter().map(|one| &one["metadata"]["eventType"]).collect();
    assert_eq!(kinds, ["Approval Requested", "Rejected"]);
    for (event, text) in events.iter().zip(&told) {
        assert_eq!(event["metadata"]["threadId"], id.as_str());
        for canary in ["/a/", "O-1", "canary", "480"] {
            assert!(!text.contains(canary), "{canary}: {text}");
        }
        for person in MANAGERS {
            let mail = world.mail_of(person);
            assert!(!text.contains(&mail.code) && !text.contains(mail.token()), "{text}");
        }
    }
}

#[tokio::test]
async fn a_channel_that_takes_nothing_costs_nobody_their_mail() {
    let world = World::default();
    world.channel.state().fails_at = Some(0);
    world.ask(&events::refund("O-1", "480.00")).await;
    assert_eq!(world.mailed(), MANAGERS);
    assert!(world.channel.state().published.is_empty());
}
