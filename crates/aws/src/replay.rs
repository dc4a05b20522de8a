//! An HTTP client that answers from a script and remembers what was sent.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use aws_config::retry::RetryConfig;
use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_sdk_dynamodb::config::{Credentials, SharedCredentialsProvider};
use aws_smithy_runtime_api::client::http::{
    HttpConnector, HttpConnectorFuture, SharedHttpConnector, http_client_fn,
};
use aws_smithy_runtime_api::client::result::ConnectorError;
use serde_json::{Value, json};

/// One scripted answer.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// Status, headers and body.
    Says(u16, Vec<(&'static str, &'static str)>, String),
    /// The connection breaks.
    Breaks,
}

impl Answer {
    pub(crate) fn ok(body: &Value) -> Self {
        Self::Says(200, Vec::new(), body.to_string())
    }

    /// An error in the JSON protocols of DynamoDB, KMS and Step Functions.
    pub(crate) fn error(status: u16, code: &str, message: &str) -> Self {
        let body = json!({"__type": format!("com.amazonaws#{code}"), "message": message});
        Self::Says(status, vec![("x-amzn-requestid", "aws-1")], body.to_string())
    }
}

/// The script and its record.
#[derive(Clone, Debug)]
pub(crate) struct Replay {
    answers: Arc<Mutex<VecDeque<Answer>>>,
    sent: Arc<Mutex<Vec<(String, Value)>>>,
}

impl Replay {
    pub(crate) fn of(answers: impl IntoIterator<Item = Answer>) -> Self {
        let answers = answers.into_iter().collect();
        Self { answers: Arc::new(Mutex::new(answers)), sent: Arc::default() }
    }

    /// A configuration that reaches nothing but the script.
    pub(crate) fn config(&self) -> SdkConfig {
        let connector = SharedHttpConnector::new(self.clone());
        let retry = RetryConfig::standard().with_initial_backoff(Duration::from_millis(1));
        let credentials = Credentials::new("ak", "sk", None, None, "test");
        SdkConfig::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new("eu-west-1"))
            .credentials_provider(SharedCredentialsProvider::new(credentials))
            .retry_config(retry)
            .http_client(http_client_fn(move |_, _| connector.clone()))
            .build()
    }

    /// Everything sent: the operation, or the path where there is none, and the body.
    pub(crate) fn all(&self) -> Vec<(String, Value)> {
        self.sent.lock().unwrap().clone()
    }

    /// The bodies sent for that operation; it was called at least once and nothing else was.
    pub(crate) fn sent(&self, operation: &str) -> Vec<Value> {
        let sent = self.all();
        assert!(!sent.is_empty() && sent.iter().all(|(called, _)| called == operation), "{sent:?}");
        sent.into_iter().map(|(_, body)| body).collect()
    }

    /// The body of the only call.
    pub(crate) fn only(&self, operation: &str) -> Value {
        let [body] = self.sent(operation).try_into().unwrap();
        body
    }
}

impl HttpConnector for Replay {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let target = request.headers().get("x-amz-target");
        let operation = target.and_then(|target| target.split('.').next_back());
        let operation = operation.unwrap_or_else(|| request.uri()).to_owned();
        let body = request.body().bytes().unwrap_or_default();
        let text = || Value::String(String::from_utf8_lossy(body).into_owned());
        let body = serde_json::from_slice(body).unwrap_or_else(|_| text());
        self.sent.lock().unwrap().push((operation, body));
        match self.answers.lock().unwrap().pop_front() {
            Some(Answer::Says(status, headers, body)) => {
                let mut response = HttpResponse::new(status.try_into().unwrap(), body.into());
                for (name, value) in headers {
                    response.headers_mut().insert(name, value);
                }
                HttpConnectorFuture::ready(Ok(response))
            }
            Some(Answer::Breaks) => {
                HttpConnectorFuture::ready(Err(ConnectorError::io("connection reset".into())))
            }
            None => panic!("more calls than the script has answers"),
        }
    }
}
