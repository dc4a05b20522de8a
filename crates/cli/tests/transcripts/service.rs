//! AWS as these tests need it: one service on this machine that answers every call.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;

use crate::{Transcript, command};

const KEYS: [(&str, &str); 2] = [("AWS_ACCESS_KEY_ID", "ak"), ("AWS_SECRET_ACCESS_KEY", "sk")];
const REGION: (&str, &str) = ("AWS_REGION", "eu-central-1");
const TABLE: (&str, &str) = ("COUNTERSIGN_TABLE", "approvals");
const STACK: (&str, &str) = ("COUNTERSIGN_STACK", "demo");

/// What was called: the path, or DynamoDB's operation, the `authorization` header and the body.
pub(crate) type Call = (String, String, String);

/// A service, and what was called so far.
pub(crate) struct Service {
    endpoint: String,
    calls: Receiver<Call>,
}

impl Service {
    /// A service that answers with a status and a body, or not at all where the status is 0.
    pub(crate) fn answering(
        mut answer: impl FnMut(&Call) -> (u16, String) + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
        let (told, calls) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                serve(stream.expect("a connection"), &mut answer, &told);
            }
        });
        Self { endpoint, calls }
    }

    /// A service that gives one answer to everything.
    pub(crate) fn says(status: u16, body: &str) -> Self {
        let body = body.to_owned();
        Self::answering(move |_| (status, body.clone()))
    }

    /// Types a command whose AWS is this service.
    pub(crate) fn hears(&self, arguments: &[&str]) -> Transcript {
        self.types(arguments).output().expect("it runs").into()
    }

    /// The command whose AWS is this service.
    pub(crate) fn types(&self, arguments: &[&str]) -> Command {
        let endpoint = self.endpoint.as_str();
        let here = [("AWS_ENDPOINT_URL", endpoint), ("COUNTERSIGN_API", endpoint)];
        let environment = [&KEYS[..], &[REGION, TABLE, STACK], &here].concat();
        let mut command = command(arguments);
        command.envs(environment);
        command
    }

    /// The same, where only the stack is named.
    pub(crate) fn hears_by_stack(&self, arguments: &[&str]) -> Transcript {
        let here =
            ["--stack", "demo", "--region", "eu-central-1", "--endpoint-url", &self.endpoint];
        command(&[&here[2..], arguments, &here[..2]].concat())
            .envs(KEYS)
            .output()
            .expect("it runs")
            .into()
    }

    /// What CloudFormation says of a stack of ours whose API is there.
    pub(crate) fn stack(endpoint: &str) -> String {
        let names = [
            "SubmitActionBedrockName",
            "SubmitActionGatewayName",
            "SubmitActionDirectName",
            "RiskClassifyName",
            "RequestApprovalName",
            "CallbackHandlerName",
            "ExecuteActionName",
            "RelayOutboxName",
            "OperatorDeskName",
        ];
        let outputs = [
            ("TableName", "approvals-of-demo"),
            ("ApprovalUrl", endpoint),
            ("OperatorUrl", endpoint),
            ("StateMachineArn", "arn:aws:states:eu-central-1:000000000000:stateMachine:demo"),
            ("OperatorDeskArn", "arn:aws:lambda:eu-central-1:000000000000:function:desk"),
            ("DisplayKeyArn", "arn:aws:kms:eu-central-1:000000000000:key/display"),
            ("ActionKeyArn", "arn:aws:kms:eu-central-1:000000000000:key/action"),
            ("BeforeKeyArn", "arn:aws:kms:eu-central-1:000000000000:key/before"),
            ("ResultKeyArn", "arn:aws:kms:eu-central-1:000000000000:key/result"),
            ("LinkKeyArn", "arn:aws:kms:eu-central-1:000000000000:key/link"),
            ("DecisionKeyArn", "arn:aws:kms:eu-central-1:000000000000:key/decision"),
            ("AskKeyArn", "arn:aws:kms:eu-central-1:000000000000:key/ask"),
            ("TableKeyArn", "arn:aws:kms:eu-central-1:000000000000:key/table"),
            ("NoticeKeyArn", "arn:aws:kms:eu-central-1:000000000000:key/notice"),
            ("SweepRuleName", "demo-Sweep"),
            ("MailIdentityArn", "arn:aws:ses:eu-central-1:000000000000:identity/example.com"),
        ];
        described(&[&names.map(|name| (name, name))[..], &outputs].concat())
    }

    /// Where it is.
    pub(crate) fn endpoint(&self) -> &str {
        &self.endpoint
    }

    /// What was called.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.try_iter().collect()
    }
}

/// What CloudFormation says of a stack with these outputs.
pub(crate) fn described(outputs: &[(&str, &str)]) -> String {
    let member = |(key, value): &(&str, &str)| {
        format!("<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>")
    };
    let outputs: String = outputs.iter().map(member).collect();
    format!(
        "<DescribeStacksResponse><DescribeStacksResult><Stacks><member>\
         <StackName>demo</StackName><CreationTime>2026-11-22T10:00:00Z</CreationTime>\
         <StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>{outputs}</Outputs>\
         </member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
    )
}

/// Types a command without some parts of the environment: `keys region table api stack endpoint`.
pub(crate) fn without(missing: &str, arguments: &[&str]) -> Transcript {
    // Nobody listens there.
    let api = ("COUNTERSIGN_API", "http://127.0.0.1:1");
    let parts = [
        ("keys", &KEYS[..]),
        ("region", &[REGION]),
        ("table", &[TABLE]),
        ("api", &[api]),
        ("stack", &[STACK]),
        ("endpoint", &[("AWS_ENDPOINT_URL", "http://127.0.0.1:1")]),
    ];
    let there = parts
        .into_iter()
        .filter(|(name, _)| !missing.split(' ').any(|one| one == *name))
        .flat_map(|(_, all)| all);
    command(arguments).envs(there.copied()).output().expect("it runs").into()
}

/// Reads a request to its end, and answers it.
fn serve(stream: TcpStream, answer: &mut impl FnMut(&Call) -> (u16, String), told: &Sender<Call>) {
    let mut reader = BufReader::new(stream);
    let (mut length, mut signed) = (0, String::new());
    let mut line = String::new();
    reader.read_line(&mut line).expect("a request line");
    let mut what = line.split(' ').nth(1).unwrap_or_default().to_owned();
    line.clear();
    while reader.read_line(&mut line).is_ok_and(|read| read > 2) {
        let (name, value) = line.trim().split_once(": ").unwrap_or_default();
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().expect("a number"),
            "x-amz-target" => value.rsplit('.').next().unwrap_or_default().clone_into(&mut what),
            "authorization" => value.clone_into(&mut signed),
            _ => {}
        }
        line.clear();
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).expect("a body");
    let call = (what, signed, String::from_utf8(body).expect("text"));
    let (status, body) = answer(&call);
    let _ = told.send(call.clone());
    if status > 0 {
        let head = "Connection: close".to_owned();
        let page = call.0.starts_with("/a/");
        let headers = approval_views::page::headers().into_iter().filter(|_| page);
        let head = headers.fold(head, |head, (name, value)| format!("{head}\r\n{name}: {value}"));
        let length = body.len();
        let answer =
            format!("HTTP/1.1 {status} X\r\n{head}\r\nContent-Length: {length}\r\n\r\n{body}");
        reader.get_mut().write_all(answer.as_bytes()).expect("written");
    }
}
