//! `completion`: what shells need to complete the command line, out of its own definition.

use std::io::Write;

use clap::CommandFactory as _;
use clap_complete::{Shell, generate};

use crate::cli::{Cli, Completion, ShellName};
use crate::failure::Failure;

/// Writes the script.
pub(crate) fn completion(args: &Completion, out: &mut impl Write) -> Result<(), Failure> {
    let shell = match args.shell {
        ShellName::Bash => Shell::Bash,
        ShellName::Zsh => Shell::Zsh,
        ShellName::Fish => Shell::Fish,
    };
    let mut script = Vec::new();
    generate(shell, &mut Cli::command(), "countersign", &mut script);
    out.write_all(&script)?;
    Ok(())
}
