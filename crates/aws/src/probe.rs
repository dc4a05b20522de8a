//! Looks at a deployment: whether its parts are there and able to work. Nothing is changed.

mod mail;
mod page;

use approval_core::ports::Unavailable;
use aws_config::SdkConfig;
use aws_sdk_eventbridge::types::RuleState;
use aws_sdk_lambda::types::{LastUpdateStatus, State};
use aws_sdk_sfn::types::StateMachineStatus;

pub use self::mail::{Account, Sender};
pub use self::page::Answered;
use crate::call::{unavailable, unusable};

/// Looks at the parts of a deployment with somebody's own credentials.
#[derive(Clone, Copy, Debug)]
pub struct Probe<'a> {
    config: &'a SdkConfig,
}

impl<'a> Probe<'a> {
    /// Looks with that configuration.
    #[must_use]
    pub fn new(config: &'a SdkConfig) -> Self {
        Self { config }
    }

    /// Whose the credentials are, as an ARN.
    ///
    /// # Errors
    ///
    /// There are none, or AWS does not accept them or does not answer.
    pub async fn caller(self) -> Result<String, Unavailable> {
        const OPERATION: &str = "sts:GetCallerIdentity";
        let answer = aws_sdk_sts::Client::new(self.config).get_caller_identity().send().await;
        let arn = answer.map_err(unavailable(OPERATION))?.arn;
        arn.ok_or_else(|| unusable(OPERATION, "no ARN in the answer"))
    }

    /// Whether a key is enabled.
    ///
    /// # Errors
    ///
    /// KMS does not answer, or not to us, or there is no such key.
    pub async fn key(self, arn: &str) -> Result<bool, Unavailable> {
        let call = aws_sdk_kms::Client::new(self.config).describe_key().key_id(arn);
        let answer = call.send().await.map_err(unavailable("kms:DescribeKey"))?;
        Ok(answer.key_metadata.is_some_and(|key| key.enabled))
    }

    /// Whether a function can be invoked. One that was idle for long is.
    ///
    /// # Errors
    ///
    /// Lambda does not answer, or not to us, or there is no such function.
    pub async fn function(self, name: &str) -> Result<bool, Unavailable> {
        let call = aws_sdk_lambda::Client::new(self.config).get_function_configuration();
        let call = call.function_name(name);
        let answer = call.send().await.map_err(unavailable("lambda:GetFunctionConfiguration"))?;
        let able = matches!(answer.state, None | Some(State::Active | State::Inactive));
        Ok(able && answer.last_update_status != Some(LastUpdateStatus::Failed))
    }

    /// Whether a state machine is active.
    ///
    /// # Errors
    ///
    /// Step Functions does not answer, or not to us, or there is no such state machine.
    pub async fn workflow(self, arn: &str) -> Result<bool, Unavailable> {
        let call = aws_sdk_sfn::Client::new(self.config).describe_state_machine();
        let call = call.state_machine_arn(arn);
        let answer = call.send().await.map_err(unavailable("states:DescribeStateMachine"))?;
        Ok(matches!(answer.status, None | Some(StateMachineStatus::Active)))
    }

    /// Whether a rule of the default event bus is enabled.
    ///
    /// # Errors
    ///
    /// EventBridge does not answer, or not to us, or there is no such rule.
    pub async fn rule(self, name: &str) -> Result<bool, Unavailable> {
        let call = aws_sdk_eventbridge::Client::new(self.config).describe_rule().name(name);
        let answer = call.send().await.map_err(unavailable("events:DescribeRule"))?;
        Ok(answer.state == Some(RuleState::Enabled))
    }
}

#[cfg(test)]
mod tests;
