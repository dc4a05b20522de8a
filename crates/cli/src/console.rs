//! `console`: a console on this machine, for one browser of this operator's.
//!
//! It reads as the other commands read and orders as they order, on the operator's own
//! credentials: IAM is the login. It approves and rejects nothing.
//!
//! # Layout
//!
//! - [`gate`]: who gets in; [`loopback`], [`serve`], [`wire`]: how browsers ask and are answered
//! - [`pages`]: which address is what; `queue`, `news`, `export`, `requests`, `freezes`, `audit`,
//!   `policy`, `health`: the screens, written by `approval_views::console`
//! - [`outside`]: what it needs of AWS; [`together`]: several calls of it at a time; [`machine`]:
//!   where the AWS console shows an execution

mod audit;
mod browser;
mod export;
mod flashes;
mod freezes;
mod gate;
mod health;
mod loopback;
mod machine;
mod news;
mod options;
mod outside;
mod pages;
mod policy;
mod queue;
mod requests;
mod roll;
mod serve;
mod together;
mod wire;

use std::io::Write;
use std::sync::Arc;

use approval_aws::desk::Desk;
use approval_aws::system::SystemIds;

use self::flashes::Flashes;
use self::gate::{Called, Gate};
use self::loopback::Loopback;
use self::machine::Machine;
pub(crate) use self::options::{CONSOLE, Options};
use self::outside::{Deployed, Outside};
use crate::cli::Deployment;
use crate::failure::{Failure, hint};
use crate::search::Filter;

/// A console, for one browser.
#[derive(Debug)]
struct Console<O> {
    gate: Gate,
    stack: String,
    outside: Arc<O>,
    flashes: Flashes,
    machine: Option<Machine>,
}

/// Serves the console until the process ends.
pub(crate) async fn console(args: &Options, out: &mut impl Write) -> Result<(), Failure> {
    let records = args.from.at.records().await?;
    let parts = args.from.at.opener_of(args.from.display_key.as_deref()).await?;
    let desk = desk(&args.from.at).await?;
    let machine = state_machine(args).await?;
    let (orders, opens) = (desk.is_some(), parts.is_some());
    let outside = Deployed::new(records, parts, args.from.at.rules().await?, desk);
    // What does not answer now is said here, and not by every page.
    outside.find(&Filter::default(), None, 1, false).await?;
    let loopback = Loopback::open(args.port).await.map_err(|error| unbound(&error))?;
    let called = if args.plain_host { Called::Plain } else { Called::Randomly };
    let gate = Gate::new(called, loopback.port(), &SystemIds).map_err(|error| {
        Failure::Usage(format!(
            "the system gives no randomness: {}",
            crate::diagnosis::words(&error)
        ))
    })?;
    writeln!(out, "{}", gate.address())?;
    out.flush()?;
    hint("the address lets in one browser, once; Ctrl-C ends the console");
    hint(match called {
        Called::Randomly => "if the browser does not find it, start with --plain-host",
        Called::Plain => {
            "open no other server of this machine in that browser meanwhile: 127.0.0.1 has one set \
             of cookies"
        }
    });
    if !orders {
        hint("no orders can be given: give --stack <NAME>, or --api <URL>");
    }
    if !opens {
        hint("headlines and arguments stay sealed: give --stack <NAME>, or --display-key <ARN>");
    }
    if args.open {
        browser::open(&gate.address());
    }
    let stack = args.from.at.stack.clone().unwrap_or_else(|| outside.name().to_owned());
    let console =
        Console { gate, stack, outside: Arc::new(outside), flashes: Flashes::default(), machine };
    serve::serve(loopback, Arc::new(console)).await;
    Ok(())
}

/// The operators' door; none where nobody said where it is. Without it the console only shows.
async fn desk(at: &Deployment) -> Result<Option<(Desk, String)>, Failure> {
    if at.api.is_none() && at.table.is_some() {
        return Ok(None);
    }
    let (desk, url) = at.desk().await?;
    Ok(Some((desk, url.to_owned())))
}

/// The state machine that was named, or the stack's own where the table is the stack's own too.
async fn state_machine(args: &Options) -> Result<Option<Machine>, Failure> {
    let arn = match &args.state_machine {
        Some(arn) => Some(arn.as_str()),
        None if args.from.at.table.is_none() => {
            args.from.at.found().await?.output("StateMachineArn")
        }
        None => None,
    };
    let read = |arn| {
        let wrong = "is not the ARN of a state machine: see StateMachineArn of the stack's outputs";
        Machine::read(arn).ok_or_else(|| Failure::Usage(format!("`{arn}` {wrong}")))
    };
    arn.map(read).transpose()
}

fn unbound(error: &std::io::Error) -> Failure {
    Failure::Usage(format!("the port cannot be opened, {error}: choose another with --port"))
}

#[cfg(test)]
mod tests;
