//! AgentCore Gateway's calls: the arguments are the event, everything else is in the client context.
//!
//! Source: "AWS Lambda function targets", Amazon Bedrock `AgentCore` Developer Guide.

use std::collections::BTreeMap;

use approval_core::canonical;
use approval_core::strict::{self, InputError};
use serde_json::Value;

use super::{Arguments, Call, Event, invalid, name, split};

/// Reads a call.
///
/// The id of the MCP message is not read: clients count their messages, so two of them send the
/// same. A repeat is told by its arguments.
///
/// # Errors
///
/// It is no call of a gateway.
///
/// # Security
///
/// Whoever may invoke the function can write the client context; that it is the gateway is for the
/// function's resource policy to say.
pub fn read(event: &str, context: &BTreeMap<String, String>) -> Result<Event, InputError> {
    let said = |key: &str| context.get(key).map(String::as_str).unwrap_or_default();
    if said("bedrockAgentCoreMessageVersion") != "1.0" {
        return Err(invalid("bedrockAgentCoreMessageVersion", "only `1.0` is known"));
    }
    let (group, function) = split(said("bedrockAgentCoreToolName"));
    let gateway = name("bedrockAgentCoreGatewayId", said("bedrockAgentCoreGatewayId"))?;
    let target = name("bedrockAgentCoreTargetId", said("bedrockAgentCoreTargetId"))?;
    Ok(Event {
        group,
        call: Call::Function(function),
        agent: name("the gateway with its target", &format!("{gateway}/{target}"))?,
        session: None,
        attributes: BTreeMap::new(),
        on_behalf_of: None,
        arguments: Arguments::Typed(typed(&strict::parse(event.as_bytes())?)?),
        idempotency_key: None,
    })
}

/// The arguments with their numbers as canonical JSON has them, so that `480.00` is the same ask
/// as `480`, through whatever door it comes.
pub(super) fn typed(arguments: &Value) -> Result<Value, InputError> {
    if !arguments.is_object() {
        return Err(InputError::NotJson("the arguments are no object".to_owned()));
    }
    let bytes = canonical::bytes(arguments);
    let bytes = bytes
        .map_err(|_| InputError::NotJson("the arguments have no canonical form".to_owned()))?;
    strict::parse(&bytes)
}
