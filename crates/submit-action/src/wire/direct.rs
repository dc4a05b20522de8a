//! Callers in code: one JSON object that says tool, arguments and who asks.

use std::collections::BTreeMap;

use approval_core::strict::{self, InputError, shown};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Arguments, Call, Event, gateway, invalid, name, split};

const FIELDS: [&str; 6] =
    ["tool", "arguments", "agent", "session", "on_behalf_of", "idempotency_key"];

#[derive(Deserialize)]
struct Raw {
    tool: String,
    #[serde(default)]
    arguments: Map<String, Value>,
    agent: String,
    session: Option<String>,
    on_behalf_of: Option<String>,
    idempotency_key: Option<String>,
}

/// Reads a call.
///
/// `on_behalf_of` is a claim: it can only exclude that person from approving. The same
/// `idempotency_key` is the same ask; with other arguments it is a conflict.
///
/// # Errors
///
/// It is no call, or has a field that is not known.
pub fn read(event: &str) -> Result<Event, InputError> {
    let value = strict::parse(event.as_bytes())?;
    let known = |name: &&String| !FIELDS.contains(&name.as_str());
    if let Some(name) = value.as_object().and_then(|fields| fields.keys().find(known)) {
        return Err(invalid(&shown(name), "no such field is known"));
    }
    // The parser's own words could quote an argument.
    let raw: Raw = serde_json::from_value(value).map_err(|_| {
        let form = "not a call: send `tool` and `agent` as texts, `arguments` as an object, and if \
                    you have them `session`, `on_behalf_of` and `idempotency_key` as texts";
        InputError::NotJson(form.to_owned())
    })?;
    let named = |what: &str, text: Option<String>| text.map(|text| name(what, &text)).transpose();
    let (group, function) = split(&raw.tool);
    Ok(Event {
        group,
        call: Call::Function(function),
        agent: name("agent", &raw.agent)?,
        session: named("session", raw.session)?,
        attributes: BTreeMap::new(),
        on_behalf_of: named("on_behalf_of", raw.on_behalf_of)?,
        arguments: Arguments::Typed(gateway::typed(&Value::Object(raw.arguments))?),
        idempotency_key: named("idempotency_key", raw.idempotency_key)?,
    })
}
