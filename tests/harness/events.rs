//! Bedrock events as AWS sends them: every value is text.

use serde_json::{Value, json};

/// A function-detail event of the example's agent.
#[must_use]
pub fn function(group: &str, function: &str, arguments: &[(&str, &str)]) -> Value {
    let parameters: Vec<_> = arguments
        .iter()
        .map(|(name, value)| json!({"name": name, "type": "string", "value": value}))
        .collect();
    json!({
        "messageVersion": "1.0",
        "agent": {"name": "customer-support", "id": "SUPPORT001", "alias": "PRODALIAS1", "version": "1"},
        "sessionId": "session-4711",
        "inputText": "as the customer wrote",
        "actionGroup": group,
        "function": function,
        "parameters": parameters,
        "sessionAttributes": {},
        "promptSessionAttributes": {},
    })
}

/// A refund of an order.
#[must_use]
pub fn refund(order: &str, amount: &str) -> Value {
    let arguments =
        [("order_id", order), ("amount", amount), ("currency", "USD"), ("reason", "damaged")];
    function("billing", "refund_order", &arguments)
}

/// Closing an account, which its target cannot recognise when it comes twice.
#[must_use]
pub fn cancellation() -> Value {
    let arguments = [("account_id", "AC-7"), ("reason", "moved abroad")];
    function("support", "cancel_account", &arguments)
}

/// How a request stands.
#[must_use]
pub fn status(reference: &str) -> Value {
    function("billing", "action_status", &[("reference", reference)])
}

/// That nothing comes of a request.
#[must_use]
pub fn cancel(reference: &str) -> Value {
    function("billing", "cancel_action", &[("reference", reference)])
}

/// A browser's request, as the HTTP API hands it over.
#[must_use]
pub fn http(method: &str, path: &str, form: Option<&str>) -> Value {
    json!({
        "version": "2.0",
        "routeKey": "ANY /a/{token}",
        "rawPath": path,
        "rawQueryString": "",
        "headers": {
            "host": "elsewhere.example",
            "content-type": "application/x-www-form-urlencoded",
        },
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "api",
            "domainName": "elsewhere.example",
            "http": {
                "method": method,
                "path": path,
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "a browser",
            },
            "requestId": "1",
            "routeKey": "ANY /a/{token}",
            "stage": "$default",
            "time": "22/Nov/2026:10:00:00 +0000",
            "timeEpoch": 1_795_341_600_000_i64,
        },
        "body": form,
        "isBase64Encoded": false,
    })
}

/// An operator's order, as the HTTP API hands it over.
#[must_use]
pub fn order(who: &str, order: &Value) -> Value {
    let mut event = http("POST", "/operator", None);
    event["requestContext"]["authorizer"] = json!({"iam": {"userArn": who}});
    event["body"] = order.to_string().into();
    event
}

/// That nothing comes of a request.
#[must_use]
pub fn withdrawal(reference: &str) -> Value {
    function("billing", "cancel_action", &[("reference", reference)])
}

/// The same event in another session.
#[must_use]
pub fn in_session(mut event: Value, session: &str) -> Value {
    event["sessionId"] = session.into();
    event
}

/// The answer inside a reply, in either form.
#[must_use]
pub fn answer(reply: &Value) -> Value {
    let response = &reply["response"];
    let text = response["functionResponse"]["responseBody"]["TEXT"]["body"]
        .as_str()
        .or_else(|| response["responseBody"]["application/json"]["body"].as_str())
        .unwrap_or_else(|| panic!("no answer in {reply}"));
    serde_json::from_str(text).expect("an answer in JSON")
}
