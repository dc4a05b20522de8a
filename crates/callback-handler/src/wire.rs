//! The HTTP API's event, payload format 2.0, and its reply.
//!
//! Source: "Create AWS Lambda proxy integrations for HTTP APIs", API Gateway Developer Guide.

use std::collections::BTreeMap;

use approval_core::failure::HandlerError;
use approval_core::ports::{
    Clock, Commits, Decisions, Freezes, MakeMac, Notices, Open, Requests, VerifyMac,
};
use approval_views::page::{self, Page, PageState};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::sent::Sent;
use crate::{CallbackHandler, Reply};

const METHODS: &str = "GET, HEAD, OPTIONS, POST";

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Event {
    raw_path: String,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    request_context: Context,
    body: Option<String>,
    #[serde(default)]
    is_base64_encoded: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Context {
    http: Http,
    domain_name: Option<String>,
}

#[derive(Deserialize)]
struct Http {
    method: String,
}

/// Serves one request. There is always a page.
///
/// # Errors
///
/// Never; the type says what the runtime expects.
///
/// # Security
///
/// Only path, method and body are read, and those headers that say what the body is and which site
/// sent it. No header says where anybody is sent, none overrides the method, and the query says
/// nothing.
pub async fn handle<S, K, M, D, C>(
    door: &CallbackHandler<S, K, M, D, C>,
    event: &str,
) -> Result<Value, HandlerError>
where
    S: Requests + Commits + Decisions + Notices + Freezes,
    K: Open,
    M: VerifyMac,
    D: MakeMac,
    C: Clock,
{
    let Ok(event) = serde_json::from_str::<Event>(event) else {
        return Ok(reply(door.bare(&PageState::NotFound), ""));
    };
    let method = event.request_context.http.method.to_ascii_uppercase();
    let Some(token) = event.raw_path.strip_prefix("/a/") else {
        return Ok(reply(door.bare(&PageState::NotFound), ""));
    };
    Ok(match method.as_str() {
        "GET" => reply(door.look(token).await, token),
        "HEAD" => without_body(reply(door.look(token).await, token)),
        "POST" => match posted(&event) {
            Ok(form) => reply(door.post(token, &form).await, token),
            Err(turned) => {
                tracing::info!(page = turned.status(false), "posted, and no form of ours");
                reply(door.bare(&turned), token)
            }
        },
        "OPTIONS" => json!({
            "statusCode": 204,
            "headers": {"allow": METHODS, "cache-control": "no-store"},
            "body": "",
            "isBase64Encoded": false,
        }),
        _ => reply(door.bare(&PageState::MethodNotAllowed), token),
    })
}

fn posted(event: &Event) -> Result<Vec<u8>, PageState> {
    let named = event.headers.iter().map(|(name, value)| (name.to_lowercase(), value.clone()));
    let sent = Sent {
        headers: &named.collect(),
        domain: event.request_context.domain_name.as_deref(),
        body: event.body.as_deref().unwrap_or_default(),
        is_base64: event.is_base64_encoded,
    };
    sent.form()
}

fn reply(reply: Reply, token: &str) -> Value {
    let mut headers: Map<String, Value> =
        page::headers().into_iter().map(|(name, value)| (name.to_owned(), value.into())).collect();
    let (status, html) = match reply {
        Reply::Page(Page { status, html }) => (status, html),
        Reply::SeeAgain => {
            // INVARIANT: only a token that was read and proven gets here, so it is a path segment.
            headers.insert("location".to_owned(), format!("/a/{token}").into());
            (303, String::new())
        }
    };
    if status == 503 {
        headers.insert("retry-after".to_owned(), "60".into());
    }
    if status == 405 {
        headers.insert("allow".to_owned(), METHODS.into());
    }
    json!({"statusCode": status, "headers": headers, "body": html, "isBase64Encoded": false})
}

fn without_body(mut reply: Value) -> Value {
    if let Some(body) = reply.get_mut("body") {
        *body = "".into();
    }
    reply
}
