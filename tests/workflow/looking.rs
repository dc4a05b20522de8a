//! A look at what would be changed, before people are asked.

use approval_core::outcome::Outcome;
use approval_core::ports::Open;
use approval_core::sealed::Part;
use approval_core::status::Status;
use countersign_tests::events;
use countersign_tests::letter::Personal;
use countersign_tests::world::{World, edited};
use serde_json::{Value, json};

/// A move to another plan that bills at once, which people are asked about.
fn change() -> Value {
    let arguments = [("account_id", "AC-7"), ("plan", "premium"), ("effective", "immediately")];
    events::function("billing", "change_subscription", &arguments)
}

async fn asked(world: &World) -> approval_core::name::RequestId {
    let answer = world.ask(&change()).await;
    assert_eq!(answer["status"], "pending", "{answer}");
    world.newest()
}

async fn before(world: &World, id: &approval_core::name::RequestId) -> Option<Value> {
    let sealed = world.request(id).before?;
    let bytes = (&world.memory).open(Part::Before, id, &sealed).await.unwrap().expect("opens");
    Some(serde_json::from_slice(&bytes).unwrap())
}

#[tokio::test]
async fn what_would_be_changed_is_read_once_and_sealed_and_nothing_is_done() {
    let world = World::default();
    world.memory.state().outcomes =
        vec![Outcome::Done(json!({"plan": "free", "owner": "somebody"}))];
    let id = asked(&world).await;
    let seen = before(&world, &id).await.unwrap();
    assert_eq!(seen["stands"], json!({"plan": "free"}), "the owner was not asked for");
    assert_eq!(seen["tool"], "support___look_up_account");
    let looks = world.performed();
    assert_eq!(looks, [(format!("{id}look"), json!({"account_id": "AC-7"}))]);

    world.look(&id).await.unwrap();
    assert_eq!(world.performed().len(), 1, "a repeat does not look again");
    world.approve(&id, &["billing-manager-1"]);
    world.resume(&id, Status::Approved).await;
    assert_eq!(world.request(&id).status, Status::Executed);
    assert_eq!(world.performed()[1].0, id.as_str(), "the action has a key of its own");
}

#[tokio::test]
async fn people_are_asked_whatever_comes_of_the_look() {
    let lost = Outcome::Unknown("the target did not answer in time");
    for outcome in [lost, Outcome::NotDone("it was not started"), Outcome::Done(json!("odd"))] {
        let world = World::default();
        world.memory.state().outcomes = vec![outcome];
        let id = asked(&world).await;
        assert_eq!(before(&world, &id).await, None);
        assert!(!world.memory.state().letters.is_empty(), "people were asked");
    }
}

#[tokio::test]
async fn what_the_requester_may_not_read_alone_is_not_read_for_them() {
    let rules = r#"AgentCore::Action::"support___look_up_account","#;
    let world = World::with(&edited("reads.cedar", rules, ""));
    let id = asked(&world).await;
    assert_eq!(before(&world, &id).await, None);
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn a_freeze_of_either_tool_stops_the_look() {
    for tool in ["support___look_up_account", "billing___change_subscription"] {
        let world = World::default();
        world.memory.state().freezes.insert(format!("tool#{tool}"));
        let id = asked(&world).await;
        assert_eq!(before(&world, &id).await, None, "{tool}");
        assert!(world.performed().is_empty(), "{tool}");
    }
}

#[tokio::test]
async fn an_action_without_a_preview_is_not_looked_at() {
    let world = World::default();
    let answer = world.ask(&events::refund("O-1", "480.00")).await;
    assert_eq!(answer["status"], "pending");
    world.look(&world.newest()).await.unwrap();
    assert!(world.performed().is_empty());
}

#[tokio::test]
async fn whoever_decides_sees_what_is_there_beside_what_would_be() {
    let world = World::default();
    let evil = "free\u{202e} https://evil.example <script>";
    world.memory.state().outcomes = vec![Outcome::Done(json!({"plan": evil}))];
    asked(&world).await;
    let letter = world.memory.state().letters[0].clone();
    let words = "plan was free⟦U+202E⟧ https:⟦//⟧evil⟦.⟧example <script> would be premium";
    let text = letter.text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(text.contains(words), "{text}");
    let would_be = letter.text.lines().filter(|line| line.starts_with("  would be"));
    assert_eq!(would_be.collect::<Vec<_>>(), ["  would be        premium"], "on a line of its own");
    assert!(!letter.html.contains("<script") && !letter.html.contains("https://evil"));
    let link = Personal::read(&letter.text);
    let page = world.visit("GET", link.path(), None).await;
    assert!(
        page.body.contains("<ins><bdi lang=\"\" dir=\"auto\">premium</bdi></ins>"),
        "{}",
        page.body
    );
    assert!(page.body.contains("free⟦U+202E⟧") && !page.body.contains("evil.example <script>"));
}

#[tokio::test]
async fn a_key_that_does_not_open_what_was_before_stops_nobody_from_deciding() {
    let world = World::default();
    world.memory.state().outcomes = vec![Outcome::Done(json!({"plan": "free"}))];
    asked(&world).await;
    let letter = world.memory.state().letters[0].clone();
    let path = Personal::read(&letter.text);
    let mut without = 0;
    for at in 0..12 {
        let next = world.memory.state().calls.len();
        world.memory.state().fails_at = Some(next + at);
        let page = world.visit("GET", path.path(), None).await;
        without += usize::from(page.status == 200 && !page.body.contains("Would be"));
    }
    assert_eq!(without, 1, "exactly one failing call costs the table and nothing else");
}
