//! What a web page answers to somebody without credentials.

use std::collections::BTreeMap;
use std::time::Duration;

use approval_core::ports::Unavailable;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_dynamodb::config::http::{HttpRequest, HttpResponse};
use aws_smithy_runtime::client::orchestrator::operation::Operation;
use aws_smithy_runtime_api::client::interceptors::context::Error;
use aws_smithy_runtime_api::client::orchestrator::OrchestratorError;

use super::Probe;
use crate::call::CallError;

const OPERATION: &str = "GET";
const LONGEST: Duration = Duration::from_secs(20);

/// An answer, without its body.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The headers, by name in lower case.
    pub headers: BTreeMap<String, String>,
}

impl Probe<'_> {
    /// Gets a page.
    ///
    /// # Errors
    ///
    /// Nothing answers there.
    pub async fn page(self, base: &str, path: &str) -> Result<Answered, Unavailable> {
        let client = self.config.http_client();
        let client = client.ok_or_else(|| CallError::of(OPERATION, "there is no HTTP client"))?;
        let path = path.to_owned();
        let get = Operation::builder()
            .service_name("page")
            .operation_name("Get")
            .http_client(client)
            .endpoint_url(base.trim_end_matches('/'))
            .no_auth()
            .no_retry()
            .timeout_config(TimeoutConfig::builder().operation_timeout(LONGEST).build())
            .serializer(move |(): ()| Ok(request(&path)?))
            .deserializer::<_, Error>(|response| Ok(answered(response)))
            .build();
        let got = get.invoke(()).await.map_err(|error| {
            CallError::of(OPERATION, format!("not reached: {}", crate::call::chain(&error)))
        })?;
        Ok(got)
    }
}

fn request(path: &str) -> Result<HttpRequest, OrchestratorError<Error>> {
    let mut request = HttpRequest::new(Vec::new().into());
    request.set_method("GET").map_err(OrchestratorError::other)?;
    request.set_uri(path).map_err(OrchestratorError::other)?;
    Ok(request)
}

fn answered(response: &HttpResponse) -> Answered {
    let headers = response.headers().iter();
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()));
    Answered { status: response.status().as_u16(), headers: headers.collect() }
}
