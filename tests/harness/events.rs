//! Events as AWS sends them: Bedrock, whose every value is text, browsers, operators, the mail service.

use approval_core::notice::tagged;
use approval_core::ports::Letter;
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

/// What SES says of a bounce: the detail's own part, and the `detail-type`.
#[must_use]
pub fn bounce(kind: &str) -> Value {
    let recipient = json!({
        "emailAddress": "somebody@example.com", "action": "failed", "status": "5.1.1",
        "diagnosticCode": "smtp; 550 5.1.1 user unknown",
    });
    let bounce = json!({
        "feedbackId": "0100018b0b2c4b0e-3f5a9c1d-000000", "bounceType": kind, "bounceSubType": "General",
        "bouncedRecipients": [recipient], "timestamp": "2026-11-22T10:05:00.000Z",
        "remoteMtaIp": "198.51.100.7", "reportingMTA": "dsn; mta.example.com",
    });
    json!({"detail-type": "Email Bounced", "detail": {"eventType": "Bounce", "bounce": bounce}})
}

/// What SES says where somebody reported a mail as unwanted.
#[must_use]
pub fn complaint() -> Value {
    let complaint = json!({
        "feedbackId": "0100018b0b2c4b0e-3f5a9c1d-000000", "complaintSubType": null,
        "complainedRecipients": [{"emailAddress": "somebody@example.com"}],
        "timestamp": "2026-11-22T10:05:00.000Z", "complaintFeedbackType": "abuse",
        "userAgent": "Example feedback loop", "arrivalDate": "2026-11-22T10:04:00.000Z",
    });
    let detail = json!({"eventType": "Complaint", "complaint": complaint});
    json!({"detail-type": "Email Complaint Received", "detail": detail})
}

/// What SES says of a mail in which it found a virus.
#[must_use]
pub fn rejection() -> Value {
    let detail = json!({"eventType": "Reject", "reject": {"reason": "Bad content"}});
    json!({"detail-type": "Email Rejected", "detail": detail})
}

/// SES's event about a letter that it had taken under that id, as EventBridge brings it.
#[must_use]
pub fn mail(letter: &Letter, message: &str, what: &Value) -> Value {
    let mut event = what.clone();
    let tags = json!({
        "ses:source-tls-version": ["TLSv1.3"], "ses:operation": ["SendEmail"],
        "ses:configuration-set": ["prod-MailSet"], "ses:from-domain": ["example.com"],
        "ses:caller-identity": ["prod-request-approval"],
        "request": [tagged(letter.request.as_str())], "approver": [tagged(letter.approver.as_str())],
    });
    event["version"] = "0".into();
    event["id"] = "3ae1c5f0-6d6b-4f0e-9d3a-4c9f6c1f2b7a".into();
    event["source"] = "aws.ses".into();
    event["account"] = "000000000000".into();
    event["time"] = "2026-11-22T10:05:01Z".into();
    event["region"] = "eu-west-1".into();
    event["resources"] =
        json!(["arn:aws:ses:eu-west-1:000000000000:configuration-set/prod-MailSet"]);
    event["detail"]["mail"] = json!({
        "timestamp": "2026-11-22T10:00:00.000Z", "source": "approvals@example.com",
        "sourceArn": "arn:aws:ses:eu-west-1:000000000000:identity/example.com",
        "sendingAccountId": "000000000000", "messageId": message, "destination": [letter.to],
        "headersTruncated": false, "headers": [{"name": "Subject", "value": "a subject"}],
        "commonHeaders": {"from": ["approvals@example.com"], "to": [letter.to]}, "tags": tags,
    });
    event
}
