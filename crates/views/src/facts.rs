//! The facts of a request, by name, in the order people need them.

use approval_core::request::ApprovalRequest;
use approval_core::requester::Requester;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::display::Display;
use crate::time::{minute, there};
use crate::visible::visible;
use crate::{amount, lookalike, words};

/// A fact, made visible.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Fact {
    /// Its name.
    pub name: String,
    /// What it says.
    pub value: String,
    /// What we say behind it: no part of the value, so it stays in its place whatever the
    /// direction of that.
    pub ours: String,
    /// What to beware of.
    pub warning: Option<String>,
}

/// What stands where an argument is secret.
pub const HIDDEN: &str = "(secret: it is there, and not shown)";

/// Where the facts are told.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The stack.
    pub stack: &'a str,
    /// Where the clock of whoever reads them is.
    pub zone: Option<&'a TimeZone>,
}

/// The facts: the arguments first, since they are what will run.
#[must_use]
pub fn of(request: &ApprovalRequest, display: &Display, setting: &Setting<'_>) -> Vec<Fact> {
    let currency = currency(display);
    let mut facts: Vec<_> = display
        .arguments
        .iter()
        .filter(|(name, _)| display.explanation_field.as_ref() != Some(*name))
        .map(|(name, value)| {
            let writing = if display.secret_fields.contains(name) {
                Writing::Secret
            } else if display.decimal_fields.contains(name) {
                Writing::Decimal(currency)
            } else {
                Writing::Plain
            };
            argument(name, value, &writing)
        })
        .collect();
    let requester = &request.requester;
    let mut add = |name: &str, value: Option<String>| facts.extend(value.map(|v| fact(name, &v)));
    add("Tool", Some(request.tool.to_string()));
    add("Stack", Some(setting.stack.to_owned()));
    facts.push(agent(requester));
    let mut add = |name: &str, value: Option<String>| facts.extend(value.map(|v| fact(name, &v)));
    add("On behalf of", Some(words::person(&requester.person)));
    add("Session", display.session.clone());
    if let Some(assessment) = &request.assessment {
        let rules: Vec<_> = assessment.rules.iter().map(ToString::to_string).collect();
        add("Rules", Some(rules.join(", ")));
    }
    add("Asked at", Some(minute(request.asked_at)));
    add("Decide before", request.decide_by.map(|by| there(by, setting.zone)));
    facts
}

/// A fact of a value that is nobody's argument.
pub(crate) fn fact(name: &str, value: &str) -> Fact {
    Fact { name: name.to_owned(), value: visible(value), ours: String::new(), warning: None }
}

/// The agent, and the kind of platform it asks from.
pub(crate) fn agent(requester: &Requester) -> Fact {
    let ours = format!(", through {}", requester.caller.as_str());
    Fact { ours, ..fact("Agent", &requester.agent) }
}

/// The currency of the one amount there is. With several, or none, nobody can say what it is of.
fn currency(display: &Display) -> Option<&str> {
    let shown = |name: &&String| !display.secret_fields.contains(*name);
    let numbers = display.decimal_fields.iter().filter(shown);
    let numbers = numbers.filter(|name| display.arguments.get(*name).is_some_and(Value::is_number));
    let currency = display.arguments.get_key_value("currency").filter(|(name, _)| shown(name));
    let currency = currency.and_then(|(_, value)| value.as_str());
    currency.filter(|code| amount::is_currency(code) && numbers.count() == 1)
}

/// How an argument is written.
enum Writing<'a> {
    Secret,
    /// A number with decimal places, and its currency where it is known.
    Decimal(Option<&'a str>),
    Plain,
}

fn argument(name: &str, value: &Value, writing: &Writing<'_>) -> Fact {
    let name = visible(name);
    let (value, warning) = match (writing, value) {
        (Writing::Secret, _) => (HIDDEN.to_owned(), None),
        (Writing::Decimal(currency), Value::Number(number)) => {
            let number = number.to_string();
            let of_money = |currency: &&str| amount::of_money(currency, &number);
            (currency.as_ref().map_or_else(|| amount::shown(&number), of_money), None)
        }
        (_, Value::String(text)) => (visible(text), lookalike::warning(text)),
        (_, other) => {
            let text = other.to_string();
            (visible(&text), lookalike::warning(&text))
        }
    };
    Fact { name, value, ours: String::new(), warning }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture::pending;

    async fn amount(change: impl FnOnce(&mut Display)) -> String {
        let arguments = json!({"amount": 1200, "order": "A-1", "currency": "EUR"});
        let (request, mut display) = pending(arguments, "dana").await;
        change(&mut display);
        let facts = of(&request, &display, &Setting { stack: "demo", zone: None });
        facts.into_iter().find(|fact| fact.name == "amount").unwrap().value
    }

    fn set(display: &mut Display, name: &str, value: Value) {
        display.arguments.insert(name.to_owned(), value);
    }

    #[tokio::test]
    async fn an_amount_has_its_currency_where_that_is_certain() {
        assert_eq!(amount(|_| ()).await, "EUR 1,200.00");
        for odd in ["eur", "EURO", "E\u{0420}R", ""] {
            let bare = amount(|display| set(display, "currency", odd.into())).await;
            assert_eq!(bare, "1,200.00", "{odd}");
        }
        let two = amount(|display| {
            set(display, "rate", json!(0.19));
            display.decimal_fields.insert("rate".to_owned());
        });
        assert_eq!(two.await, "1,200.00", "a currency of which of the two?");
        let secret = amount(|display| {
            display.secret_fields.insert("currency".to_owned());
        });
        assert_eq!(secret.await, "1,200.00");
        let plain = amount(|display| display.decimal_fields.clear()).await;
        assert_eq!(plain, "1200", "a whole number is a count, not an amount");
        let text = amount(|display| set(display, "amount", "1200".into())).await;
        assert_eq!(text, "1200", "text stays as it came");
    }
}
