use serde_json::json;

use super::*;
use crate::fixture;
use crate::replay::{Answer, Replay};

const DONE: &str = "the target did it";

async fn perform(answers: impl IntoIterator<Item = Answer>) -> (Outcome, Replay) {
    let replay = Replay::of(answers);
    let targets = LambdaTargets::new(&replay.config());
    let outcome = targets.perform(&fixture::permit("lambda:staging-billing")).await;
    (outcome, replay)
}

fn refusal(status: u16, code: &'static str) -> Answer {
    Answer::Says(status, vec![("x-amzn-errortype", code)], r#"{"message":"no"}"#.to_owned())
}

fn failure(error_type: &str) -> Answer {
    let body = json!({"errorType": error_type, "errorMessage": "no"}).to_string();
    Answer::Says(200, vec![("x-amz-function-error", "Unhandled")], body)
}

fn not_done(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::NotDone(_))
}

#[tokio::test]
async fn what_was_approved_is_what_is_sent() {
    let (outcome, replay) = perform([Answer::ok(&json!({"refund": "RF-1"}))]).await;
    assert_eq!(outcome, Outcome::Done(json!({"refund": "RF-1"})));
    let [(path, body)] = replay.all().try_into().unwrap();
    assert!(path.ends_with("/2015-03-31/functions/staging-billing/invocations"), "{path}");
    let permit = fixture::permit("lambda:staging-billing");
    let expected = json!({
        "version": 1,
        "tool": "billing___refund_order",
        "arguments": {"order_id": "A-1042", "amount": 480.5},
        "idempotency_key": "r-1",
        "digest": permit.digest(),
        "requester": {
            "caller": "bedrock",
            "agent": "support",
            "person": {"standing": "verified", "issuer": "https://idp", "subject": "s-1"},
        },
    });
    assert_eq!(body, expected);
}

#[tokio::test]
async fn an_answer_that_is_no_json_is_kept_as_text() {
    let (outcome, _) = perform([Answer::Says(200, Vec::new(), DONE.to_owned())]).await;
    assert_eq!(outcome, Outcome::Done(json!(DONE)));
    let (outcome, _) = perform([Answer::Says(200, Vec::new(), String::new())]).await;
    assert_eq!(outcome, Outcome::Done(Value::Null));
}

#[tokio::test]
async fn a_call_that_was_not_waited_for_is_unknown() {
    let (outcome, _) = perform([Answer::Says(202, Vec::new(), String::new())]).await;
    assert!(matches!(outcome, Outcome::Unknown(_)));
}

#[tokio::test]
async fn only_the_target_itself_can_say_that_it_did_nothing() {
    let (outcome, _) = perform([failure("Countersign.NotExecuted")]).await;
    assert_eq!(outcome, Outcome::NotDone("the target says it did nothing"));
    for other in ["Sandbox.Timedout", "Runtime.ExitError", "TypeError", "countersign.notexecuted"] {
        let (outcome, _) = perform([failure(other)]).await;
        let expected = "the target failed without saying whether it did it";
        assert_eq!(outcome, Outcome::Unknown(expected), "{other}");
    }
}

#[tokio::test]
async fn a_call_that_lambda_turned_away_did_nothing() {
    for (status, code) in [
        (404, "ResourceNotFoundException"),
        (403, "AccessDeniedException"),
        (400, "InvalidRequestContentException"),
        (413, "RequestTooLargeException"),
    ] {
        let (outcome, replay) = perform([refusal(status, code)]).await;
        assert!(not_done(&outcome), "{code}: {outcome:?}");
        assert_eq!(replay.all().len(), 1);
    }
}

#[tokio::test]
async fn where_lambda_was_too_busy_only_what_may_be_repeated_is_asked_again() {
    for idempotent in [true, false] {
        let replay = Replay::of([refusal(429, "TooManyRequestsException")]);
        let targets = LambdaTargets::new(&replay.config());
        let permit = fixture::permit_of("lambda:staging-billing", idempotent);
        let outcome = targets.perform(&permit).await;
        assert_eq!(not_done(&outcome), !idempotent, "{outcome:?}");
        assert_eq!(replay.all().len(), 1, "not by this call");
    }
}

#[tokio::test]
async fn promise_3_whatever_may_have_reached_the_target_is_unknown_and_not_tried_again() {
    for answer in [
        refusal(500, "ServiceException"),
        refusal(502, "ResourceNotReadyException"),
        refusal(400, "SomethingNewException"),
        refusal(500, "TooManyRequestsException"),
        Answer::Says(504, Vec::new(), String::new()),
        Answer::Breaks,
    ] {
        let (outcome, replay) = perform([answer]).await;
        assert!(matches!(outcome, Outcome::Unknown(_)), "{outcome:?}");
        assert_eq!(replay.all().len(), 1);
    }
}

#[tokio::test]
async fn a_target_of_another_kind_is_not_called() {
    let replay = Replay::of([]);
    let targets = LambdaTargets::new(&replay.config());
    for target in ["https://example.com", "lambda:", "billing", ""] {
        let outcome = targets.perform(&fixture::permit(target)).await;
        assert!(not_done(&outcome), "{target}");
    }
}
