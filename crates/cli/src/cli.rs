//! Commands and options.

mod operating;
mod value;

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser as Text;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::operating::{
    Cancel, Extend, Form, Freeze, Freezes, List, Listing, Resolve, Watch,
};
pub(crate) use self::value::{Handle, scope, span};
use crate::code::CODES;

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
    /// List what waits for people, or stands otherwise
    #[command(after_help = operating::LIST)]
    List(List),
    /// Show one request: who asked for what, who decided, and its audit trail
    #[command(after_help = SHOW)]
    Show(Show),
    /// Follow one request until it ends, one line for each change
    #[command(after_help = operating::WATCH)]
    Watch(Watch),
    /// Take a request back: nothing comes of it
    #[command(after_help = operating::CANCEL)]
    Cancel(Cancel),
    /// Give people more time to decide
    #[command(after_help = operating::EXTEND)]
    Extend(Extend),
    /// Settle a doubt: say whether it was done
    #[command(after_help = operating::RESOLVE)]
    Resolve(Resolve),
    /// Stop everything, a tool or an agent: nothing of it runs or is decided
    #[command(after_help = operating::FREEZE)]
    Freeze(Freeze),
    /// Let what was frozen go again
    #[command(after_help = operating::UNFREEZE)]
    Unfreeze(Freeze),
    /// List what is frozen, since when, by whom and why
    #[command(after_help = operating::FREEZES)]
    Freezes(Freezes),
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

/// Where a deployment is. Every command that needs it takes the same.
#[derive(Args, Debug)]
#[command(next_help_heading = "Deployment")]
pub(crate) struct Deployment {
    /// The table, to read: `TableName` of the stack's outputs
    #[arg(long, value_name = "NAME", env = "COUNTERSIGN_TABLE", value_parser = Text::new())]
    pub(crate) table: Option<String>,
    /// The API, to give orders: `ApprovalUrl` of the stack's outputs
    #[arg(long, value_name = "URL", env = "COUNTERSIGN_API", value_parser = value::address)]
    pub(crate) api: Option<String>,
    /// The stack's name, to open display parts
    #[arg(long, value_name = "NAME", env = "COUNTERSIGN_STACK", value_parser = Text::new())]
    pub(crate) stack: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The agent's reference, which starts with `cs-`, or the id of the request
    #[arg(value_name = "REFERENCE|ID")]
    pub(crate) request: Handle,
    /// The KMS key of the display parts, to show the arguments
    #[arg(long, value_name = "ARN", env = "COUNTERSIGN_DISPLAY_KEY", value_parser = Text::new())]
    pub(crate) display_key: Option<String>,
    /// How to write it
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) at: Deployment,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Output {
    /// For people: one line for one fact
    Text,
    /// For programs: stable names
    Json,
}
