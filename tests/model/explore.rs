//! Each case is explored to its end. `COUNTERSIGN_MODEL=full` lets more go wrong in each.

use std::collections::HashMap;
use std::time::Instant;

use approval_core::status::Status::{Cancelled, Executed, Expired, Failed, InDoubt, Rejected};
use stateright::{Checker, Model};

use crate::life::{Case, Left, Life};

/// How many faults there are, where there is time and where there is not.
fn faults(full: u8, short: u8) -> u8 {
    if std::env::var("COUNTERSIGN_MODEL").is_ok_and(|form| form == "full") { full } else { short }
}

fn explore(case: Case) {
    let (name, started) = (case.name, Instant::now());
    let faults = case.left.faults;
    let checked = case.checker().threads(2).spawn_bfs().join();
    let (states, steps) = (checked.unique_state_count(), checked.state_count());
    let (depth, took) = (checked.max_depth(), started.elapsed());
    println!("{name}: {faults} faults, {states} states, {steps} steps, depth {depth}, {took:.1?}");
    checked.assert_properties();
    assert!(checked.is_done());
}

#[test]
fn model_allowed_once() {
    let left = Left { faults: faults(2, 1), cancels: 1, switches: 2, settles: true, extensions: 0 };
    let ends = &[Executed, Failed, InDoubt, Expired, Cancelled];
    explore(Case { executors: 2, left, ends, ..Case::allowed("allowed, once") });
}

#[test]
fn model_allowed_again_with_the_same_key() {
    let left = Left { faults: faults(2, 1), cancels: 1, switches: 1, settles: true, extensions: 0 };
    let ends = &[Executed, Failed, InDoubt, Expired, Cancelled];
    let case = Case::allowed("allowed, idempotent").idempotent();
    explore(Case { executors: 2, left, ends, ..case });
}

#[test]
fn model_one_of_two_once() {
    let left = Left { faults: faults(2, 0), cancels: 1, switches: 2, ..Left::default() };
    let ends = &[Executed, Failed, InDoubt, Rejected, Expired, Cancelled];
    let case = Case::asking("one of two", &["ana", "mia"], 1, 1);
    explore(Case { executors: 2, relays: 2, left, ends, ..case });
}

#[test]
fn model_two_of_three() {
    let left = Left { faults: faults(1, 0), ..Left::default() };
    let ends = &[Executed, Failed, InDoubt, Rejected, Expired];
    let case = Case::asking("two of three", &["ana", "bo", "cy", "mia"], 2, 1);
    explore(Case { left, ends, ..case });
}

#[test]
fn model_two_must_reject() {
    let left = Left { faults: faults(1, 0), ..Left::default() };
    let ends = &[Executed, Failed, InDoubt, Rejected, Expired];
    let case = Case::asking("two must reject", &["ana", "bo", "cy"], 1, 2);
    explore(Case { left, ends, ..case });
}

#[test]
fn model_a_further_group_and_more_time() {
    let left = Left { faults: faults(1, 0), extensions: 1, ..Left::default() };
    let ends = &[Executed, Failed, InDoubt, Rejected, Expired];
    let case = Case::asking("escalation", &["ana", "mia"], 2, 1).escalating(&["lea"]);
    explore(Case { left, ends, ..case });
}

#[test]
fn model_asked_and_done_again_with_the_same_key() {
    let left = Left { faults: faults(2, 1), ..Left::default() };
    let ends = &[Executed, Failed, InDoubt, Rejected, Expired];
    let case = Case::asking("asked, idempotent", &["ana"], 1, 1).idempotent();
    explore(Case { executors: 2, left, ends, ..case });
}

#[test]
fn model_everything_is_published() {
    let left = Left { faults: faults(1, 0), cancels: 1, ..Left::default() };
    let ends = &[Executed, Failed, InDoubt, Rejected, Expired, Cancelled];
    let case = Case::asking("events", &["ana"], 1, 1);
    explore(Case { relays: 2, publishes: true, left, ends, ..case });
}

/// That nothing is owed in the end says something only where there is an end: no run of the model
/// comes back to a state it was in.
#[test]
fn model_every_run_ends() {
    let left = Left { faults: 1, switches: 1, settles: true, ..Left::default() };
    let again = Case::allowed("allowed, idempotent").idempotent();
    no_way_back(&Case { executors: 2, left, ..again });
    let left = Left { cancels: 1, extensions: 1, ..Left::default() };
    let asked = Case::asking("asked", &["ana"], 1, 1);
    no_way_back(&Case { publishes: true, left, ..asked });
}

fn no_way_back(case: &Case) {
    let mut known = HashMap::new();
    let mut open = vec![(case.received(), None)];
    while let Some((life, steps)) = open.pop() {
        let mut steps: Vec<Life> = steps.unwrap_or_else(|| {
            known.insert(life.clone(), false);
            case.next_states(&life)
        });
        let Some(next) = steps.pop() else {
            known.insert(life, true);
            continue;
        };
        open.push((life, Some(steps)));
        match known.get(&next) {
            None => open.push((next, None)),
            Some(done) => assert!(done, "it comes back to {next:?}"),
        }
    }
    println!("{}: {} states, no way back", case.name, known.len());
}
