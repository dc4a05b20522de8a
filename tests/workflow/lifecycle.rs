//! From the ask to its end: reminders, taking back, waiting, and telling everybody how it ended.

use approval_core::status::Status;
use countersign_tests::events;
use countersign_tests::world::World;
use jiff::SignedDuration;
use serde_json::Value;

fn minutes(count: i64) -> SignedDuration {
    SignedDuration::from_mins(count)
}

async fn asked(world: &World, order: &str) -> String {
    let answer = world.ask(&events::refund(order, "480.00")).await;
    assert_eq!(answer["status"], "pending", "{answer}");
    answer["reference"].as_str().unwrap().to_owned()
}

async fn withdraw(world: &World, reference: &str) -> Value {
    events::answer(&world.send(&events::withdrawal(reference)).await)
}

fn letters(world: &World, words: &str) -> Vec<String> {
    let all = world.letters();
    let those = all.iter().filter(|letter| letter.text.contains(words));
    those.map(|letter| letter.approver.to_string()).collect()
}

#[tokio::test]
async fn who_has_not_answered_is_reminded_at_half_time_and_shortly_before_the_end() {
    let world = World::default();
    asked(&world, "O-1").await;
    for (minute, reminded) in [(119, 0), (120, 3), (200, 3), (225, 6), (239, 6)] {
        let now = world.request(&world.newest()).asked_at.plus(minutes(minute));
        world.clock.advance(now.since(world.now()));
        world.sweep().await;
        assert_eq!(letters(&world, "This still waits for you.").len(), reminded, "{minute}");
    }
}

#[tokio::test]
async fn everybody_who_was_asked_is_told_once_how_it_ended() {
    let world = World::default();
    asked(&world, "O-1").await;
    let id = world.newest();
    world.decide("billing-manager-2", "approve", "looks right").await;
    world.finish(&id).await;
    for _ in 0..3 {
        world.sweep().await;
    }
    assert_eq!(letters(&world, "Done. What you approved was done, once."), ["billing-manager-2"]);
    let told = letters(&world, "Done. You did not answer. It was done, once.");
    assert_eq!(told, ["billing-manager-1", "billing-manager-3"]);
    let ended = world.letters().into_iter().filter(|one| one.text.contains("\nDone. "));
    for letter in ended {
        assert!(letter.subject.starts_with("Re: Approval needed"), "{}", letter.subject);
        assert!(letter.follows.is_some(), "it stands in the thread of the first one");
        assert!(!letter.text.contains("/a/"), "there is no link in it");
    }
    let asked = world.ask(&events::refund("O-2", "80.00")).await;
    assert_eq!(asked["status"], "executed");
    world.sweep().await;
    assert_eq!(world.letters().len(), 6, "nobody was asked, so nobody is told");
}

#[tokio::test]
async fn each_end_is_told_and_one_that_cannot_be_is_tried_again() {
    let world = World::default();
    asked(&world, "O-1").await;
    world.memory.state().refuses.insert("billing-manager-1@example.com".to_owned());
    world.clock.advance(minutes(240));
    world.sweep().await;
    let expired = "Expired. You did not answer. Too few answered in time";
    assert_eq!(letters(&world, expired), ["billing-manager-2", "billing-manager-3"]);
    world.memory.state().refuses.clear();
    world.clock.advance(minutes(1));
    world.sweep().await;
    assert_eq!(letters(&world, expired).len(), 3);
    let request = world.request(&world.newest());
    assert_eq!(request.notify_at, None);
    approval_core::audit::check(&request, &world.memory.state().trails[&request.id]).unwrap();
}

#[tokio::test]
async fn an_agent_takes_its_own_ask_back_and_nothing_runs() {
    let world = World::default();
    let reference = asked(&world, "O-1").await;
    let id = world.newest();
    let answer = withdraw(&world, &reference).await;
    assert_eq!(
        (&answer["status"], &answer["cause"]),
        (&"cancelled".into(), &"agent_cancelled".into())
    );
    let page = world.decide("billing-manager-1", "approve", "").await;
    assert_eq!(page.status, 410, "{}", page.body);
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Cancelled);
    assert!(world.performed().is_empty());
    assert_eq!(withdraw(&world, &reference).await["status"], "cancelled", "twice is once");
    world.sweep().await;
    assert_eq!(letters(&world, "Cancelled. You did not answer. The agent took it back.").len(), 3);
}

#[tokio::test]
async fn g22_an_agent_takes_back_nothing_of_others_and_nothing_that_was_done() {
    let world = World::default();
    let reference = asked(&world, "O-1").await;
    let id = world.newest();
    let mut foreign = events::withdrawal(&reference);
    foreign["agent"]["id"] = "ANOTHER001".into();
    assert_eq!(events::answer(&world.send(&foreign).await)["status"], "unknown");
    assert_eq!(world.request(&id).status, Status::Pending);
    world.decide("billing-manager-1", "approve", "").await;
    world.finish(&id).await;
    let answer = withdraw(&world, &reference).await;
    assert_eq!(answer["status"], "executed", "{answer}");
    assert_eq!(world.performed().len(), 1);
}

#[tokio::test]
async fn an_agent_that_comes_while_it_is_being_done_is_told_that_it_is_too_late() {
    let world = World::default();
    let reference = asked(&world, "O-1").await;
    let id = world.newest();
    world.flip(&id, Status::Executing);
    let answer = withdraw(&world, &reference).await;
    assert_eq!(answer["status"], "executing");
    let words = answer["message"].as_str().unwrap();
    assert!(words.starts_with("It can no longer be taken back."), "{words}");
    assert_eq!(world.request(&id).status, Status::Executing);
}

#[tokio::test]
async fn a_status_may_be_waited_for_but_not_for_long_and_bad_waits_are_explained() {
    let world = World::default();
    let reference = asked(&world, "O-1").await;
    let ask = |wait: &'static str| {
        let arguments = [("reference", reference.as_str()), ("wait", wait)];
        events::function("billing", "action_status", &arguments)
    };
    let started = std::time::Instant::now();
    let answer = events::answer(&world.send(&ask("1")).await);
    assert_eq!(answer["status"], "pending");
    assert!(started.elapsed() >= std::time::Duration::from_secs(1));
    for bad in ["21", "-1", "1.5", "soon", ""] {
        let answer = events::answer(&world.send(&ask(bad)).await);
        assert_eq!(answer["status"], "invalid", "{bad}");
        let words = answer["message"].as_str().unwrap();
        assert!(words.contains("whole seconds, 0 to 20"), "{words}");
    }
    let unknown = [("reference", reference.as_str()), ("patience", "1")];
    let answer =
        events::answer(&world.send(&events::function("b", "cancel_action", &unknown)).await);
    assert_eq!(answer["status"], "invalid", "{answer}");
}

#[tokio::test]
async fn each_end_has_a_cause_for_programs() {
    let world = World::default();
    let refused = world.ask(&events::refund("O-1", "9000.00")).await;
    assert_eq!(refused["cause"], "policy_refuses");
    let reference = asked(&world, "O-2").await;
    world.decide("billing-manager-1", "reject", "no").await;
    assert_eq!(world.status(&reference).await["cause"], "people_rejected");
    let reference = asked(&world, "O-3").await;
    world.clock.advance(minutes(240));
    world.sweep().await;
    assert_eq!(world.status(&reference).await["cause"], "not_decided_in_time");
    let executed = world.ask(&events::refund("O-4", "80.00")).await;
    assert!(executed.get("cause").is_none(), "{executed}");
}
