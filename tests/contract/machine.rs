//! The state machine and the handlers' errors.

use std::collections::BTreeSet;

use approval_core::failure::HandlerError;
use countersign_tests::asl::Machine;
use serde_json::Value;

/// Errors that nobody retries: every Task's `Catch` ends them without executing.
const TERMINAL: [&str; 2] = ["Approval.BadInput", "Approval.Unreadable"];

fn names<'a>(state: &'a Value, clauses: &str) -> Vec<&'a str> {
    let clauses = state[clauses].as_array().map_or(&[][..], Vec::as_slice);
    clauses
        .iter()
        .flat_map(|clause| clause["ErrorEquals"].as_array().expect("ErrorEquals"))
        .map(|name| name.as_str().expect("a name"))
        .collect()
}

#[test]
fn every_error_name_is_retried_or_terminal_and_none_is_unknown() {
    let states = Machine::read().states();
    let retried: BTreeSet<_> = states.values().flat_map(|state| names(state, "Retry")).collect();
    let ours: BTreeSet<_> =
        retried.into_iter().filter(|name| name.starts_with("Approval.")).collect();
    let expected: BTreeSet<_> =
        HandlerError::NAMES.into_iter().filter(|name| !TERMINAL.contains(name)).collect();
    assert_eq!(ours, expected);
}

#[test]
fn i11_every_task_ends_in_time_and_catches_everything_without_executing() {
    let states = Machine::read().states();
    for (name, state) in states.iter().filter(|(_, state)| state["Type"] == "Task") {
        assert!(state["TimeoutSeconds"].is_u64(), "{name}");
        let catch = state["Catch"].as_array().expect("Catch").last().expect("a catcher");
        assert_eq!(catch["ErrorEquals"], serde_json::json!(["States.ALL"]), "{name}");
        let next = catch["Next"].as_str().expect("Next");
        // Where nothing can be looked at, people are asked all the same.
        let looks = name == "Look first" && next == "Await decision";
        assert!(looks || states[next]["Type"] == "Fail", "{name}");
    }
}

#[test]
fn i11_every_choice_refuses_by_default() {
    let states = Machine::read().states();
    for (name, state) in states.iter().filter(|(_, state)| state["Type"] == "Choice") {
        assert_eq!(state["Default"], "Nothing executed", "{name}");
    }
    assert_eq!(states["Nothing executed"]["Type"], "Succeed");
}

#[test]
fn f31_no_state_can_come_again() {
    fn walk(states: &std::collections::BTreeMap<String, Value>, name: &str, path: &[&str]) {
        assert!(!path.contains(&name), "a loop: {path:?} {name}");
        let state = &states[name];
        let clauses = ["Catch", "Choices"].into_iter().flat_map(|of| {
            state[of].as_array().into_iter().flatten().map(|clause| &clause["Next"])
        });
        let nexts = clauses.chain([&state["Next"], &state["Default"]]).filter_map(Value::as_str);
        for next in nexts {
            walk(states, next, &[path, &[name]].concat());
        }
    }
    let states = Machine::read().states();
    assert!(states.len() < 20);
    walk(&states, "Classify risk", &[]);
}

#[test]
fn the_state_machine_calls_our_functions_and_nothing_else() {
    let states = Machine::read().states();
    for (name, state) in states.iter().filter(|(_, state)| state["Type"] == "Task") {
        let resource = state["Resource"].as_str().expect("Resource");
        assert!(resource.starts_with("arn:aws:states:::lambda:invoke"), "{name}");
        let payload = state["Parameters"]["Payload"].as_object().expect("Payload");
        let known = ["request_id.$", "task_token.$", "entered_at.$", "retries.$", "look"];
        assert!(payload.keys().all(|key| known.contains(&key.as_str())), "{name}");
    }
}
