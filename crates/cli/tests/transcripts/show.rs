//! `show`, against a service that gives one answer to everything. `approval-views` tests what is
//! shown of a whole request.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;

use crate::{Transcript, command};

const ID: [&str; 6] = ["show", "r-1", "--table", "approvals", "--stack", "demo"];
const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "ak"), ("AWS_SECRET_ACCESS_KEY", "sk")];
const REGION: [(&str, &str); 1] = [("AWS_REGION", "eu-central-1")];

fn show(environment: &[(&str, &str)]) -> Transcript {
    command(&ID).envs(environment.iter().copied()).output().expect("it runs").into()
}

/// Shows with a service that gives this one answer to everything.
fn answered(status: u16, body: &'static str, output: &str) -> Transcript {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    thread::spawn(move || {
        for stream in listener.incoming() {
            answer(stream.expect("a connection"), status, body);
        }
    });
    let endpoint = [("AWS_ENDPOINT_URL", endpoint.as_str())];
    let mut command = command(&[&ID[..], &["-o", output]].concat());
    let environment = [&KEYS[..], &REGION, &endpoint].concat();
    command.envs(environment).output().expect("it runs").into()
}

/// Reads a request to its end, and answers it.
fn answer(stream: TcpStream, status: u16, body: &str) {
    let mut reader = BufReader::new(stream);
    let mut length = 0;
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        let header = line.to_ascii_lowercase();
        if let Some(bytes) = header.strip_prefix("content-length:") {
            length = bytes.trim().parse().expect("a number");
        }
        line.clear();
    }
    reader.read_exact(&mut vec![0; length]).expect("a body");
    let head = "Content-Type: application/x-amz-json-1.0\r\nConnection: close";
    let length = body.len();
    let answer = format!("HTTP/1.1 {status} X\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}");
    reader.get_mut().write_all(answer.as_bytes()).expect("written");
}

fn assert_said(said: &Transcript, code: i32, words: &str) {
    assert_eq!((said.code, said.out.as_str()), (Some(code), ""), "{}", said.err);
    assert!(said.err.starts_with("error: ") && said.err.contains(words), "{}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
}

#[test]
fn what_is_missing_here_is_named() {
    assert_said(&show(&KEYS), 1, "no region: set AWS_REGION");
    assert_said(&show(&REGION), 4, "no credentials: set AWS_PROFILE");
}

#[test]
fn nobody_listening_is_a_matter_of_the_network() {
    let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nobody = format!("http://{port}");
    let endpoint = [("AWS_ENDPOINT_URL", nobody.as_str())];
    let said = show(&[&KEYS[..], &REGION, &endpoint].concat());
    assert_said(&said, 1, "AWS cannot be reached");
}

#[test]
fn what_aws_refuses_is_told_by_what_to_do() {
    let denied = r#"{"__type":"com.amazon.coral.service#AccessDeniedException","message":"no"}"#;
    assert_said(
        &answered(400, denied, "text"),
        4,
        "dynamodb:GetItem failed: AccessDeniedException",
    );
    let missing = r#"{"__type":"com.amazonaws.dynamodb.v20120810#ResourceNotFoundException"}"#;
    assert_said(
        &answered(400, missing, "text"),
        1,
        "no table `approvals` in this region and account",
    );
    let expired = r#"{"__type":"com.amazon.coral.service#ExpiredTokenException"}"#;
    assert_said(&answered(400, expired, "text"), 4, "renew them");
}

#[test]
fn a_request_that_is_not_there_is_said() {
    assert_said(&answered(200, "{}", "text"), 1, "no such request in the table `approvals`");
}

/// A request as DynamoDB has it, and no further row: somebody has taken its audit trail away.
const STORED: &str = r#"{"Items": [], "Item": {
    "pk": {"S": "REQ#r-1"}, "sk": {"S": "META"}, "schema": {"N": "1"}, "id": {"S": "r-1"},
    "version": {"N": "1"}, "status": {"S": "received"}, "tool": {"S": "billing___refund_order"},
    "requester": {"M": {"caller": {"S": "bedrock"}, "agent": {"S": "agent-1"},
        "person": {"M": {"standing": {"S": "claimed"}, "name": {"S": "dana\u202e"}}}}},
    "digest": {"S": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    "idempotent": {"BOOL": true}, "asked_at": {"S": "2026-11-22T10:00:00.000Z"},
    "changed_at": {"S": "2026-11-22T10:00:00.000Z"}, "hard_limit": {"S": "2026-11-29T10:00:00.000Z"},
    "assessment": {"NULL": true}, "decide_by": {"NULL": true}, "run_by": {"NULL": true},
    "claimed_until": {"NULL": true}, "reason": {"NULL": true}, "result": {"NULL": true},
    "wait": {"M": {"token": {"S": "the-task-token"}, "since": {"S": "2026-11-22T10:00:00.000Z"},
        "resumed": {"BOOL": false}}},
    "action": {"B": "c2VhbGVk"}, "display": {"B": "c2VhbGVk"}, "audit": {"M": {"count": {"N": "0"},
        "hash": {"S": "a5fa777a3dc67268caea6eea038ba14177e360dba84e1db44e738dbae137e7ef"}}}
}}"#;

#[test]
fn a_stored_request_is_shown_and_the_hint_is_no_data() {
    let said = answered(200, STORED, "text");
    let shown = "\
billing___refund_order
received: not assessed yet
WARNING: the request does not stand where the audit trail says it stands

request
  id         r-1
  tool       billing___refund_order
  agent      agent-1, through bedrock
  person     claimed, not proven: dana⟦U+202E⟧
  asked at   2026-11-22T10:00:00.000Z
  result     none
  digest     e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

arguments
  not opened

decisions, as stored; execute-action proves them
  none

audit trail, THE CHAIN IS BROKEN
";
    assert_eq!((said.code, said.out.as_str()), (Some(0), shown), "{}", said.err);
    assert!(said.err.starts_with("hint: the arguments are sealed"), "{}", said.err);
}

#[test]
fn promise_10_the_json_form_holds_no_task_token_and_no_sealed_part() {
    let said = answered(200, STORED, "json");
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.out.starts_with("{\n  \"id\": \"r-1\",\n  \"status\": \"received\""),
        "{}",
        said.out
    );
    assert!(said.out.contains(r#""name": "dana\u202e""#), "{}", said.out);
    for secret in ["the-task-token", "sealed", "c2VhbGVk"] {
        assert!(!said.out.contains(secret), "{secret} is in\n{}", said.out);
    }
}

#[test]
fn the_marker_of_a_secret_is_the_one_the_door_writes() {
    assert_eq!(approval_views::display::SECRET, approval_policy::catalogue::SECRET);
}
