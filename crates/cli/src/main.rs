//! `countersign`: the command line for policy authors and operators.
//!
//! Data goes to stdout, hints and errors go to stderr, both as plain text whether or not somebody
//! watches. The exit code says how it ended: [`Code`]. Operators' commands run on the operator's
//! own AWS credentials: they read the table, and change something only by an order to the
//! operators' door.
//!
//! # Layout
//!
//! - [`cli`]: commands and options; [`code`]: exit codes
//! - [`policy`]: `policy check`, `policy test` and `policy explain`, on a folder
//! - [`completion`]: for shells
//! - [`deployment`]: the deployed stack a command is about
//! - [`list`], [`export`], [`show`], [`watch`], [`freezes`]: reading only
//! - [`search`]: what is found; [`listed`], [`grid`], [`sheet`]: how it is written
//! - [`console`]: a console on this machine, for one browser
//! - [`doctor`]: whether a deployment can do its work
//! - [`orders`]: `cancel`, `extend`, `remind`, `resolve`, `freeze`, `unfreeze`
//! - [`failure`]: what can go wrong, and what to do about it; [`diagnosis`]: which of it did
#![recursion_limit = "256"] // the SDK's futures nest deeply

mod cli;
mod code;
mod completion;
mod console;
mod deployment;
mod diagnosis;
mod doctor;
mod export;
mod failure;
mod freezes;
mod grid;
mod list;
mod listed;
mod orders;
mod policy;
mod search;
mod sheet;
mod show;
mod watch;

use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use clap::Parser;

use crate::cli::{Cli, Command, PolicyCommand};
use crate::code::Code;
use crate::failure::Failure;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let mut out = BufWriter::new(io::stdout().lock());
    let ended = run(Cli::parse(), &mut out).await;
    let ended = ended.and_then(|code| match out.flush().map_err(Failure::from) {
        // Nobody reads any more: the code says it to scripts all the same.
        Ok(()) | Err(Failure::Closed) => Ok(code),
        Err(failure) => Err(failure),
    });
    match ended {
        Ok(code) => code.into(),
        Err(failure) => {
            // What was found before the failure comes before it; nobody may be there to read it.
            let _ = out.flush();
            failure.tell(&mut io::stderr().lock())
        }
    }
}

async fn run(cli: Cli, out: &mut impl Write) -> Result<Code, Failure> {
    match cli.command {
        Command::Policy(PolicyCommand::Check(bundle)) => policy::check(&bundle, out)?,
        Command::Policy(PolicyCommand::Test(bundle)) => policy::test(&bundle, out)?,
        Command::Policy(PolicyCommand::Explain(what)) => policy::explain(&what, out)?,
        Command::List(what) => list::list(&what, out).await?,
        Command::Export(what) => export::export(&what, out).await?,
        Command::Show(what) => show::show(&what, out).await?,
        Command::Watch(what) => return watch::watch(&what, out).await,
        Command::Cancel(what) => orders::cancel(&what, out).await?,
        Command::Extend(what) => orders::extend(&what, out).await?,
        Command::Remind(what) => orders::remind(&what, out).await?,
        Command::Resolve(what) => orders::resolve(&what, out).await?,
        Command::Freeze(what) => orders::freeze(&what, out).await?,
        Command::Unfreeze(what) => orders::unfreeze(&what, out).await?,
        Command::Freezes(what) => freezes::freezes(&what, out).await?,
        Command::Console(what) => console::console(&what, out).await?,
        Command::Doctor(what) => return doctor::doctor(&what, out).await,
        Command::Completion(what) => completion::completion(&what, out)?,
    }
    Ok(Code::Done)
}
