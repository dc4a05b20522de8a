//! The facts of a request, by name, in the order people need them.

use approval_core::moment::Moment;
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use serde_json::Value;

use crate::display::Display;
use crate::time::{left, minute};
use crate::visible::visible;
use crate::{lookalike, words};

/// A fact, made visible.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: String,
    /// What to beware of.
    pub warning: Option<String>,
}

/// What stands where an argument is secret.
pub const HIDDEN: &str = "(secret: it is there, and not shown)";

/// The facts: the arguments first, since they are what will run.
#[must_use]
pub fn of(request: &ApprovalRequest, display: &Display, now: Moment) -> Vec<Fact> {
    let mut facts: Vec<_> = display
        .arguments
        .iter()
        .filter(|(name, _)| display.explanation_field.as_ref() != Some(*name))
        .map(|(name, value)| {
            let secret = display.secret_fields.contains(name);
            argument(name, value, secret, display.decimal_fields.contains(name))
        })
        .collect();
    let requester = &request.requester;
    let mut add = |name: &str, value: Option<String>| facts.extend(value.map(|v| fact(name, &v)));
    add("Tool", Some(request.tool.to_string()));
    add("Agent", Some(format!("{}, through {}", requester.agent, requester.caller.as_str())));
    add("On behalf of", Some(words::person(&requester.person)));
    add("Session", display.session.clone());
    if let Some(assessment) = &request.assessment {
        let rules: Vec<_> = assessment.rules.iter().map(ToString::to_string).collect();
        add("Rules", Some(rules.join(", ")));
    }
    add("Asked at", Some(minute(request.asked_at)));
    let waits = request.status == Status::Pending;
    add(
        "Decide before",
        request.decide_by.map(|by| {
            let left =
                if waits { format!(" ({} left)", left(by.since(now))) } else { String::new() };
            format!("{}{left}", minute(by))
        }),
    );
    facts
}

fn fact(name: &str, value: &str) -> Fact {
    Fact { name: name.to_owned(), value: visible(value), warning: None }
}

/// A number with at least two places, as the headline has it.
fn places(number: &str) -> String {
    match number.split_once('.') {
        None if number.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-') => {
            format!("{number}.00")
        }
        Some((_, fraction)) if fraction.len() == 1 => format!("{number}0"),
        None | Some(_) => number.to_owned(),
    }
}

/// A value as people read it.
pub(crate) fn words(value: &Value) -> String {
    value.as_str().map_or_else(|| visible(&value.to_string()), visible)
}

fn argument(name: &str, value: &Value, secret: bool, decimal: bool) -> Fact {
    let name = visible(name);
    let (value, warning) = match value {
        _ if secret => (HIDDEN.to_owned(), None),
        Value::Number(number) if decimal => (places(&number.to_string()), None),
        Value::String(text) => (visible(text), lookalike::warning(text)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => {
            let text = value.to_string();
            (visible(&text), lookalike::warning(&text))
        }
    };
    Fact { name, value, warning }
}
