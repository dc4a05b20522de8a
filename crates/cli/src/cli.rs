//! Commands and options.

use std::path::PathBuf;
use std::str::FromStr;

use approval_core::name::RequestId;
use approval_core::reference::Reference;
use clap::builder::NonEmptyStringValueParser as Text;
use clap::{Args, Parser, Subcommand, ValueEnum};

const CODES: &str = "\
Exit codes:
  0  done
  1  it failed, or the bundle has problems or failing tests
  2  the command line is wrong
  4  no credentials, or they do not allow it";

const CHECK: &str = "\
Examples:
  countersign policy check policy
  countersign policy check policy --stack prod && echo fit to deploy";

const TEST: &str = "\
Examples:
  countersign policy test policy
  countersign policy test policy | grep -v ^ok";

const SHOW: &str = "\
Examples:
  export COUNTERSIGN_TABLE=prod-approvals COUNTERSIGN_STACK=prod
  countersign show cs-0123456789abcdef0123456789abcdef
  countersign show 0123456789abcdef0123456789abcdef --display-key $DISPLAY_KEY
  countersign show 0123456789abcdef0123456789abcdef -o json | jq .status

Region and credentials come from the usual AWS_* variables and profiles.";

/// Human approval for the actions of AI agents
#[derive(Debug, Parser)]
#[command(version, after_help = CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check and test a policy bundle
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// Show one request: who asked for what, who decided, and its audit trail
    #[command(after_help = SHOW)]
    Show(Show),
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Load a bundle and list what is in it, or all that is wrong with it
    #[command(after_help = CHECK)]
    Check(BundleArgs),
    /// Run a bundle's own tests, one line each
    #[command(after_help = TEST)]
    Test(BundleArgs),
}

#[derive(Args, Debug)]
pub(crate) struct BundleArgs {
    /// The folder of the bundle
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
    /// The stack that would load it
    #[arg(long, value_name = "NAME", env = "COUNTERSIGN_STACK", default_value = "demo")]
    pub(crate) stack: String,
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The agent's reference, which starts with `cs-`, or the id of the request
    #[arg(value_name = "REFERENCE|ID")]
    pub(crate) request: Handle,
    /// The table of the stack
    #[arg(long, value_name = "NAME", env = "COUNTERSIGN_TABLE", value_parser = Text::new())]
    pub(crate) table: String,
    /// The stack
    #[arg(long, value_name = "NAME", env = "COUNTERSIGN_STACK", value_parser = Text::new())]
    pub(crate) stack: String,
    /// The KMS key of the display parts, to show the arguments
    #[arg(long, value_name = "ARN", env = "COUNTERSIGN_DISPLAY_KEY", value_parser = Text::new())]
    pub(crate) display_key: Option<String>,
    /// How to write it
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Output {
    /// For people: one line for one fact
    Text,
    /// For programs: stable names
    Json,
}

/// What a request is called by.
#[derive(Clone, Debug)]
pub(crate) enum Handle {
    Reference(Reference),
    Id(RequestId),
}

#[derive(Debug, thiserror::Error)]
#[error("not a reference (`cs-` and 32 hexadecimal digits) or the id of a request")]
pub(crate) struct HandleError;

impl FromStr for Handle {
    type Err = HandleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().to_ascii_lowercase().starts_with("cs-") {
            return Reference::parse(text).map(Self::Reference).ok_or(HandleError);
        }
        RequestId::parse(text).map(Self::Id).map_err(|_| HandleError)
    }
}
