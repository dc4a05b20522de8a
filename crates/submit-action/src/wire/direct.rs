//! Callers in code: one JSON object that says tool, arguments and who asks.

use std::collections::BTreeMap;

use approval_core::strict::{self, InputError, shown};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Arguments, Call, Event, gateway, name, split};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
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
    let raw: Raw = serde_json::from_value(value).map_err(|error| {
        InputError::NotJson(format!("not a call: {}", shown(&error.to_string())))
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
