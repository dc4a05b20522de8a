//! Services that do not answer for a while: nobody is forgotten, and nobody is told a falsehood.

use approval_core::failure::HandlerError;
use approval_core::status::Status;
use countersign_tests::events;
use countersign_tests::world::World;
use jiff::SignedDuration;

const MANAGERS: [&str; 3] = ["billing-manager-1", "billing-manager-2", "billing-manager-3"];

fn refuse(world: &World, who: &[&str]) {
    let addresses = who.iter().map(|who| format!("{who}@example.com"));
    world.memory.state().refuses.extend(addresses);
}

#[tokio::test]
async fn f25_a_mail_outage_of_some_minutes_is_outlived_by_the_workflows_retries() {
    let world = World::default();
    world.send(&events::refund("O-1", "480.00")).await;
    let id = world.newest();
    world.classify(&id).await.unwrap();
    refuse(&world, &MANAGERS);
    for wait in [0, 10, 20, 40, 80, 160] {
        world.clock.advance(SignedDuration::from_secs(wait));
        let said = world.await_decision(&id).await;
        assert!(matches!(said, Err(HandlerError::Untold)), "{said:?}");
    }
    world.memory.state().refuses.clear();
    world.clock.advance(SignedDuration::from_secs(320));
    assert_eq!(world.await_decision(&id).await.unwrap(), Status::Pending);
    assert_eq!(world.mailed(), MANAGERS);
}

#[tokio::test]
async fn f25_whoever_was_missed_is_written_to_once_mail_works_however_long_it_did_not() {
    let world = World::default();
    refuse(&world, &[MANAGERS[1]]);
    world.ask(&events::refund("O-1", "480.00")).await;
    for _ in 0..100 {
        world.clock.advance(SignedDuration::from_mins(1));
        world.sweep().await;
    }
    world.memory.state().refuses.clear();
    world.clock.advance(SignedDuration::from_mins(100));
    world.sweep().await;
    assert!(world.mailed().contains(&MANAGERS[1].to_owned()), "{:?}", world.mailed());
}

#[tokio::test]
async fn f01_a_recorded_decision_is_never_told_as_not_recorded() {
    for approver_sees in ["the row", "nothing"] {
        let world = World::default();
        world.ask(&events::refund("O-1", "480.00")).await;
        let (id, mail) = (world.newest(), world.mail_of(MANAGERS[0]));
        let answer = world.form("approve", "", &mail.code);
        // Which of its calls writes: found in a world where all goes well.
        let calm = World::default();
        calm.ask(&events::refund("O-1", "480.00")).await;
        let first = calm.memory.state().calls.len();
        let calm_mail = calm.mail_of(MANAGERS[0]);
        calm.answer(MANAGERS[0], &calm.form("approve", "", &calm_mail.code)).await;
        let calls = calm.memory.state().calls[first..].to_vec();
        let commit = calls.iter().position(|call| *call == "commit").expect("a write");
        let first = world.memory.state().calls.len();
        world.memory.state().lost_at = Some(first + commit);
        if approver_sees == "nothing" {
            world.memory.state().fails_at = Some(first + commit + 1);
        }
        let page = world.visit("POST", mail.path(), Some(&answer)).await;
        assert_eq!(world.request(&id).status, Status::Approved);
        assert!(!page.body.contains("Nothing was recorded"), "{}", page.body);
        if approver_sees == "nothing" {
            assert_eq!(page.status, 503);
            assert!(
                page.body.contains("it shows whether an answer of yours was recorded"),
                "{}",
                page.body
            );
        } else {
            assert_eq!(page.status, 303);
        }
    }
}

#[tokio::test]
async fn l22_no_fresh_link_is_promised_where_none_comes() {
    let world = World::default();
    world.ask(&events::refund("O-1", "480.00")).await;
    let mail = world.mail_of(MANAGERS[0]);
    for _ in 0..5 {
        world.visit("POST", mail.path(), Some(&world.form("approve", "", mail.wrong_code()))).await;
    }
    world.decide(MANAGERS[1], "reject", "no").await;
    let page = world.visit("GET", mail.path(), None).await;
    assert_eq!(page.status, 410);
    assert!(!page.body.contains("on its way"), "{}", page.body);
    assert!(page.body.contains("nothing is left to decide"), "{}", page.body);
}
