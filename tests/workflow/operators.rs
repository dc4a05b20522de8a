//! Operators stop, extend, settle and freeze, by who signed the call.

use approval_core::audit::{Actor, AuditKind};
use approval_core::status::Status;
use countersign_tests::events;
use countersign_tests::world::{OPERATOR, World};
use jiff::SignedDuration;
use serde_json::{Value, json};

const MANAGER: &str = "billing-manager-1";

async fn asked(world: &World) -> approval_core::name::RequestId {
    world.ask(&events::refund("O-1", "480.00")).await;
    world.newest()
}

fn order(order: &str, request: &impl ToString) -> Value {
    json!({"order": order, "request": request.to_string(), "reason": "an incident"})
}

#[tokio::test]
async fn an_operator_cancels_with_a_reason_that_everybody_is_told() {
    let world = World::default();
    let id = asked(&world).await;
    let (code, answer) = world.order(&order("cancel", &id)).await;
    assert_eq!((code, &answer["status"]), (200, &"done".into()), "{answer}");
    let request = world.request(&id);
    assert_eq!(
        (request.status, request.reason.as_deref()),
        (Status::Cancelled, Some("an incident"))
    );
    let last = world.memory.state().trails[&id].last().unwrap().clone();
    assert_eq!((last.actor, last.who.as_deref()), (Actor::OperatorDesk, Some(OPERATOR)));
    world.finish(&id).await;
    assert!(world.performed().is_empty());
    let (code, answer) = world.order(&order("cancel", &id)).await;
    assert_eq!(code, 409);
    assert_eq!(answer["message"], "Nothing was changed: it is cancelled.");
}

#[tokio::test]
async fn an_approved_request_can_be_stopped_until_it_is_claimed() {
    let world = World::default();
    let id = asked(&world).await;
    world.decide(MANAGER, "approve", "").await;
    assert_eq!(world.order(&order("cancel", &id)).await.0, 200);
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Cancelled);
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn more_time_is_given_up_to_the_hard_limit_and_the_same_link_decides() {
    let world = World::default();
    let id = asked(&world).await;
    let until = world.now().plus(SignedDuration::from_hours(30));
    let mut more = order("extend", &id);
    more["until"] = json!(until);
    assert_eq!(world.order(&more).await.0, 200);
    world.clock.advance(SignedDuration::from_hours(29));
    world.sweep().await;
    assert_eq!(world.request(&id).status, Status::Pending);
    world.decide(MANAGER, "approve", "").await;
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Executed, "the executor counts it too");
}

#[tokio::test]
async fn an_operator_has_those_who_have_not_answered_written_to_again() {
    let world = World::default();
    world.ask(&events::refund("O-1", "2500.00")).await;
    let id = world.newest();
    let first = world.letters().len();
    let (code, answer) = world.order(&order("remind", &id)).await;
    assert_eq!(code, 409, "{answer}");
    assert!(answer["message"].as_str().unwrap().contains("possible again from"), "{answer}");
    world.clock.advance(SignedDuration::from_mins(15));
    world.decide(MANAGER, "approve", "").await;
    let (code, answer) = world.order(&order("remind", &id)).await;
    assert_eq!(code, 200, "{answer}");
    let said = answer["message"].as_str().unwrap();
    assert!(said.starts_with("Those who have not answered are written to again."), "{said}");
    world.sweep().await;
    let letters = world.letters();
    let again: Vec<_> = letters[first..].iter().map(|letter| letter.approver.as_str()).collect();
    assert_eq!(again.len(), first - 1, "{again:?}");
    assert!(!again.contains(&MANAGER), "who has answered is left alone");
    let reminds = |text: &str| text.contains("This still waits for you.");
    assert!(letters[first..].iter().all(|letter| reminds(&letter.text)));
    let trail = world.memory.state().trails[&id].clone();
    let ordered = trail.iter().find(|one| one.kind == AuditKind::RemindOrdered).unwrap();
    assert_eq!((ordered.who.as_deref(), ordered.actor), (Some(OPERATOR), Actor::OperatorDesk));
    assert_eq!(ordered.note.as_deref(), Some("an incident"));
    let reminded = trail.iter().filter(|one| one.kind == AuditKind::Reminded).count();
    assert_eq!(reminded, again.len());
    world.sweep().await;
    assert_eq!(world.letters().len(), letters.len(), "once an order");
    assert_eq!(world.order(&order("remind", &id)).await.0, 409);
}

#[tokio::test]
async fn whatever_call_fails_a_reminder_is_ordered_once_or_said_to_be_unknown() {
    for lost in [false, true] {
        for at in 0..5 {
            let world = World::default();
            let id = asked(&world).await;
            world.clock.advance(SignedDuration::from_mins(15));
            let fault = Some(world.memory.state().calls.len() + at);
            if lost {
                world.memory.state().lost_at = fault;
            } else {
                world.memory.state().fails_at = fault;
            }
            let (code, answer) = world.order(&order("remind", &id)).await;
            world.memory.state().fails_at = None;
            world.memory.state().lost_at = None;
            let trail = &world.memory.state().trails[&id];
            let ordered = trail.iter().filter(|one| one.kind == AuditKind::RemindOrdered).count();
            assert!(ordered <= 1 && (code != 200 || ordered == 1), "{at} {lost}: {answer}");
            assert!(code == 503 || ordered == 1, "{at} {lost}: {answer}");
        }
    }
}

