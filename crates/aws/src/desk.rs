//! The operators' door, as an operator calls it: signed with their own credentials.

use std::time::{Duration, SystemTime};

use approval_core::order::{Answer, Order};
use approval_core::ports::{BoxError, Unavailable};
use aws_config::SdkConfig;
use aws_config::timeout::TimeoutConfig;
use aws_credential_types::provider::ProvideCredentials;
use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sigv4::http_request::{SignableBody, SignableRequest, SigningSettings, sign};
use aws_sigv4::sign::v4::SigningParams;
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::interceptors::context::Error;
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;

use crate::call::CallError;

const OPERATION: &str = "POST /operator";
const PATH: &str = "/operator";
const JSON: (&str, &str) = ("content-type", "application/json");
/// Longer than the function may take.
const LONGEST: Duration = Duration::from_secs(30);
/// In the HTTP client's words for a connection that never came about.
const UNCONNECTED: &str = "client error (Connect)";

/// The operators' door.
#[derive(Clone, Debug)]
pub struct Desk {
    config: SdkConfig,
    base: String,
}

/// What an operator got.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Received {
    /// The door's answer, with its HTTP status.
    Answer(u16, Answer),
    /// API Gateway turned the call away with this status, so that it never came to the door: 403
    /// where the credentials do not allow it, 404 where there is no door at that address.
    TurnedAway(u16),
}

