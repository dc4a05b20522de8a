//! What an answer, or the want of one, says about the action.

use approval_core::outcome::Outcome;
use approval_core::permit::ExecutionPermit;
use aws_sdk_lambda::config::http::HttpResponse;
use aws_sdk_lambda::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_lambda::operation::invoke::{InvokeError, InvokeOutput};
use serde::Deserialize;
use serde_json::Value;

use crate::call::CallError;

/// The error type with which a target says that it did nothing.
const NOT_EXECUTED: &str = "Countersign.NotExecuted";

/// The code with which Lambda says that it has too much to do.
const THROTTLED: &str = "TooManyRequestsException";

/// Codes with which Lambda turns a call away before any code of the target runs.
const TURNED_AWAY: [&str; 14] = [
    "AccessDeniedException",
    "ExpiredTokenException",
    "IncompleteSignatureException",
    "InvalidParameterValueException",
    "InvalidRequestContentException",
    "InvalidSignatureException",
    "MissingAuthenticationTokenException",
    "RecursiveInvocationException",
    "RequestTooLargeException",
    "ResourceNotFoundException",
    "SerializedRequestEntityTooLargeException",
    THROTTLED,
    "UnrecognizedClientException",
    "UnsupportedMediaTypeException",
];

/// The target answered, or failed.
pub(super) fn answered(output: &InvokeOutput) -> Outcome {
    let bytes = output.payload().map(AsRef::as_ref).unwrap_or_default();
    if output.function_error().is_some() {
        return failure(bytes);
    }
    if output.status_code() != 200 {
        return Outcome::Unknown("Lambda took the call without the target's answer");
    }
    if bytes.is_empty() {
        return Outcome::Done(Value::Null);
    }
    let text = || Value::String(String::from_utf8_lossy(bytes).into_owned());
    Outcome::Done(serde_json::from_slice(bytes).unwrap_or_else(|_| text()))
}

/// The call failed. Only a code that surely precedes the target's own code says that nothing was
/// done; a 5xx, a broken connection or a code this list does not have says nothing.
pub(super) fn failed(
    permit: &ExecutionPermit,
    error: &SdkError<InvokeError, HttpResponse>,
) -> Outcome {
    let cause = CallError::new("lambda:InvokeFunction", error);
    tracing::warn!(request = %permit.request(), %cause, "the target was not called, or did not answer");
    let refused = error.raw_response().is_some_and(|raw| raw.status().is_client_error());
    let turned_away = error.code().is_some_and(|code| TURNED_AWAY.contains(&code));
    if refused && error.code() == Some(THROTTLED) && permit.idempotent() {
        // It comes again with the same key, once this claim has run out.
        return Outcome::Unknown("Lambda was too busy to call the target");
    }
    if refused && turned_away {
        return Outcome::NotDone("Lambda turned the call away before the target ran");
    }
    Outcome::Unknown("the target could not be reached, or its answer was lost")
}

fn failure(bytes: &[u8]) -> Outcome {
    #[derive(Deserialize)]
    struct Failure {
        #[serde(rename = "errorType")]
        error_type: String,
    }

    match serde_json::from_slice(bytes) {
        Ok(Failure { error_type }) if error_type == NOT_EXECUTED => {
            Outcome::NotDone("the target says it did nothing")
        }
        _ => Outcome::Unknown("the target failed without saying whether it did it"),
    }
}