#[tokio::test]
async fn nothing_extends_beyond_the_hard_limit() {
    let world = World::default();
    let id = asked(&world).await;
    let mut more = order("extend", &id);
    more["until"] = json!(world.request(&id).hard_limit.plus(SignedDuration::from_millis(1)));
    let (code, answer) = world.order(&more).await;
    assert_eq!(code, 409);
    assert!(answer["message"].as_str().unwrap().contains("its hard limit"), "{answer}");
}

#[tokio::test]
async fn a_doubt_is_settled_by_whoever_found_out() {
    for (executed, status) in [(true, Status::Executed), (false, Status::Failed)] {
        let world = World::default();
        let id = asked(&world).await;
        let mut settle = order("resolve", &id);
        settle["executed"] = executed.into();
        assert_eq!(world.order(&settle).await.0, 409, "there is no doubt yet");
        world.flip(&id, Status::InDoubt);
        assert_eq!(world.order(&settle).await.0, 200);
        assert_eq!(world.request(&id).status, status);
        assert!(world.performed().is_empty(), "settling does nothing itself");
    }
}

#[tokio::test]
async fn f41_k03_a_freeze_stops_claims_and_decisions_until_it_is_let_go() {
    let world = World::default();
    let id = asked(&world).await;
    let freeze = json!({"order": "freeze", "scope": "all", "reason": "an incident"});
    let free = json!({"order": "unfreeze", "scope": "all", "reason": "it is over"});
    assert_eq!(world.order(&free).await.0, 409, "it was not frozen");
    assert_eq!(world.order(&freeze).await.0, 200);
    let page = world.decide(MANAGER, "approve", "").await;
    assert_eq!(page.status, 503, "{}", page.body);
    let small = world.ask(&events::refund("O-2", "80.00")).await;
    assert_eq!((&small["status"], &small["cause"]), (&"cancelled".into(), &"frozen".into()));
    assert_eq!(world.order(&freeze).await.0, 200, "frozen twice is frozen");
    assert_eq!(world.order(&free).await.0, 200);
    world.decide(MANAGER, "approve", "").await;
    world.finish(&id).await;
    assert_eq!(world.request(&id).status, Status::Executed);
    let switches = world.memory.state().switches.clone();
    let states: Vec<_> =
        switches.iter().map(|one| (one.freeze.version, one.freeze.frozen)).collect();
    assert_eq!(states, [(1, true), (2, false)], "each change leaves one record");
    assert!(switches.iter().all(|one| one.freeze.who == OPERATOR));
    assert_eq!(switches[1].previous, switches[0].freeze.hash);
}

#[tokio::test]
async fn k03_toggled_a_hundred_times_the_last_state_holds_and_each_change_is_audited() {
    let world = World::default();
    for count in 0..100 {
        let order = if count % 2 == 0 { "freeze" } else { "unfreeze" };
        let order = json!({"order": order, "scope": "all", "reason": "a drill"});
        assert_eq!(world.order(&order).await.0, 200, "{count}");
        let status = if count % 2 == 0 { "cancelled" } else { "executed" };
        let asked = world.ask(&events::refund(&format!("O-{count}"), "80.00")).await;
        assert_eq!(asked["status"], status, "{count}: {asked}");
    }
    let switches = world.memory.state().switches.clone();
    assert_eq!(switches.len(), 100);
    for pair in switches.windows(2) {
        assert_eq!(pair[1].previous, pair[0].freeze.hash);
        assert_eq!(pair[1].freeze.hash, pair[1].expected_hash().unwrap());
    }
}

#[tokio::test]
async fn whatever_call_fails_an_order_is_carried_out_once_or_said_to_be_unknown() {
    for lost in [false, true] {
        for at in 0..4 {
            let world = World::default();
            let id = asked(&world).await;
            let first = world.memory.state().calls.len();
            if lost {
                world.memory.state().lost_at = Some(first + at);
            } else {
                world.memory.state().fails_at = Some(first + at);
            }
            let (code, answer) = world.order(&order("cancel", &id)).await;
            let cancelled = world.request(&id).status == Status::Cancelled;
            assert!(code == 503 || cancelled, "{at} {lost}: {answer}");
            assert!(code != 409, "{at} {lost}: {answer}");
            let trail = &world.memory.state().trails[&id];
            let ends = trail.iter().filter(|one| one.to == Status::Cancelled).count();
            assert_eq!(ends, usize::from(cancelled), "{at} {lost}");
        }
    }
}

#[tokio::test]
async fn nobody_gives_orders_without_a_signature() {
    let world = World::default();
    let id = asked(&world).await;
    let desk = operator_desk::OperatorDesk { store: &world.memory, clock: &world.clock };
    let mut event = events::order(OPERATOR, &order("cancel", &id));
    event["requestContext"].as_object_mut().unwrap().remove("authorizer");
    event["headers"]["x-amzn-iam-userarn"] = OPERATOR.into();
    let reply = operator_desk::wire::handle(&desk, &event.to_string()).await.unwrap();
    assert_eq!(reply["statusCode"], 403);
    assert_eq!(world.request(&id).status, Status::Pending);
}
