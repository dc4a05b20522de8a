//! `countersign`: the command line for policy authors and operators.
//!
//! Data goes to stdout, hints and errors go to stderr, both as plain text whether or not somebody
//! watches. The exit code says how it ended: [`Failure::exit_code`].
//!
//! # Layout
//!
//! - [`cli`]: commands and options
//! - [`policy`]: `policy check` and `policy test`, on a folder
//! - [`show`]: `show`, on a deployed stack, reading only
//! - [`failure`]: what can go wrong, and what to do about it
#![recursion_limit = "256"] // the SDK's futures nest deeply

mod cli;
mod failure;
mod policy;
mod show;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command, PolicyCommand};
use crate::failure::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let ended = run(Cli::parse(), &mut out).await;
    let ended = ended.and_then(|()| out.flush().map_err(Failure::from));
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // What was found before the failure comes before it; nobody may be there to read it.
            let _ = out.flush();
            failure.tell(&mut io::stderr().lock())
        }
    }
}

async fn run(cli: Cli, out: &mut impl Write) -> Result<(), Failure> {
    match cli.command {
        Command::Policy(PolicyCommand::Check(bundle)) => policy::check(&bundle, out),
        Command::Policy(PolicyCommand::Test(bundle)) => policy::test(&bundle, out),
        Command::Show(what) => show::show(&what, out).await,
    }
}
