//! What went wrong with a call to AWS.

use std::error::Error;

use approval_core::ports::{BoxError, Unavailable, Undelivered};
use aws_sdk_dynamodb::config::http::HttpResponse;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};

/// A failed call, in words that hold nothing of what was sent or answered.
///
/// # Security
///
/// Messages of services can repeat attribute values, so only the error code and AWS's request id
/// are kept. What the network layer says is kept too: it knows no content.
#[derive(Debug, thiserror::Error)]
#[error("{operation} failed: {what}")]
pub(crate) struct CallError {
    operation: &'static str,
    what: String,
}

impl CallError {
    pub(crate) fn new<E: ProvideErrorMetadata>(
        operation: &'static str,
        error: &SdkError<E, HttpResponse>,
    ) -> Self {
        let what = what(error);
        Self { operation, what }
    }

    pub(crate) fn of(operation: &'static str, what: impl Into<String>) -> Self {
        let what = what.into();
        Self { operation, what }
    }
}

/// Maps a failed call of that operation to what the ports report.
pub(crate) fn unavailable<E: ProvideErrorMetadata>(
    operation: &'static str,
) -> impl FnOnce(SdkError<E, HttpResponse>) -> Unavailable {
    move |error| Unavailable(CallError::new(operation, &error).into())
}

/// A channel's refusal, by its code alone: its words may repeat an address. Where there is no code,
/// by whether the message may have gone out all the same.
#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a foreign enum that may grow; whatever is new is only a failed call"
)]
pub(crate) fn undelivered<E: ProvideErrorMetadata>(
    error: &SdkError<E, HttpResponse>,
) -> Undelivered {
    let without_code = || match error {
        SdkError::TimeoutError(_) => "Timeout",
        SdkError::DispatchFailure(_) => "NotReached",
        SdkError::ConstructionFailure(_) => "Unwritten",
        _ => "NoAnswer",
    };
    Undelivered { code: error.code().unwrap_or_else(without_code).to_owned() }
}

/// The port's failure for an answer that cannot be used.
pub(crate) fn unusable(operation: &'static str, what: &'static str) -> Unavailable {
    Unavailable(CallError::of(operation, what).into())
}

/// The error and all its causes, in one line.
pub(crate) fn chain(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

impl From<CallError> for Unavailable {
    fn from(error: CallError) -> Self {
        let cause: BoxError = error.into();
        Self(cause)
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "a foreign enum that may grow; whatever is new is only a failed call"
)]
fn what<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> String {
    if let Some(code) = error.code() {
        let request = error.meta().extra("aws_request_id");
        let request = request.map(|id| format!(" (AWS request {id})")).unwrap_or_default();
        return format!("{code}{request}");
    }
    match error {
        SdkError::TimeoutError(_) => "no answer in time".to_owned(),
        SdkError::DispatchFailure(failure) => match failure.as_connector_error() {
            Some(cause) => format!("not reached: {}", chain(cause)),
            None => "not reached".to_owned(),
        },
        SdkError::ConstructionFailure(_) => "the call could not be made".to_owned(),
        other => match other.raw_response() {
            Some(raw) => format!("status {} without an error code", raw.status().as_u16()),
            None => "no usable answer".to_owned(),
        },
    }
}
