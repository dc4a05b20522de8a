use super::*;
use crate::call::chain;
use crate::fixture;
use crate::replay::{Answer, Replay};

const ARN: &str = "arn:aws:states:eu-west-1:000000000000:stateMachine:approval";

fn machine(replay: &Replay) -> StateMachine {
    StateMachine::new(&replay.config(), ARN).unwrap()
}

async fn resume(answer: Answer) -> Result<Resumed, Unavailable> {
    let replay = Replay::of([answer]);
    let token = TaskToken::new("secret-token".to_owned());
    machine(&replay).resume(&token, r#"{"status":"approved"}"#).await
}

#[tokio::test]
async fn an_execution_is_named_by_its_request() {
    let replay = Replay::of([Answer::ok(&json!({"executionArn": "a", "startDate": 1}))]);
    assert_eq!(machine(&replay).start(&fixture::id()).await.unwrap(), Started::Running);
    let expected =
        json!({"stateMachineArn": ARN, "name": "r-1", "input": r#"{"request_id":"r-1"}"#});
    assert_eq!(replay.only("StartExecution"), expected);
}

#[tokio::test]
async fn starting_again_is_harmless() {
    let exists = Answer::error(400, "ExecutionAlreadyExists", "exists");
    let replay = Replay::of([exists, Answer::error(400, "ExecutionLimitExceeded", "full")]);
    let machine = machine(&replay);
    assert_eq!(machine.start(&fixture::id()).await.unwrap(), Started::Exists);
    assert!(machine.start(&fixture::id()).await.is_err());
}

#[tokio::test]
async fn an_execution_is_found_under_its_own_arn() {
    let ended = json!({
        "executionArn": "a", "stateMachineArn": ARN, "startDate": 1, "status": "TIMED_OUT"
    });
    let replay = Replay::of([Answer::ok(&ended)]);
    assert_eq!(machine(&replay).look(&fixture::id()).await.unwrap(), Execution::Ended);
    let arn = "arn:aws:states:eu-west-1:000000000000:execution:approval:r-1";
    assert_eq!(replay.only("DescribeExecution")["executionArn"], arn);
}

#[tokio::test]
async fn a_missing_execution_is_no_failure_and_a_failure_is_no_missing_execution() {
    let missing = Answer::error(400, "ExecutionDoesNotExist", "none");
    let replay = Replay::of([missing, Answer::error(400, "InvalidArn", "odd")]);
    let machine = machine(&replay);
    assert_eq!(machine.look(&fixture::id()).await.unwrap(), Execution::Missing);
    assert!(machine.look(&fixture::id()).await.is_err());
}

#[test]
fn every_status_is_running_or_ended_and_a_new_one_is_neither() {
    for status in ["RUNNING", "PENDING_REDRIVE"] {
        assert_eq!(execution(status), Some(Execution::Running), "{status}");
    }
    for status in ["SUCCEEDED", "FAILED", "TIMED_OUT", "ABORTED"] {
        assert_eq!(execution(status), Some(Execution::Ended), "{status}");
    }
    assert_eq!(execution("PAUSED"), None);
}

#[tokio::test]
async fn a_wait_is_ended_with_the_output_as_advice() {
    let replay = Replay::of([Answer::ok(&json!({}))]);
    let token = TaskToken::new("secret-token".to_owned());
    let output = r#"{"status":"approved"}"#;
    let resumed = machine(&replay).resume(&token, output).await.unwrap();
    assert_eq!(resumed, Resumed::Now);
    let expected = json!({"taskToken": "secret-token", "output": output});
    assert_eq!(replay.only("SendTaskSuccess"), expected);
}

#[tokio::test]
async fn f02_f08_f44_a_wait_that_ended_or_never_was_is_owed_nothing() {
    for code in ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"] {
        let resumed = resume(Answer::error(400, code, "no")).await;
        assert_eq!(resumed.unwrap(), Resumed::Never, "{code}");
    }
}

#[tokio::test]
async fn f22_what_may_pass_stays_owed() {
    let passing = [
        "InvalidOutput",
        "KmsAccessDeniedException",
        "KmsInvalidStateException",
        "KmsThrottlingException",
    ];
    for code in passing {
        assert!(!never_resumes(code));
        let error = resume(Answer::error(400, code, "secret-token")).await.unwrap_err();
        let text = chain(&error);
        assert!(text.contains(code) && !text.contains("secret-token"), "{text}");
    }
}

#[tokio::test]
async fn f22_a_throttled_call_is_tried_again_and_then_stays_owed() {
    let throttled = Answer::error(400, "ThrottlingException", "slow down");
    let answers = [throttled.clone(), throttled.clone(), throttled];
    let replay = Replay::of(answers.clone());
    let token = TaskToken::new("secret-token".to_owned());
    assert!(machine(&replay).resume(&token, "{}").await.is_err());
    assert_eq!(replay.sent("SendTaskSuccess").len(), 3);
    let [first, second, _] = answers;
    let replay = Replay::of([first, second, Answer::ok(&json!({}))]);
    assert_eq!(machine(&replay).resume(&token, "{}").await.unwrap(), Resumed::Now);
}

#[tokio::test]
async fn f03_a_lost_answer_is_asked_for_again_and_ends_as_never() {
    let replay = Replay::of([Answer::Breaks, Answer::error(400, "TaskTimedOut", "no")]);
    let token = TaskToken::new("secret-token".to_owned());
    assert_eq!(machine(&replay).resume(&token, "{}").await.unwrap(), Resumed::Never);
}

#[test]
fn only_a_plain_state_machine_arn_will_do() {
    let config = Replay::of([]).config();
    for arn in ["", "approval", "arn:aws:states:r:1:activity:x"] {
        assert!(StateMachine::new(&config, arn).is_err(), "{arn}");
    }
    assert!(StateMachine::new(&config, format!("{ARN}:1")).is_err());
    assert!(StateMachine::new(&config, format!("{ARN}:")).is_err());
}
