//! The HTTP API's event, payload format 2.0, and its reply.
//!
//! Source: "Create AWS Lambda proxy integrations for HTTP APIs", API Gateway Developer Guide.

use std::collections::BTreeMap;

use approval_core::failure::HandlerError;
use approval_core::ports::{
    Clock, Commits, Decisions, Freezes, MakeMac, Notices, Open, Requests, VerifyMac,
};
use approval_views::page::{self, Page, PageState};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{CallbackHandler, Reply, bare};

/// The most bytes of a form.
const MOST_BODY: usize = 16 * 1024;
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
struct Context {
    http: Http,
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
/// Only path, method, content type and body are read. No header says where anybody is sent, and
/// the query says nothing.
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
        return Ok(reply(bare(&PageState::NotFound), ""));
    };
    let method = event.request_context.http.method.to_ascii_uppercase();
    let Some(token) = event.raw_path.strip_prefix("/a/") else {
        return Ok(reply(bare(&PageState::NotFound), ""));
    };
    Ok(match method.as_str() {
        "GET" => reply(door.look(token).await, token),
        "HEAD" => without_body(reply(door.look(token).await, token)),
        "POST" => reply(door.post(token, body(&event).as_deref()).await, token),
        "OPTIONS" => json!({
            "statusCode": 204,
            "headers": {"allow": METHODS, "cache-control": "no-store"},
            "body": "",
            "isBase64Encoded": false,
        }),
        _ => reply(bare(&PageState::MethodNotAllowed), token),
    })
}

/// The form; none where it is no form, or more than one.
fn body(event: &Event) -> Option<Vec<u8>> {
    let kind = event.headers.get("content-type")?.split(';').next()?.trim();
    let text = event.body.as_ref()?;
    if !kind.eq_ignore_ascii_case("application/x-www-form-urlencoded") || text.len() > MOST_BODY {
        return None;
    }
    if event.is_base64_encoded {
        return BASE64_STANDARD.decode(text).ok();
    }
    Some(text.clone().into_bytes())
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
