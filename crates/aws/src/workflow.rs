//! Workflow executions: started, watched, resumed.

use approval_core::name::RequestId;
use approval_core::ports::{Execution, Resumed, StartWorkflow, Started, Unavailable, Workflows};
use approval_core::task::TaskToken;
use aws_config::SdkConfig;
use aws_sdk_sfn::Client;
use aws_sdk_sfn::error::ProvideErrorMetadata;
use aws_sdk_sfn::operation::describe_execution::DescribeExecutionError;
use aws_sdk_sfn::operation::start_execution::StartExecutionError;
use serde_json::json;

use crate::call::{unavailable, unusable};

/// The state machine whose executions carry requests.
#[derive(Clone, Debug)]
pub struct StateMachine {
    client: Client,
    arn: String,
    executions: String,
}

/// The ARN is not a state machine's.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not the ARN of a state machine: give it without version or alias")]
pub struct ArnError;

impl StateMachine {
    /// The state machine of that ARN.
    ///
    /// # Errors
    ///
    /// It is not the ARN of a state machine.
    pub fn new(config: &SdkConfig, arn: impl Into<String>) -> Result<Self, ArnError> {
        let arn = arn.into();
        let executions = executions(&arn).ok_or(ArnError)?;
        let client = Client::new(config);
        Ok(Self { client, arn, executions })
    }
}

impl StartWorkflow for StateMachine {
    async fn start(&self, id: &RequestId) -> Result<Started, Unavailable> {
        let input = json!({"request_id": id}).to_string();
        let call = self.client.start_execution().state_machine_arn(&self.arn);
        match call.name(id.as_str()).input(input).send().await {
            Ok(_) => Ok(Started::Running),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(StartExecutionError::is_execution_already_exists) =>
            {
                Ok(Started::Exists)
            }
            Err(error) => Err(unavailable("states:StartExecution")(error)),
        }
    }
}

impl Workflows for StateMachine {
    async fn look(&self, id: &RequestId) -> Result<Execution, Unavailable> {
        const OPERATION: &str = "states:DescribeExecution";
        let arn = format!("{}:{id}", self.executions);
        match self.client.describe_execution().execution_arn(arn).send().await {
            Ok(seen) => execution(seen.status().as_str())
                .ok_or_else(|| unusable(OPERATION, "a status this code does not know")),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(DescribeExecutionError::is_execution_does_not_exist) =>
            {
                Ok(Execution::Missing)
            }
            Err(error) => Err(unavailable(OPERATION)(error)),
        }
    }

    async fn resume(&self, token: &TaskToken, output: &str) -> Result<Resumed, Unavailable> {
        let call = self.client.send_task_success().task_token(token.expose());
        let Err(error) = call.output(output).send().await else {
            return Ok(Resumed::Now);
        };
        if !error.code().is_some_and(never_resumes) {
            return Err(unavailable("states:SendTaskSuccess")(error));
        }
        // Not a person's mistake: a wait that was ended elsewhere, or a token that was never ours.
        tracing::warn!(code = error.code(), "a wait cannot be ended any more");
        Ok(Resumed::Never)
    }
}

/// Whether the code means that this token will never end a wait: the wait was ended, timed out, or
/// never was. Everything else may pass, and the duty stays; also what is a fault of our own, such
/// as an output that is no JSON, so that it is seen.
fn never_resumes(code: &str) -> bool {
    ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"].contains(&code)
}

/// What a status means. One that is new is no reason to close a request.
fn execution(status: &str) -> Option<Execution> {
    match status {
        "RUNNING" | "PENDING_REDRIVE" => Some(Execution::Running),
        "SUCCEEDED" | "FAILED" | "TIMED_OUT" | "ABORTED" => Some(Execution::Ended),
        _ => None,
    }
}

/// What the ARNs of the state machine's executions begin with.
fn executions(arn: &str) -> Option<String> {
    let (account, name) = arn.split_once(":stateMachine:")?;
    let plain = account.starts_with("arn:") && !name.is_empty() && !name.contains(':');
    plain.then(|| format!("{account}:execution:{name}"))
}

#[cfg(test)]
mod tests;
