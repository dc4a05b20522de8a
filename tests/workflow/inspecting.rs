//! What operators ask about the bundle that is deployed.

use approval_core::status::Status;
use approval_policy::describe::Described;
use approval_policy::explain::Explained;
use approval_policy::inspect::{DryRun, Outcome};
use countersign_tests::events;
use countersign_tests::world::World;
use serde_json::{Value, json};

fn asking(amount: f64) -> Value {
    let requester =
        json!({"caller": "direct", "agent": "doctor", "person": {"standing": "unknown"}});
    let arguments =
        json!({"order_id": "A-1042", "amount": amount, "currency": "EUR", "reason": "broken"});
    let ask =
        json!({"tool": "billing___refund_order", "arguments": arguments, "requester": requester});
    json!({"dry_run": {"ask": ask}})
}

async fn explained(world: &World, amount: f64) -> Explained {
    let answer = world.inspect(&asking(amount)).await.unwrap();
    match serde_json::from_value::<DryRun>(answer).unwrap().outcome {
        Outcome::Explained(explained) => *explained,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_bundle_that_is_deployed_says_what_is_in_it() {
    let world = World::default();
    let described: Described =
        serde_json::from_value(world.inspect(&json!({"describe": {}})).await.unwrap()).unwrap();
    assert_eq!(described, world.policy.describe());
    assert!(world.memory.state().calls.is_empty(), "nothing else is asked");
}

#[tokio::test]
async fn a_dry_run_answers_as_the_rules_would_and_stores_and_tells_nothing() {
    let world = World::default();
    let pending = explained(&world, 480.0).await;
    assert_eq!(pending.headline, "Refund 480.00 EUR for order A-1042");
    assert_eq!(pending.people[0].group.as_str(), "billing-managers");
    assert_eq!(pending.people[0].asked.len(), 3);
    let answers = [20.0, 480.0, 6000.0].map(|amount| explained(&world, amount));
    let mut said = Vec::new();
    for answer in answers {
        said.push(serde_json::to_value(answer.await.assessment.answer).unwrap());
    }
    assert_eq!(said, ["allowed", "pending", "refused"]);
    let state = world.memory.state();
    let seen: std::collections::BTreeSet<_> = state.calls.iter().copied().collect();
    assert_eq!(seen.into_iter().collect::<Vec<_>>(), ["load", "seal"]);
    assert!(state.requests.is_empty() && state.letters.is_empty() && state.executions.is_empty());
}

#[tokio::test]
async fn the_bundles_own_cases_are_tried_where_no_request_is_named() {
    let world = World::default();
    let answer = world.inspect(&json!({"dry_run": {"ask": null}})).await.unwrap();
    let run: DryRun = serde_json::from_value(answer).unwrap();
    let passed = world.policy.test().len();
    assert!(passed > 10);
    assert_eq!(run.outcome, Outcome::Cases { passed, failed: Vec::new() });
}

#[tokio::test]
async fn a_dry_run_fails_where_a_request_would() {
    for call in 0..2 {
        let world = World::default();
        world.memory.state().fails_at = Some(call);
        let failed = world.inspect(&asking(480.0)).await.unwrap_err();
        assert_eq!(failed.name(), "Approval.Unavailable", "call {call}");
    }
    let world = World::default();
    for odd in [json!({}), json!({"dry_run": {"ask": {}}}), json!({"describe": {}, "x": 1})] {
        assert_eq!(world.inspect(&odd).await.unwrap_err().name(), "Approval.BadInput", "{odd}");
    }
}

#[tokio::test]
async fn whoever_sends_a_step_of_the_workflow_instead_makes_of_it_what_the_workflow_makes() {
    let world = World::default();
    let answer = world.ask(&events::refund("R-1", "480.00")).await;
    assert_eq!(answer["status"], "pending", "{answer}");
    let (id, before) = (world.newest(), world.request(&world.newest()));
    let step = json!({"request_id": id, "status": "approved", "dry_run": {"ask": null}});
    let said = world.inspect(&step).await.unwrap();
    assert_eq!(said["status"], "pending", "{said}");
    assert_eq!(world.request(&id), before);
    assert_eq!(world.request(&id).status, Status::Pending);
}
