//! Asking risk-classify about the bundle that is deployed, as operators do.

use std::time::Duration;

use approval_core::ports::Unavailable;
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::Builder;
use aws_sdk_lambda::primitives::Blob;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::call::{unavailable, unusable};

const OPERATION: &str = "lambda:InvokeFunction";
/// Somebody sits and waits.
const LONGEST: Duration = Duration::from_secs(10);

/// Invokes risk-classify with somebody's own credentials, and waits for what it says.
#[derive(Clone, Debug)]
pub struct Rules {
    client: Client,
    function: String,
}

impl Rules {
    /// The function of that name or ARN.
    #[must_use]
    pub fn new(config: &SdkConfig, function: &str) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .operation_attempt_timeout(LONGEST)
            .operation_timeout(LONGEST);
        let config = Builder::from(config)
            .timeout_config(timeouts.build())
            .retry_config(RetryConfig::disabled())
            .build();
        Self { client: Client::from_conf(config), function: function.to_owned() }
    }

    /// What it answers.
    ///
    /// # Errors
    ///
    /// Lambda does not answer, or not to us; the function failed, or answers otherwise than asked.
    pub async fn ask<A: DeserializeOwned>(
        &self,
        question: &impl Serialize,
    ) -> Result<A, Unavailable> {
        let event = serde_json::to_vec(question);
        let event = event.map_err(|_| unusable(OPERATION, "the question cannot be written"))?;
        let call = self.client.invoke().function_name(&self.function).payload(Blob::new(event));
        let said = call.send().await.map_err(unavailable(OPERATION))?;
        if said.function_error.is_some() {
            return Err(unusable(OPERATION, "risk-classify failed"));
        }
        let answer = said.payload.map(Blob::into_inner).unwrap_or_default();
        serde_json::from_slice(&answer)
            .map_err(|_| unusable(OPERATION, "risk-classify is of another version"))
    }
}
