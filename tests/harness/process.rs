//! The processes in which the local stack runs functions: found by their environment.

use std::collections::BTreeMap;
use std::process::Command;

use aws_sdk_dynamodb::config::Credentials;

/// A function's process.
#[derive(Clone, Debug)]
pub struct Process {
    pid: u32,
    environment: BTreeMap<String, String>,
}

impl Process {
    /// The processes that run the function in this local stack: one for each call at a time.
    #[must_use]
    pub fn all(function: &str) -> Vec<Self> {
        let endpoint = std::env::var("AWS_ENDPOINT_URL").expect("the local stack");
        let here = [("AWS_LAMBDA_FUNCTION_NAME", function), ("AWS_ENDPOINT_URL", &endpoint)];
        let processes = std::fs::read_dir("/proc").expect("a Linux").flatten();
        processes
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter_map(|pid| Some(Self { pid, environment: environment(pid)? }))
            .filter(|process| {
                let is = |(name, value): (&str, &str)| {
                    process.environment.get(name).is_some_and(|there| there == value)
                };
                here.into_iter().all(is)
            })
            .collect()
    }

    /// The variables it was started with.
    #[must_use]
    pub fn environment(&self) -> &BTreeMap<String, String> {
        &self.environment
    }

    /// The credentials its role gave it.
    #[must_use]
    pub fn credentials(&self) -> Credentials {
        let of = |name: &str| self.environment[name].clone();
        let token = Some(of("AWS_SESSION_TOKEN"));
        let (id, secret) = (of("AWS_ACCESS_KEY_ID"), of("AWS_SECRET_ACCESS_KEY"));
        Credentials::new(id, secret, token, None, "a function's role")
    }

    /// Ends it at once, as a crash would.
    pub fn kill(&self) {
        self.signal("-KILL");
    }

    /// Holds it until it is let go.
    pub fn hold(&self) {
        self.signal("-STOP");
    }

    /// Lets it go on.
    pub fn let_go(&self) {
        self.signal("-CONT");
    }

    fn signal(&self, signal: &str) {
        // A process that has just ended is as good as killed.
        let done = Command::new("kill").args([signal, &self.pid.to_string()]).status();
        done.expect("kill");
    }
}

fn environment(pid: u32) -> Option<BTreeMap<String, String>> {
    let bytes = std::fs::read(format!("/proc/{pid}/environ")).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let pairs = text.split('\0').filter_map(|pair| pair.split_once('='));
    Some(pairs.map(|(name, value)| (name.to_owned(), value.to_owned())).collect())
}
