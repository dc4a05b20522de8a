//! The Lambda entry point: one loop for every function, and the one place where failures are
//! logged.

use std::collections::BTreeMap;
use std::error::Error;
use std::future::Future;
use std::process::ExitCode;

use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::ports::BoxError;
use lambda_runtime::{Diagnostic, LambdaEvent, service_fn};
use serde_json::Value;
use serde_json::value::RawValue;

use crate::call::chain;

mod logs;

/// One invocation of a function.
#[derive(Debug)]
pub struct Invocation {
    /// The event as it came, so that keys that appear twice are still seen.
    pub event: Box<RawValue>,
    /// What the caller put beside it. Whoever may invoke the function can write it.
    pub client_context: BTreeMap<String, String>,
    /// When Lambda ends the invocation.
    pub deadline: Moment,
}

/// A failure with the name that callers match on.
pub trait Named: Error {
    /// The name; Lambda reports it as the error type.
    fn name(&self) -> &'static str;
}

impl Named for HandlerError {
    fn name(&self) -> &'static str {
        Self::name(self)
    }
}

/// Serves invocations until Lambda ends the process. A function that cannot be wired, for want of
/// an environment variable for instance, logs why and fails its initialisation.
///
/// # Security
///
/// Neither the event nor the answer is logged, and what libraries say below `info` never is.
pub fn serve<H, E>(
    name: &'static str,
    wired: impl Future<Output = Result<H, BoxError>>,
) -> impl Future<Output = ExitCode>
where
    H: AsyncFn(Invocation) -> Result<Value, E>,
    E: Named,
{
    // Boxed, because a whole function is large.
    Box::pin(run(name, wired))
}

async fn run<H, E>(name: &'static str, wired: impl Future<Output = Result<H, BoxError>>) -> ExitCode
where
    H: AsyncFn(Invocation) -> Result<Value, E>,
    E: Named,
{
    logs::start(name);
    let handler = match wired.await {
        Ok(handler) => handler,
        Err(error) => {
            let cause = chain(error.as_ref());
            tracing::error!(function = name, cause, "the function cannot start");
            return ExitCode::FAILURE;
        }
    };
    let handler = &handler;
    let service = service_fn(move |event| answer(handler, event));
    match lambda_runtime::run(service).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = chain(error.as_ref());
            tracing::error!(function = name, cause, "the function stopped");
            ExitCode::FAILURE
        }
    }
}

async fn answer<H, E>(handler: &H, event: LambdaEvent<Box<RawValue>>) -> Result<Value, Diagnostic>
where
    H: AsyncFn(Invocation) -> Result<Value, E>,
    E: Named,
{
    let LambdaEvent { payload: event, context } = event;
    let deadline = i64::try_from(context.deadline).ok();
    let Some(deadline) = deadline.and_then(|millis| Moment::from_millis(millis).ok()) else {
        let error = HandlerError::BadInput("the invocation has no deadline".to_owned());
        return Err(diagnostic(&error));
    };
    let client_context = context.client_context.map(|context| context.custom);
    let client_context = client_context.unwrap_or_default().into_iter().collect();
    handler(Invocation { event, client_context, deadline })
        .await
        .map_err(|error| diagnostic(&error))
}

fn diagnostic(error: &impl Named) -> Diagnostic {
    tracing::error!(error = error.name(), cause = chain(error), "the invocation failed");
    Diagnostic { error_type: error.name().to_owned(), error_message: error.to_string() }
}

#[cfg(test)]
mod tests {
    use lambda_runtime::Context;

    use super::*;

    fn event(deadline: u64) -> LambdaEvent<Box<RawValue>> {
        let payload = RawValue::from_string(r#"{"a":1,"a":2}"#.to_owned()).unwrap();
        let mut context = Context::default();
        context.deadline = deadline;
        LambdaEvent::new(payload, context)
    }

    #[tokio::test]
    async fn the_handler_sees_the_event_as_it_came_and_the_deadline() {
        let echo = async |invocation: Invocation| {
            let seen = format!("{} {}", invocation.event.get(), invocation.deadline);
            Ok::<_, HandlerError>(Value::String(seen))
        };
        let seen = answer(&echo, event(1_000)).await.unwrap();
        assert_eq!(seen, r#"{"a":1,"a":2} 1970-01-01T00:00:01.000Z"#);
    }

    #[tokio::test]
    async fn a_failure_carries_its_name_and_keeps_its_cause_to_itself() {
        let fail = async |_: Invocation| Err(HandlerError::Unavailable("token=secret".into()));
        let failed = answer(&fail, event(1_000)).await.unwrap_err();
        assert_eq!(failed.error_type, "Approval.Unavailable");
        assert_eq!(failed.error_message, "a service this step needs is unavailable");
    }

    #[tokio::test]
    async fn an_invocation_without_a_sensible_deadline_is_refused() {
        let echo = async |_: Invocation| Ok::<_, HandlerError>(Value::Null);
        let failed = answer(&echo, event(u64::MAX)).await.unwrap_err();
        assert_eq!(failed.error_type, "Approval.BadInput");
    }
}
