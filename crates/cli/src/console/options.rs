//! The options of `console`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser as Text;

use crate::cli::Reading;

/// Examples, for `--help`.
pub(crate) const CONSOLE: &str = "\
Examples:
  countersign console --stack prod
  countersign console --stack prod --port 8484 --open

It serves this machine alone, on your own credentials, until Ctrl-C ends it. The address it prints
lets one browser in, once; whoever else comes is turned away.";

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The port on 127.0.0.1 [default: a free one]
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// Open a browser; for a moment its address stands in the list of processes
    #[arg(long)]
    pub(crate) open: bool,
    /// The state machine, to link to workflow executions: `StateMachineArn` of the stack's outputs
    #[arg(long, value_name = "ARN", env = "COUNTERSIGN_STATE_MACHINE", value_parser = Text::new())]
    pub(crate) state_machine: Option<String>,
    #[command(flatten)]
    pub(crate) from: Reading,
}
