//! Having request-approval tell people what they are owed.

use std::time::Duration;

use approval_core::name::RequestId;
use approval_core::ports::{Tell, Unavailable};
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_sdk_lambda::Client;
use aws_sdk_lambda::config::{Builder, StalledStreamProtectionConfig};
use aws_sdk_lambda::primitives::Blob;
use serde_json::json;

use crate::call::{unavailable, unusable};

const OPERATION: &str = "lambda:InvokeFunction";
/// Longer than request-approval may take.
const LONGEST: Duration = Duration::from_secs(35);

/// Invokes request-approval, and waits for what it says.
#[derive(Clone, Debug)]
pub struct Teller {
    client: Client,
    function: String,
}

impl Teller {
    /// The function of that ARN.
    #[must_use]
    pub fn new(config: &SdkConfig, function: String) -> Self {
        let timeouts = TimeoutConfig::builder()
            .connect_timeout(Duration::from_secs(1))
            .read_timeout(LONGEST)
            .operation_attempt_timeout(LONGEST)
            .operation_timeout(LONGEST);
        // The next sweep is the retry.
        let config = Builder::from(config)
            .timeout_config(timeouts.build())
            .retry_config(RetryConfig::disabled())
            .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
            .build();
        Self { client: Client::from_conf(config), function }
    }
}

impl Tell for Teller {
    async fn tell(&self, id: &RequestId) -> Result<(), Unavailable> {
        let event = json!({"request_id": id}).to_string();
        let call = self.client.invoke().function_name(&self.function);
        let said = call.payload(Blob::new(event)).send().await.map_err(unavailable(OPERATION))?;
        if said.function_error.is_some() {
            return Err(unusable(OPERATION, "request-approval failed"));
        }
        if said.status_code != 200 {
            return Err(unusable(OPERATION, "request-approval was not waited for"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::chain;
    use crate::replay::{Answer, Replay};

    async fn tell(answer: Answer) -> (Result<(), Unavailable>, Replay) {
        let replay = Replay::of([answer]);
        let teller = Teller::new(&replay.config(), "request-approval".to_owned());
        (teller.tell(&RequestId::parse("r-1").unwrap()).await, replay)
    }

    #[tokio::test]
    async fn the_function_gets_the_id_and_nothing_else() {
        let (told, replay) = tell(Answer::ok(&json!({"status": "pending"}))).await;
        assert!(told.is_ok());
        let [(path, body)] = replay.all().try_into().unwrap();
        assert!(path.ends_with("/functions/request-approval/invocations"), "{path}");
        assert_eq!(body, json!({"request_id": "r-1"}));
    }

    #[tokio::test]
    async fn a_function_that_failed_has_told_nobody() {
        let failed = vec![("x-amz-function-error", "Unhandled")];
        let body = json!({"errorType": "Approval.Untold", "errorMessage": "secret"}).to_string();
        let error = tell(Answer::Says(200, failed, body)).await.0.unwrap_err();
        assert_eq!(
            chain(&error),
            "unavailable: lambda:InvokeFunction failed: request-approval failed"
        );
        assert!(tell(Answer::Says(202, Vec::new(), String::new())).await.0.is_err());
    }

    #[tokio::test]
    async fn f45_a_call_that_fails_is_left_to_the_next_sweep() {
        let busy = vec![("x-amzn-errortype", "TooManyRequestsException")];
        for answer in [Answer::Says(429, busy, "{}".to_owned()), Answer::Breaks] {
            let (told, replay) = tell(answer).await;
            assert!(told.is_err());
            assert_eq!(replay.all().len(), 1);
        }
    }
}