/// Why there is no answer to an order.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    /// It was not sent, so nothing was done.
    #[error("not sent")]
    Unsent(#[source] Unavailable),
    /// It was sent, and no usable answer came: it is not known whether it was done.
    #[error("no usable answer")]
    Unanswered(#[source] Unavailable),
}

impl Desk {
    /// The door of the API at that address.
    #[must_use]
    pub fn new(config: &SdkConfig, base: &str) -> Self {
        Self { config: config.clone(), base: base.trim_end_matches('/').to_owned() }
    }

    /// Gives an order, once.
    ///
    /// # Errors
    ///
    /// It could not be sent, or no usable answer came.
    pub async fn order(&self, order: &Order) -> Result<Received, OrderError> {
        let body = serde_json::to_vec(order);
        self.send(body.map_err(|error| OrderError::Unsent(Unavailable(error.into())))?).await
    }

    /// Sends what is no order, so that nothing can come of it, to see whether the door is there:
    /// it answers `invalid`.
    ///
    /// # Errors
    ///
    /// It could not be sent, or no usable answer came.
    pub async fn knock(&self) -> Result<Received, OrderError> {
        self.send(b"{}".to_vec()).await
    }

    async fn send(&self, body: Vec<u8>) -> Result<Received, OrderError> {
        use OrderError::{Unanswered, Unsent};
        let headers = self.signature(&body).await.map_err(Unsent)?;
        let client = self.config.http_client();
        let client = client.ok_or_else(|| Unsent(failed("there is no HTTP client")))?;
        let sent = Operation::builder()
            .service_name("execute-api")
            .operation_name("Order")
            .http_client(client)
            .endpoint_url(&self.base)
            .no_auth()
            .no_retry()
            .timeout_config(TimeoutConfig::builder().operation_timeout(LONGEST).build())
            .serializer(move |(): ()| Ok(request(&body, &headers)?))
            .deserializer::<_, Error>(|response| Ok(read(response)))
            .build();
        let (status, answer) = sent.invoke(()).await.map_err(|error| {
            let what = crate::call::chain(&error);
            let error = failed(format!("not reached: {what}"));
            if what.contains(UNCONNECTED) { Unsent(error) } else { Unanswered(error) }
        })?;
        match answer {
            Some(answer) => Ok(Received::Answer(status, answer)),
            None if (400..500).contains(&status) => Ok(Received::TurnedAway(status)),
            None => Err(Unanswered(failed(format!("status {status} without an answer")))),
        }
    }

    /// The headers that say who calls (AWS Signature Version 4).
    async fn signature(&self, body: &[u8]) -> Result<Vec<(String, String)>, Unavailable> {
        let unavailable = |error: BoxError| Unavailable(error);
        let none = "not reached: no credentials";
        let provider = self.config.credentials_provider().ok_or_else(|| failed(none))?;
        let identity = provider.provide_credentials().await.map_err(|error| {
            let why = crate::call::chain(&error);
            failed(format!("{none}: {why}"))
        })?;
        let identity = identity.into();
        let region = self.config.region().ok_or_else(|| failed("no region"))?;
        let params = SigningParams::builder()
            .identity(&identity)
            .region(region.as_ref())
            .name("execute-api")
            .time(SystemTime::now())
            .settings(SigningSettings::default())
            .build();
        let params = params.map_err(|error| unavailable(error.into()))?.into();
        let url = format!("{}{PATH}", self.base);
        let body = SignableBody::Bytes(body);
        let signable = SignableRequest::new("POST", &url, [JSON].into_iter(), body);
        let signable = signable.map_err(|error| unavailable(error.into()))?;
        let (signed, _) =
            sign(signable, &params).map_err(|error| unavailable(error.into()))?.into_parts();
        Ok(signed.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
    }
}

fn request(
    body: &[u8],
    headers: &[(String, String)],
) -> Result<HttpRequest, OrchestratorError<Error>> {
    let mut request = HttpRequest::new(body.to_vec().into());
    request.set_method("POST").map_err(OrchestratorError::other)?;
    request.set_uri(PATH).map_err(OrchestratorError::other)?;
    request.headers_mut().insert(JSON.0, JSON.1);
    for (name, value) in headers {
        request.headers_mut().insert(name.clone(), value.clone());
    }
    Ok(request)
}

fn read(response: &HttpResponse) -> (u16, Option<Answer>) {
    let bytes = response.body().bytes().unwrap_or_default();
    (response.status().as_u16(), serde_json::from_slice(bytes).ok())
}

fn failed(what: impl Into<String>) -> Unavailable {
    CallError::of(OPERATION, what).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture;
    use crate::replay::{Answer as Says, Replay};

    fn order() -> Order {
        Order::Cancel { request: fixture::id(), reason: "asked twice".parse().unwrap() }
    }

    async fn ordered(answer: Says) -> Result<Received, OrderError> {
        Desk::new(&Replay::of([answer]).config(), "https://api.example/").order(&order()).await
    }

    #[tokio::test]
    async fn an_order_is_signed_and_its_answer_read() {
        let body = serde_json::json!({"status": "done", "message": "r-1 is cancelled."});
        let Ok(Received::Answer(200, answer)) = ordered(Says::ok(&body)).await else { panic!() };
        assert_eq!(answer.status, "done");
        let desk = Desk::new(&Replay::of([]).config(), "https://api.example");
        let headers = desk.signature(b"{}").await.unwrap();
        let signed = headers.iter().find(|(name, _)| name == "authorization").unwrap();
        assert!(signed.1.contains("/eu-west-1/execute-api/aws4_request"), "{}", signed.1);
    }

    #[tokio::test]
    async fn a_knock_is_no_order() {
        let body = serde_json::json!({"status": "invalid", "message": "Nothing was changed."});
        let replay = Replay::of([Says::Says(400, vec![], body.to_string())]);
        let knocked = Desk::new(&replay.config(), "https://api.example").knock().await.unwrap();
        assert!(matches!(knocked, Received::Answer(400, answer) if answer.status == "invalid"));
        assert_eq!(replay.all()[0].1, serde_json::json!({}));
    }

    #[tokio::test]
    async fn what_was_turned_away_is_told_from_what_may_have_been_done() {
        for status in [403, 404, 429] {
            let away = Says::Says(status, vec![], r#"{"message":"Forbidden"}"#.to_owned());
            assert_eq!(ordered(away).await.unwrap(), Received::TurnedAway(status));
        }
        for unclear in [Says::Says(502, vec![], "no".to_owned()), Says::Breaks] {
            assert!(matches!(ordered(unclear).await, Err(OrderError::Unanswered(_))));
        }
        let nobody = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let config = crate::environment::sdk_config().await;
        let config = config
            .to_builder()
            .credentials_provider(Replay::of([]).config().credentials_provider().unwrap());
        let config = config.region(aws_config::Region::new("eu-west-1")).build();
        let unsent = Desk::new(&config, &format!("http://{nobody}")).order(&order()).await;
        assert!(matches!(unsent, Err(OrderError::Unsent(_))), "{unsent:?}");
    }
}
