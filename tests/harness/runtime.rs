//! A Runtime API of our own: runs a real `bootstrap` and hands it any bytes as an event.
//!
//! The local stack writes events anew before a function sees them, so keys that appear twice and
//! broken text can only be shown to a function here.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A function's process with its Runtime API.
#[derive(Debug)]
pub struct Bootstrap {
    child: Child,
    api: TcpListener,
}

/// What a function said to one event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Said {
    /// An answer.
    Answer(String),
    /// An error, as Lambda reports it.
    Error(String),
}

/// A binary of this workspace, built beside this test.
///
/// # Panics
///
/// It is not built.
#[must_use]
pub fn binary(name: &str) -> PathBuf {
    let test = std::env::current_exe().expect("this test");
    let folder = test.ancestors().nth(2).expect("the target folder");
    let path = folder.join(name);
    assert!(path.exists(), "{} is not built: run `cargo build --workspace`", path.display());
    path
}

fn command(name: &str, api: &str, variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(binary(name));
    // Nothing of this machine's own credentials reaches the function.
    command.env_clear().envs([
        ("AWS_LAMBDA_RUNTIME_API", api),
        ("AWS_LAMBDA_FUNCTION_NAME", name),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1"),
        ("AWS_REGION", "us-east-1"),
        ("AWS_ACCESS_KEY_ID", "none"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:9"),
    ]);
    command.envs(variables.iter().copied());
    command
}

/// Starts a function that cannot start and gives what it logged.
///
/// # Panics
///
/// It started.
#[must_use]
pub fn refuses_to_start(name: &str, variables: &[(&str, &str)]) -> String {
    let output = command(name, "127.0.0.1:9", variables).output().expect("started");
    assert!(!output.status.success(), "{name} started");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

impl Bootstrap {
    /// Starts a function. AWS does not answer it.
    #[must_use]
    pub fn start(name: &str, variables: &[(&str, &str)]) -> Self {
        let api = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = api.local_addr().expect("an address").to_string();
        let child = command(name, &address, variables).stdout(Stdio::null()).spawn();
        Self { child: child.expect("started"), api }
    }

    /// Hands it an event and gives what it says.
    pub fn invoke(&self, event: &[u8]) -> Said {
        self.invoke_with("", event)
    }

    /// The same with a client context, as JSON; none where it is empty.
    pub fn invoke_with(&self, context: &str, event: &[u8]) -> Said {
        let (mut next, request, _) = self.accept();
        assert!(request.ends_with("/invocation/next"), "{request}");
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        let deadline = (now + Duration::from_secs(20)).as_millis();
        let context = match context.replace('\n', "") {
            none if none.is_empty() => none,
            context => format!("Lambda-Runtime-Client-Context: {context}\r\n"),
        };
        let head = format!(
            "HTTP/1.1 200 OK\r\nLambda-Runtime-Aws-Request-Id: 1\r\n\
             Lambda-Runtime-Deadline-Ms: {deadline}\r\n\
             Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:0:function:f\r\n\
             {context}Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
            event.len()
        );
        next.write_all(head.as_bytes()).expect("written");
        next.write_all(event).expect("written");
        drop(next);
        let (mut said, request, body) = self.accept();
        let accepted = b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
        said.write_all(accepted).expect("written");
        match request.rsplit('/').next() {
            Some("response") => Said::Answer(body),
            Some("error") => Said::Error(body),
            other => panic!("the function says {other:?}"),
        }
    }

    /// Whether it still runs.
    pub fn lives(&mut self) -> bool {
        self.child.try_wait().expect("a status").is_none()
    }

    fn accept(&self) -> (TcpStream, String, String) {
        let (stream, _) = self.api.accept().expect("a call");
        let mut reader = BufReader::new(stream.try_clone().expect("a stream"));
        let (mut request, mut length) = (String::new(), 0);
        reader.read_line(&mut request).expect("a request line");
        let mut header = String::new();
        while reader.read_line(&mut header).expect("a header") > 2 {
            let lower = header.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().expect("a length");
            }
            assert!(!lower.starts_with("transfer-encoding"), "bodies come whole");
            header.clear();
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).expect("a body");
        let path = request.split(' ').nth(1).expect("a path").to_owned();
        (stream, path, String::from_utf8(body).expect("text"))
    }
}

impl Drop for Bootstrap {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
