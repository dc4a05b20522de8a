//! What each tool takes, and what is written for it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::BackendError::{self, NotExecuted};
use crate::amount;

/// What a call asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Work {
    /// To look up what stands under this key.
    Find(String),
    /// To make something happen.
    Record(Entry),
}

/// What happened, as it is kept in the books.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The kind of thing that happened.
    pub kind: &'static str,
    /// What its number begins with.
    pub prefix: &'static str,
    /// The key under which a repeat is recognised.
    pub key: String,
    /// What is kept of the arguments.
    pub details: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Call {
    version: u32,
    tool: String,
    arguments: Map<String, Value>,
    idempotency_key: String,
}

/// Name, kind of thing, what its number begins with (nothing is recorded without), arguments that
/// are kept, arguments that are only allowed.
struct Tool(
    &'static str,
    &'static str,
    &'static str,
    &'static [&'static str],
    &'static [&'static str],
);

#[rustfmt::skip]
const TOOLS: [Tool; 7] = [
    Tool("support___look_up_order", "ORDER", "", &["order_id"], &[]),
    Tool("support___look_up_account", "ACCOUNT", "", &["account_id"], &[]),
    Tool("support___look_up_ticket", "TICKET", "", &["ticket_id"], &[]),
    Tool("billing___refund_order", "REFUND", "RF", &["order_id", "amount", "currency"], &["reason"]),
    Tool("billing___change_subscription", "CHANGE", "CH", &["account_id", "plan", "effective"], &[]),
    Tool("support___cancel_account", "CANCELLATION", "CA", &["account_id"], &["reason"]),
    Tool("support___disclose_customer_data", "DISCLOSURE", "DS", &["account_id", "fields", "recipient"], &["verification_answer"]),
];

/// Reads a call as Countersign's executor sends it.
///
/// # Errors
///
/// It is no call of a known tool.
pub fn read(call: &str) -> Result<Work, BackendError> {
    let call: Call = serde_json::from_str(call).map_err(|_| NotExecuted("this is no call"))?;
    let key = call.idempotency_key;
    if call.version != 1 || key.len() < 8 || !key.bytes().all(|b| b.is_ascii_alphanumeric()) {
        return Err(NotExecuted("I do not know this version or idempotency key"));
    }
    let form = TOOLS.iter().find(|Tool(name, ..)| *name == call.tool);
    let Tool(_, kind, prefix, kept, allowed) = form.ok_or(NotExecuted("I do not know the tool"))?;
    let details = call.arguments.iter();
    let details = details.filter(|(name, _)| !allowed.contains(&name.as_str()));
    let details = details.map(|(name, value)| Some((name.clone(), text(name, value)?)));
    let details: Option<BTreeMap<_, _>> = details.collect();
    let whole = |details: &BTreeMap<String, _>| {
        details.len() == kept.len() && kept.iter().all(|name| details.contains_key(*name))
    };
    let fits = details.filter(whole);
    let details = fits.ok_or(NotExecuted("the arguments do not fit the tool"))?;
    if prefix.is_empty() {
        let id = details.into_values().next().unwrap_or_default();
        return Ok(Work::Find(format!("{kind}#{id}")));
    }
    Ok(Work::Record(Entry { kind, prefix, key, details }))
}

/// An argument as it is kept; none where it is not of a kind that argument can be.
fn text(name: &str, value: &Value) -> Option<String> {
    match (name, value) {
        ("amount", Value::Number(number)) => amount::exact(number),
        ("amount", _) => None,
        ("currency", Value::String(currency)) => {
            ["EUR", "GBP", "USD"].contains(&currency.as_str()).then(|| currency.clone())
        }
        ("fields", Value::Array(fields)) => {
            let fields: Option<Vec<_>> = fields.iter().map(Value::as_str).collect();
            Some(fields?.join(","))
        }
        ("fields", _) => None,
        (_, value) => value.as_str().map(str::to_owned),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn entry(tool: &str, arguments: &Value) -> Option<Entry> {
        let call = json!({
            "version": 1, "tool": tool, "arguments": arguments, "idempotency_key": "0123abcd",
        });
        match read(&call.to_string()) {
            Ok(Work::Record(entry)) => Some(entry),
            Ok(Work::Find(_)) | Err(_) => None,
        }
    }

    #[test]
    fn every_tool_of_the_catalogue_is_known() {
        let tools = include_str!("../../policy/tools.json");
        let tools: Value = serde_json::from_str(tools).unwrap();
        for tool in tools["tools"].as_array().unwrap() {
            let known = TOOLS.iter().find(|Tool(name, ..)| tool["name"] == *name);
            let Tool(name, _, _, kept, allowed) = known.unwrap();
            let properties = tool["inputSchema"]["properties"].as_object().unwrap();
            let all: Vec<_> = kept.iter().chain(*allowed).collect();
            assert_eq!(properties.len(), all.len(), "{name}");
            assert!(all.iter().all(|argument| properties.contains_key(**argument)));
        }
    }

    #[test]
    fn an_answer_to_a_security_question_is_not_kept() {
        let tool = "support___disclose_customer_data";
        let arguments = json!({
            "account_id": "AC-1", "fields": ["name", "invoices"], "recipient": "a@example.com",
            "verification_answer": "Rex",
        });
        let entry = entry(tool, &arguments).unwrap();
        assert_eq!(entry.details["fields"], "name,invoices");
        assert!(!format!("{entry:?}").contains("Rex"));
    }

    #[test]
    fn arguments_that_do_not_fit_are_refused() {
        let tool = "billing___change_subscription";
        let good = json!({"account_id": "AC-1", "plan": "basic", "effective": "immediately"});
        assert!(entry(tool, &good).is_some());
        for (name, value) in [("plan", json!(7)), ("plan", Value::Null), ("more", json!("x"))] {
            let mut bad = good.clone();
            bad[name] = value;
            assert!(entry(tool, &bad).is_none(), "{bad}");
        }
        assert!(entry(tool, &json!({"account_id": "AC-1", "plan": "basic"})).is_none());
    }
}
