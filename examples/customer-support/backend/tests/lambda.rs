//! The function as Lambda runs it: the real program between a Runtime API and a DynamoDB of ours.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test, whose helpers clippy does not know for tests"
)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Command, Stdio};

use serde_json::{Value, json};

const REPEATED: &str = r#"{"__type": "x#ConditionalCheckFailedException", "message": "exists"}"#;

/// Runs the program for one event, with these answers of DynamoDB. Gives back what the program sent
/// to DynamoDB, and the path and body with which it ended the invocation.
fn invoke(event: &str, mut answers: Vec<(u16, String)>) -> (Vec<Value>, String, Value) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut program = Command::new(env!("CARGO_BIN_EXE_billing"))
        .env_clear()
        .env("AWS_LAMBDA_RUNTIME_API", &address)
        .env("AWS_ENDPOINT_URL", format!("http://{address}"))
        .env("AWS_LAMBDA_FUNCTION_NAME", "billing")
        .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256")
        .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
        .env("AWS_REGION", "eu-west-1")
        .env("AWS_ACCESS_KEY_ID", "ak")
        .env("AWS_SECRET_ACCESS_KEY", "sk")
        .env("TABLE", "books")
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let mut sent = Vec::new();
    let ended = loop {
        let (stream, _) = listener.accept().unwrap();
        let (path, body) = read(&stream);
        if path.ends_with("/next") {
            answer(stream, 200, event);
        } else if path.starts_with("/2018-06-01/") {
            break (path, serde_json::from_str(&body).unwrap());
        } else {
            sent.push(serde_json::from_str(&body).unwrap());
            let (status, body) = answers.remove(0);
            answer(stream, status, &body);
        }
    };
    program.kill().unwrap();
    program.wait().unwrap();
    (sent, ended.0, ended.1)
}

fn read(stream: &TcpStream) -> (String, String) {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim().is_empty() {
            break;
        }
        lines.push(line.to_ascii_lowercase());
    }
    let length = lines.iter().find_map(|line| line.strip_prefix("content-length:"));
    let length = length.map_or(0, |length| length.trim().parse().unwrap());
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = lines[0].split(' ').nth(1).unwrap().to_owned();
    (path, String::from_utf8(body).unwrap())
}

fn answer(mut stream: TcpStream, status: u16, body: &str) {
    let head = "lambda-runtime-aws-request-id: i-1\r\nlambda-runtime-deadline-ms: 4102444800000";
    let length = body.len();
    let text = format!(
        "HTTP/1.1 {status} X\r\n{head}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    );
    stream.write_all(text.as_bytes()).unwrap();
}

fn refund(amount: &str) -> String {
    let arguments = format!(r#"{{"order_id":"A-1042","amount":{amount},"currency":"EUR"}}"#);
    format!(
        r#"{{"version":1,"tool":"billing___refund_order","idempotency_key":"0123456789abcdef","arguments":{arguments}}}"#
    )
}

#[test]
fn a_refund_is_written_down_once_with_its_exact_amount() {
    let (sent, path, told) = invoke(&refund("480.5"), vec![(200, "{}".to_owned())]);
    assert!(path.ends_with("/i-1/response"), "{path}");
    assert_eq!(
        (told["number"].as_str(), told["amount"].as_str()),
        (Some("RF-0123456789"), Some("480.50"))
    );
    assert_eq!(sent[0]["Item"]["pk"]["S"], "REFUND#0123456789abcdef");
    assert_eq!(sent[0]["ConditionExpression"], "attribute_not_exists(pk)");
}

#[test]
fn a_repeat_with_the_same_key_is_the_same_refund() {
    let stored = json!({"Attributes": {
        "pk": {"S": "x"}, "number": {"S": "RF-0123456789"}, "order_id": {"S": "A-1042"},
        "amount": {"S": "480.50"}, "currency": {"S": "EUR"}, "calls": {"N": "2"},
    }});
    let answers = || vec![(400, REPEATED.to_owned()), (200, stored.to_string())];
    let (sent, _, told) = invoke(&refund("480.5"), answers());
    assert_eq!(told["number"], "RF-0123456789");
    assert_eq!(sent[1]["UpdateExpression"], "ADD #calls :one");
    let (_, path, failed) = invoke(&refund("480.51"), answers());
    assert!(path.ends_with("/error"), "{path}");
    assert_eq!(failed["errorType"], "Countersign.NotExecuted");
}

#[test]
fn what_it_does_not_understand_it_does_not_do() {
    for call in
        [refund("1.005"), refund("1").replace("EUR", "ZZZ"), refund("1").replace("billing__", "")]
    {
        let (sent, _, failed) = invoke(&call, Vec::new());
        assert_eq!(failed["errorType"], "Countersign.NotExecuted");
        assert!(sent.is_empty() && !failed.to_string().contains("A-1042"));
    }
}

#[test]
fn books_that_fail_leave_it_open_whether_it_happened() {
    let denied = r#"{"__type": "x#AccessDeniedException", "message": "no"}"#.to_owned();
    let (_, _, failed) = invoke(&refund("1"), vec![(400, denied)]);
    assert_eq!(failed["errorType"], "Billing.Unavailable");
}

#[test]
fn a_missing_variable_is_named_when_it_starts() {
    let program = Command::new(env!("CARGO_BIN_EXE_billing")).env_clear().output().unwrap();
    let said = String::from_utf8(program.stdout).unwrap();
    assert!(!program.status.success() && said.contains("`TABLE` is not set"), "{said}");
}
