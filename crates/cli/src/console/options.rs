//! The options of `console`.

use std::path::PathBuf;

use clap::Args;
use clap::builder::NonEmptyStringValueParser as Text;

use crate::cli::Deployment;

/// Examples, for `--help`.
pub(crate) const CONSOLE: &str = "\
Examples:
  countersign console
  countersign console --display-key $DISPLAY_KEY --bundle policy
  countersign console --port 8484 --no-open

It serves this machine alone, on your own credentials, until Ctrl-C ends it. The address it prints
lets one browser in, once; whoever else comes is turned away.";

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The port on 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// Do not open a browser
    #[arg(long)]
    pub(crate) no_open: bool,
    /// The KMS key of the display parts, to show headlines and arguments
    #[arg(long, value_name = "ARN", env = "COUNTERSIGN_DISPLAY_KEY", value_parser = Text::new())]
    pub(crate) display_key: Option<String>,
    /// The folder of the bundle that is deployed, to show its rules
    #[arg(long, value_name = "DIR", env = "COUNTERSIGN_BUNDLE")]
    pub(crate) bundle: Option<PathBuf>,
    /// The state machine, to link to workflow executions: `StateMachineArn` of the stack's outputs
    #[arg(long, value_name = "ARN", env = "COUNTERSIGN_STATE_MACHINE", value_parser = Text::new())]
    pub(crate) state_machine: Option<String>,
    #[command(flatten)]
    pub(crate) at: Deployment,
}
