//! The HTTP API's event, payload format 2.0, and its reply.
//!
//! Source: "Create AWS Lambda proxy integrations for HTTP APIs", Amazon API Gateway Developer Guide.

use approval_core::failure::HandlerError;
use approval_core::order::Order;
use approval_core::ports::{Clock, Commits, Notices, Requests, Switches};
use approval_core::strict;
use serde_json::{Value, json};

use crate::{OperatorDesk, Reply};

/// Serves one call. There is always an answer; the type says what the runtime expects.
///
/// # Errors
///
/// Never.
///
/// # Security
///
/// Who calls is taken from where API Gateway puts whom it authorised by IAM, and from nowhere else:
/// a header or a field of the body that names somebody is not looked at. Without it nothing is done.
pub async fn handle<S: Requests + Commits + Notices + Switches, C: Clock>(
    desk: &OperatorDesk<S, C>,
    event: &str,
) -> Result<Value, HandlerError> {
    let reply = match read(event) {
        Ok((order, who)) => desk.carry_out(&order, &who).await,
        Err(reply) => reply,
    };
    tracing::info!(code = reply.code, "answered");
    Ok(json!({
        "statusCode": reply.code,
        "headers": {"content-type": "application/json", "cache-control": "no-store"},
        "body": json!(reply.answer).to_string(),
    }))
}

/// The order and who gave it.
fn read(event: &str) -> Result<(Order, String), Reply> {
    let event: Value = serde_json::from_str(event).unwrap_or_default();
    let who = event.pointer("/requestContext/authorizer/iam/userArn").and_then(Value::as_str);
    let Some(who) = who.filter(|who| who.starts_with("arn:")) else {
        return Err(Reply::of(403, "nobody", "Sign the call with your AWS credentials."));
    };
    if event.pointer("/requestContext/http/method").and_then(Value::as_str) != Some("POST") {
        return Err(invalid("POST an order"));
    }
    let body = event.get("body").and_then(Value::as_str).unwrap_or_default();
    let encoded = event.get("isBase64Encoded").and_then(Value::as_bool).unwrap_or_default();
    let body = if encoded { decoded(body)? } else { body.as_bytes().to_vec() };
    let order = strict::parse(&body).map_err(|error| invalid(&error.to_string()))?;
    let order = serde_json::from_value(order)
        .map_err(|error| invalid(&format!("no order: {}", strict::shown(&error.to_string()))))?;
    Ok((order, who.to_owned()))
}

fn decoded(body: &str) -> Result<Vec<u8>, Reply> {
    use base64::Engine as _;
    let bytes = base64::engine::general_purpose::STANDARD.decode(body);
    bytes.map_err(|_| invalid("the body is not what its encoding says"))
}

fn invalid(why: &str) -> Reply {
    Reply::of(400, "invalid", format!("Nothing was changed: {why}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(who: &Value, body: &str) -> String {
        let iam = json!({"iam": {"userArn": who}});
        let context = json!({"http": {"method": "POST"}, "authorizer": iam});
        json!({"requestContext": context, "headers": {"x-user": "arn:mallory"}, "body": body})
            .to_string()
    }

    const CANCEL: &str = r#"{"order":"cancel","request":"r-1","reason":"asked twice"}"#;

    #[test]
    fn who_gives_an_order_is_who_signed_the_call() {
        let (order, who) = read(&event(&json!("arn:aws:iam::1:user/op"), CANCEL)).unwrap();
        assert_eq!(
            (who.as_str(), order.reason().as_str()),
            ("arn:aws:iam::1:user/op", "asked twice")
        );
        for nobody in [json!(null), json!(""), json!("mallory"), json!({"arn": "arn:x"})] {
            assert_eq!(read(&event(&nobody, CANCEL)).unwrap_err().code, 403, "{nobody}");
        }
        assert_eq!(read("{}").unwrap_err().code, 403);
        let sly = r#"{"order":"cancel","request":"r-1","reason":"x","who":"arn:mallory"}"#;
        let answer = read(&event(&json!("arn:aws:iam::1:user/op"), sly));
        assert!(
            answer.is_err_and(|reply| reply.code == 400),
            "fields that nothing knows are refused"
        );
    }

    #[test]
    fn what_is_no_order_is_answered_and_not_guessed() {
        let who = json!("arn:aws:iam::1:user/op");
        for bad in ["", "[]", "{}", r#"{"order":"cancel","order":"freeze"}"#, "{\"order\":1}"] {
            assert_eq!(read(&event(&who, bad)).unwrap_err().code, 400, "{bad}");
        }
    }
}
