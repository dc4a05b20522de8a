//! What can go wrong, and what to do about it.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use approval_policy::{LoadErrors, Problem};
use approval_views::visible;

/// Why a command did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    /// Whoever read the output has seen enough.
    #[error("nobody reads the output any more")]
    Closed,
    #[error("the output cannot be written: {0}")]
    Output(io::Error),
    #[error("{} in the bundle", counted(.0.problems(), "problem"))]
    Bundle(LoadErrors),
    /// The output says which.
    #[error("the bundle does not answer as its tests expect: correct the rules or the tests")]
    Tests,
    #[error("the request cannot be written as JSON: use `-o text`")]
    Json,
    #[error(
        "no such request in the table `{0}`: check the reference or id, the table and the region"
    )]
    NoRequest(String),
    #[error("no table `{0}` in this region and account: check --table, AWS_REGION and AWS_PROFILE")]
    NoTable(String),
    #[error("no such key in this region and account, or it is disabled: check --display-key")]
    NoKey,
    #[error("no region: set AWS_REGION, or a profile that has one")]
    NoRegion,
    #[error(
        "no credentials: set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a \
         profile with single sign-on run `eval \"$(aws configure export-credentials --format env)\"`"
    )]
    NoCredentials,
    #[error("AWS does not accept the credentials, {0}: renew them")]
    BadCredentials(String),
    #[error("not allowed, {0}: ask for a role that may do this")]
    Denied(String),
    #[error("AWS cannot be reached, {0}: check the network and AWS_ENDPOINT_URL")]
    Unreachable(String),
    #[error("{0}: somebody wrote the row who should not, or a newer version did")]
    Unreadable(String),
    #[error("AWS gave no usable answer, {0}: try again")]
    Unanswered(String),
}

impl Failure {
    /// 0 ok, 1 error, 4 not allowed or no credentials. Clap ends with 2 by itself.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Closed => 0,
            Self::Output(_) | Self::Bundle(_) | Self::Tests => 1,
            Self::Json | Self::NoRequest(_) | Self::NoTable(_) | Self::NoKey => 1,
            Self::NoRegion | Self::Unreachable(_) | Self::Unreadable(_) | Self::Unanswered(_) => 1,
            Self::NoCredentials | Self::BadCredentials(_) | Self::Denied(_) => 4,
        }
    }

    /// Says it, unless nobody needs to hear it, and gives the exit code.
    pub(crate) fn tell(&self, err: &mut impl Write) -> ExitCode {
        let mut lines = Vec::new();
        if let Self::Bundle(errors) = self {
            // Whoever wrote the bundle may have hidden something in it.
            let line = |one: &Problem| format!("{}: {}", visible(&one.place), visible(&one.what));
            lines.extend(errors.problems().iter().map(line));
        }
        if !matches!(self, Self::Closed) {
            lines.push(format!("error: {}", visible(&self.to_string())));
        }
        for line in lines {
            // Where stderr is closed as well, the exit code still tells.
            let _ = writeln!(err, "{line}");
        }
        ExitCode::from(self.exit_code())
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        if error.kind() == ErrorKind::BrokenPipe { Self::Closed } else { Self::Output(error) }
    }
}

impl From<LoadErrors> for Failure {
    fn from(errors: LoadErrors) -> Self {
        Self::Bundle(errors)
    }
}

/// `1 problem`, `2 problems`.
pub(crate) fn counted<T>(all: &[T], what: &str) -> String {
    format!("{} {what}{}", all.len(), if all.len() == 1 { "" } else { "s" })
}
