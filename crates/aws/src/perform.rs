//! Calling the target: once, and honest about what became of it.

use std::time::Duration;

use approval_core::digest::Digest;
use approval_core::name::ToolName;
use approval_core::outcome::Outcome;
use approval_core::permit::ExecutionPermit;
use approval_core::ports::Perform;
use approval_core::requester::Requester;
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::{Builder, StalledStreamProtectionConfig};
use aws_sdk_lambda::primitives::Blob;
use serde::Serialize;
use serde_json::Value;

mod answer;

/// The longest a Lambda function can take.
const LONGEST: Duration = Duration::from_mins(15);
const SCHEME: &str = "lambda:";

/// Targets that are Lambda functions, named `lambda:<name or ARN>`.
///
/// # Security
///
/// One attempt: a second one could do the action twice. Nothing of the arguments, the answer or an
/// error of the target is logged.
#[derive(Clone, Debug)]
pub struct LambdaTargets {
    client: Client,
}

#[derive(Serialize)]
struct Payload<'a> {
    version: u32,
    tool: &'a ToolName,
    arguments: &'a Value,
    idempotency_key: &'a str,
    digest: Digest,
    requester: &'a Requester,
}

impl LambdaTargets {
    /// Waits for an answer as long as a function can take; whoever performs bounds it by its own
    /// deadline.
    #[must_use]
    pub fn new(config: &SdkConfig) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .read_timeout(LONGEST)
            .operation_attempt_timeout(LONGEST)
            .operation_timeout(LONGEST)
            .build();
        let config = Builder::from(config)
            .retry_config(RetryConfig::disabled())
            .timeout_config(timeouts)
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Self { client: Client::from_conf(config) }
    }
}

impl Perform for LambdaTargets {
    async fn perform(&self, permit: &ExecutionPermit) -> Outcome {
        let Some(function) = permit.target().strip_prefix(SCHEME).filter(|name| !name.is_empty())
        else {
            return Outcome::NotDone("the target is not one this executor knows");
        };
        let payload = Payload {
            version: 1,
            tool: permit.tool(),
            arguments: permit.arguments(),
            idempotency_key: permit.idempotency_key(),
            digest: permit.digest(),
            requester: permit.requester(),
        };
        let Ok(payload) = serde_json::to_vec(&payload) else {
            return Outcome::NotDone("the action cannot be written as JSON");
        };
        let call = self.client.invoke().function_name(function);
        let call = call.payload(Blob::new(payload)).send();
        match call.await {
            Err(error) => answer::failed(permit, &error),
            Ok(answered) => answer::answered(&answered),
        }
    }
}

#[cfg(test)]
mod tests;
