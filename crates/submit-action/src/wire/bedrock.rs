//! Bedrock's action-group events and replies, in both forms.
//!
//! Source: "Configure Lambda functions to send information that an Amazon Bedrock agent elicits
//! from the user", Amazon Bedrock User Guide.

use std::collections::BTreeMap;

use approval_core::strict::{self, InputError, shown};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Arguments, Call, Event, MOST_NAME_BYTES, invalid};
use crate::answer::Answer;

/// What the caller must see again in the reply.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Echo {
    action_group: Option<String>,
    function: Option<String>,
    api_path: Option<String>,
    http_method: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Raw {
    message_version: String,
    agent: Agent,
    session_id: Option<String>,
    action_group: String,
    function: Option<String>,
    api_path: Option<String>,
    http_method: Option<String>,
    #[serde(default)]
    parameters: Vec<Parameter>,
    request_body: Option<Body>,
    session_attributes: Option<BTreeMap<String, String>>,
}

#[derive(Deserialize)]
struct Agent {
    id: String,
    alias: String,
}

#[derive(Deserialize)]
struct Parameter {
    name: String,
    value: Value,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    content: BTreeMap<String, Content>,
}

#[derive(Deserialize)]
struct Content {
    #[serde(default)]
    properties: Vec<Parameter>,
}

/// Reads an event: as much of the echo as there is, so that any answer can be given in the caller's
/// format, and the event or what is wrong with it.
pub fn read(event: &str) -> (Echo, Result<Event, InputError>) {
    (Echo::read(event), parse(event))
}

impl Echo {
    /// What can be read of an event, whatever else is wrong with it.
    fn read(event: &str) -> Self {
        let event: Value = serde_json::from_str(event).unwrap_or_default();
        let text = |name: &str| event.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            action_group: text("actionGroup"),
            function: text("function"),
            api_path: text("apiPath"),
            http_method: text("httpMethod"),
        }
    }
}

fn parse(event: &str) -> Result<Event, InputError> {
    let value = strict::parse(event.as_bytes())?;
    let raw: Raw = serde_json::from_value(value).map_err(|error| {
        InputError::NotJson(format!(
            "not a Bedrock action-group event: {}",
            shown(&error.to_string())
        ))
    })?;
    if raw.message_version != "1.0" {
        return Err(invalid("messageVersion", "only `1.0` is known"));
    }
    let call = match (raw.function, raw.api_path, raw.http_method) {
        (Some(function), None, None) => Call::Function(function),
        (None, Some(path), Some(method)) => Call::Operation { method, path },
        _ => {
            return Err(invalid(
                "function",
                "send either `function`, or `apiPath` and `httpMethod`",
            ));
        }
    };
    let agent = format!("{}/{}", raw.agent.id, raw.agent.alias);
    let session = raw.session_id;
    if agent.len() > MOST_NAME_BYTES || session.as_ref().is_some_and(|s| s.len() > MOST_NAME_BYTES)
    {
        return Err(invalid("agent", "names of agents and sessions have at most 256 bytes"));
    }
    Ok(Event {
        group: raw.action_group,
        call,
        agent,
        session,
        attributes: raw.session_attributes.unwrap_or_default(),
        on_behalf_of: None,
        arguments: Arguments::Texts(arguments(raw.parameters, raw.request_body)?),
        idempotency_key: None,
    })
}

fn arguments(
    parameters: Vec<Parameter>,
    body: Option<Body>,
) -> Result<Vec<(String, String)>, InputError> {
    let mut contents = body.map(|body| body.content).unwrap_or_default().into_values();
    let properties = contents.next().map(|content| content.properties).unwrap_or_default();
    if contents.next().is_some() {
        return Err(invalid("requestBody", "send one content type"));
    }
    let all = parameters.into_iter().chain(properties);
    all.map(|Parameter { name, value }| match value.as_str() {
        Some(text) => Ok((name, text.to_owned())),
        None => Err(InputError::Mistyped {
            name: shown(&name),
            expected: "text, as Bedrock sends every value".to_owned(),
            found: kind(&value).to_owned(),
        }),
    })
    .collect()
}

/// What a value is, without saying what it holds: it may be a secret field.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

/// Writes the answer in the form of the event it answers.
#[must_use]
pub fn reply(echo: &Echo, answer: &Answer) -> Value {
    // INVARIANT: an answer is made of text, instants and JSON, so it can be written.
    let body = serde_json::to_string(answer).unwrap_or_default();
    let Echo { action_group, function, api_path, http_method } = echo;
    let response = match (function, api_path) {
        (None, Some(path)) => json!({
            "actionGroup": action_group,
            "apiPath": path,
            "httpMethod": http_method,
            "httpStatusCode": answer.code,
            "responseBody": {"application/json": {"body": body}},
        }),
        (function, _) => json!({
            "actionGroup": action_group,
            "function": function,
            "functionResponse": {"responseBody": {"TEXT": {"body": body}}},
        }),
    };
    json!({"messageVersion": "1.0", "response": response})
}
