//! What can go wrong, and what to do about it.

use std::io::{self, ErrorKind, Write};
use std::process::ExitCode;

use approval_core::name::RequestId;
use approval_policy::explain::Unaskable;
use approval_policy::{LoadErrors, Problem};
use approval_views::visible;

use crate::code::Code;

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
    /// No rule would be asked about it.
    #[error("{0}")]
    Unaskable(#[from] Unaskable),
    /// What was typed as arguments are none.
    #[error("{0}")]
    NoArguments(String),
    #[error("this cannot be written as JSON: use `-o text` or `-o table`")]
    Json,
    /// The command line leaves something out that this command needs.
    #[error("no {0}")]
    Unnamed(&'static str),
    /// The command line says something that is none.
    #[error("{0}")]
    Usage(String),
    #[error(
        "no such request in the table `{0}`: check the reference or id, the table and the region"
    )]
    NoRequest(String),
    #[error("no table `{0}` in this region and account: check --table, AWS_REGION and AWS_PROFILE")]
    NoTable(String),
    #[error("no stack `{0}` in this region and account: check --stack, AWS_REGION and AWS_PROFILE")]
    NoStack(String),
    #[error(
        "the stack `{0}` is not Countersign: its outputs have no TableName, ApprovalUrl, \
         StateMachineArn and OperatorDeskArn; check --stack, AWS_REGION and AWS_PROFILE"
    )]
    ForeignStack(String),
    #[error("no such key in this region and account, or it is disabled: check --display-key")]
    NoKey,
    #[error("no region: set AWS_REGION, or a profile that has one")]
    NoRegion,
    #[error(
        "no credentials: set AWS_PROFILE or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; for a \
         profile with single sign-on run `eval \"$(aws configure export-credentials --format env)\"`"
    )]
    NoCredentials,
    #[error(
        "no profile `{0}` that gives credentials: check --profile, ~/.aws/config and \
         ~/.aws/credentials; for one with single sign-on run `eval \"$(aws configure \
         export-credentials --profile {0} --format env)\"` and leave --profile out"
    )]
    NoProfile(String),
    #[error("AWS does not accept the credentials, {0}: renew them")]
    BadCredentials(String),
    #[error("not allowed, {0}: ask for a role that may do this")]
    Denied(String),
    #[error(
        "not allowed to look up the stack `{stack}` in {region}, {what}: check --stack and --region \
         first, then ask for a role that may do this, or name --table, --api and --display-key"
    )]
    StackDenied { stack: String, region: String, what: String },
    #[error("AWS cannot be reached, {0}: check the network, --region and --endpoint-url")]
    Unreachable(String),
    #[error("{0}: somebody wrote the row who should not, or a newer version did")]
    Unreadable(String),
    #[error("AWS gave no usable answer, {0}: try again")]
    Unanswered(String),
    /// A file would not hold all that matches.
    #[error(
        "no file, `{id}` may match by its headline, {why}: search without words, or with \
         --display-key as a role that may open display parts"
    )]
    Partial { id: RequestId, why: String },
    /// A file would not hold all that matches, as far as anybody can tell.
    #[error(
        "no file, `{0}` may match and its record cannot be read: filter by --status, --risk, --tool, \
         --due and --since alone, or see “A request that is stuck” in docs/OPERATIONS.md"
    )]
    Unread(RequestId),
    #[error(
        "no file, more are stuck than one holds: see to those first that `list --status stuck` shows"
    )]
    MoreStuck,
    /// The operators' door says no, and why.
    #[error("{0}")]
    Conflict(String),
    /// The operators' door says that this is no order, or that there is no such request.
    #[error("{0}")]
    Declined(String),
    #[error(
        "nothing was done, the API does not let these credentials in: they may have expired, be of \
         another region or account, or lack the policy OperatorPolicyArn of the stack's outputs"
    )]
    TurnedAway,
    #[error("nothing was done, there is no operators' door at `{0}`: check --api and the account")]
    NoDoor(String),
    #[error("nothing was done, the API takes no more calls for the moment: try again")]
    Busy,
    #[error("nothing was done, the API cannot be reached, {0}: check --api and the network")]
    Unsent(String),
    /// An order that may have been carried out.
    #[error("it is not known whether this was done, {what}: look with `{look}`, then try again")]
    Unknown { what: String, look: String },
}

impl Failure {
    /// How the command ends with it.
    pub(crate) fn code(&self) -> Code {
        match self {
            Self::Closed => Code::Done,
            Self::Output(_) | Self::Bundle(_) | Self::Tests => Code::Failed,
            Self::Unaskable(_) | Self::NoArguments(_) => Code::Failed,
            Self::NoStack(_) | Self::ForeignStack(_) => Code::Failed,
            Self::Json | Self::NoRequest(_) | Self::NoTable(_) | Self::NoKey => Code::Failed,
            Self::NoRegion | Self::Unreachable(_) | Self::Unreadable(_) => Code::Failed,
            Self::Unanswered(_) | Self::Declined(_) | Self::NoDoor(_) | Self::Busy => Code::Failed,
            Self::Unsent(_) | Self::Unknown { .. } => Code::Failed,
            Self::Partial { .. } | Self::Unread(_) | Self::MoreStuck => Code::Failed,
            Self::Unnamed(_) | Self::Usage(_) => Code::Usage,
            Self::NoCredentials | Self::NoProfile(_) | Self::BadCredentials(_) => Code::Denied,
            Self::Denied(_) | Self::TurnedAway | Self::StackDenied { .. } => Code::Denied,
            Self::Conflict(_) => Code::Conflict,
        }
    }

    /// Whether asking again later may help.
    pub(crate) fn passes(&self) -> bool {
        matches!(self, Self::Unreachable(_) | Self::Unanswered(_))
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
        self.code().into()
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

/// Says something beside the data. A hint that nobody can read is no failure.
pub(crate) fn hint(text: &str) {
    let _ = writeln!(io::stderr().lock(), "hint: {}", visible(text));
}
