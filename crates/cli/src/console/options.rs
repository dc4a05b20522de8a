//! The options of `console`.

use clap::Args;
use clap::builder::NonEmptyStringValueParser as Text;

use crate::cli::Reading;

/// Examples, for `--help`.
pub(crate) const CONSOLE: &str = "\
Examples:
  countersign console --stack prod
  countersign console --stack prod --port 8484 --open
  countersign console --stack prod --plain-host    # for a browser that does not find the address

It serves this machine alone, on your own credentials, until Ctrl-C ends it. The address it prints
lets one browser in, once; whoever else comes is turned away.";

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The port on this machine [default: a free one]
    #[arg(long, value_name = "N")]
    pub(crate) port: Option<u16>,
    /// Be found at 127.0.0.1 and not at a random name under `localhost`. The browser then sends the
    /// console's cookie to every server of this machine that it opens: let it open none meanwhile
    #[arg(long)]
    pub(crate) plain_host: bool,
    /// Open a browser; its address, and so its name, then stands in the list of processes, for as
    /// long as the browser runs if it did not run before. Not on a machine that others use too
    #[arg(long)]
    pub(crate) open: bool,
    /// The state machine, to link to workflow executions: `StateMachineArn` of the stack's outputs
    #[arg(long, value_name = "ARN", env = "COUNTERSIGN_STATE_MACHINE", value_parser = Text::new())]
    pub(crate) state_machine: Option<String>,
    #[command(flatten)]
    pub(crate) from: Reading,
}
