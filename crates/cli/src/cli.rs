//! Commands and options.

mod explaining;
mod operating;
mod value;

use std::path::PathBuf;

use clap::builder::NonEmptyStringValueParser as Text;
use clap::{Args, Parser, Subcommand, ValueEnum};

pub(crate) use self::explaining::{Arguments, Explain};
pub(crate) use self::operating::{
    Cancel, Color, Doctor, Export, ExportForm, Extend, Form, Freeze, Freezes, List, Listing,
    Remind, Resolve, Times, Watch,
};
pub(crate) use self::value::{Handle, scope, short, span};
use crate::code::CODES;
use crate::deployment::Known;

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
  export COUNTERSIGN_STACK=prod
  countersign show cs-0123456789abcdef0123456789abcdef
  countersign show 0123456789abcdef0123456789abcdef --profile operator
  countersign show 0123456789abcdef0123456789abcdef -o json | jq .status

Region and credentials come from the usual AWS_* variables and profiles.";

const COMPLETION: &str = "\
Examples:
  source <(countersign completion bash)
  countersign completion zsh > ~/.zfunc/_countersign
  countersign completion fish > ~/.config/fish/completions/countersign.fish";

/// Human approval for the actions of AI agents
#[derive(Debug, Parser)]
#[command(version, after_help = CODES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
    /// Here so that it may be typed before a command; each command takes it over.
    #[command(flatten)]
    _aws: Aws,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check, test and explain a policy bundle
    #[command(subcommand)]
    Policy(PolicyCommand),
    /// List what waits for people, or stands otherwise
    #[command(after_help = operating::LIST)]
    List(List),
    /// Write out everything that matches a filter
    #[command(after_help = operating::EXPORT)]
    Export(Export),
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
    /// Have those who have not answered written to again
    #[command(after_help = operating::REMIND)]
    Remind(Remind),
    /// Stop everything, a tool or an agent: nothing of it runs or is decided
    #[command(after_help = operating::FREEZE)]
    Freeze(Freeze),
    /// Let what was frozen go again
    #[command(after_help = operating::UNFREEZE)]
    Unfreeze(Freeze),
    /// List what is frozen, since when, by whom and why
    #[command(after_help = operating::FREEZES)]
    Freezes(Freezes),
    /// Serve a console on this machine: the queue, requests, orders, audit, policy, health
    #[command(after_help = crate::console::CONSOLE)]
    Console(crate::console::Options),
    /// Look whether a deployment can do its work, and what to do where it cannot
    #[command(after_help = operating::DOCTOR)]
    Doctor(Doctor),
    /// Write what a shell needs to complete commands and options
    #[command(after_help = COMPLETION)]
    Completion(Completion),
}

#[derive(Debug, Subcommand)]
pub(crate) enum PolicyCommand {
    /// Load a bundle and list what is in it, or all that is wrong with it
    #[command(after_help = CHECK)]
    Check(BundleArgs),
    /// Run a bundle's own tests, one line each
    #[command(after_help = TEST)]
    Test(BundleArgs),
    /// Say what a bundle answers to one ask, why, and who would be asked
    #[command(after_help = explaining::EXPLAIN)]
    Explain(Explain),
}

#[derive(Args, Debug)]
pub(crate) struct Completion {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: ShellName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ShellName {
    Bash,
    Zsh,
    Fish,
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
    /// The stack's name: its outputs say where the rest is; it also opens display parts
    #[arg(long, value_name = "NAME", env = "COUNTERSIGN_STACK", value_parser = Text::new())]
    pub(crate) stack: Option<String>,
    /// The table, to read, where the stack is not to be asked: `TableName` of its outputs
    #[arg(long, value_name = "NAME", env = "COUNTERSIGN_TABLE", value_parser = Text::new())]
    pub(crate) table: Option<String>,
    /// The API, to give orders: `OperatorUrl` of the stack's outputs
    #[arg(long, value_name = "URL", env = "COUNTERSIGN_API", value_parser = value::address)]
    pub(crate) api: Option<String>,
    #[command(flatten)]
    pub(crate) aws: Aws,
    #[arg(skip)]
    pub(crate) known: Known,
}

/// How AWS is called, as its own command line has it.
#[derive(Args, Clone, Debug, Default)]
#[command(next_help_heading = "AWS")]
pub(crate) struct Aws {
    /// The profile, before `AWS_PROFILE` and before keys in the environment
    #[arg(long, global = true, value_name = "NAME", value_parser = Text::new())]
    pub(crate) profile: Option<String>,
    /// The region, before `AWS_REGION`
    #[arg(long, global = true, value_name = "NAME", value_parser = Text::new())]
    pub(crate) region: Option<String>,
    /// Where all services are, before `AWS_ENDPOINT_URL`
    #[arg(long, global = true, value_name = "URL", value_parser = Text::new())]
    pub(crate) endpoint_url: Option<String>,
}

/// The key that opens display parts.
#[derive(Args, Debug)]
#[command(next_help_heading = "Deployment")]
pub(crate) struct Reading {
    /// The KMS key of the display parts, to show headlines and arguments: `DisplayKeyArn` of the
    /// stack's outputs
    #[arg(long, value_name = "ARN", env = "COUNTERSIGN_DISPLAY_KEY", value_parser = Text::new())]
    pub(crate) display_key: Option<String>,
    #[command(flatten)]
    pub(crate) at: Deployment,
}

#[derive(Args, Debug)]
pub(crate) struct Show {
    /// The agent's reference, which starts with `cs-`, or the id of the request
    #[arg(value_name = "REFERENCE|ID")]
    pub(crate) request: Handle,
    /// How to write it
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) from: Reading,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Output {
    /// For people: one line for one fact
    Text,
    /// For programs: stable names
    Json,
}
