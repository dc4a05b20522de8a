//! `console`: a console on this machine, for one browser of this operator's.
//!
//! It reads as the other commands read and orders as they order, on the operator's own
//! credentials: IAM is the login. It approves and rejects nothing.
//!
//! # Layout
//!
//! - [`gate`]: who gets in; [`serve`], [`wire`]: how browsers ask and are answered
//! - [`pages`]: which address is what; `queue`, `news`, `requests`, `freezes`, `audit`,
//!   `policy`, `health`: the screens, written by `approval_views::console`
//! - [`outside`]: what it needs of AWS; [`machine`]: where the AWS console shows an execution

mod audit;
mod browser;
mod flashes;
mod freezes;
mod gate;
mod health;
mod machine;
mod news;
mod options;
mod outside;
mod pages;
mod policy;
mod queue;
mod requests;
mod serve;
mod wire;

use std::io::{IsTerminal as _, Write};
use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use approval_aws::system::SystemIds;
use tokio::net::TcpListener;

use self::flashes::Flashes;
use self::gate::Gate;
use self::machine::Machine;
pub(crate) use self::options::{CONSOLE, Options};
use self::outside::{Deployed, Outside};
use crate::failure::{Failure, hint};
use crate::search::Filter;

/// A console, for one browser.
#[derive(Debug)]
struct Console<O> {
    gate: Gate,
    stack: String,
    outside: Arc<O>,
    flashes: Flashes,
    bundle: Option<PathBuf>,
    machine: Option<Machine>,
}

/// Serves the console until the process ends.
pub(crate) async fn console(args: &Options, out: &mut impl Write) -> Result<(), Failure> {
    let machine = args.state_machine.as_deref().map(|arn| {
        Machine::read(arn).ok_or_else(|| {
            Failure::Usage(format!(
                "`{arn}` is not the ARN of a state machine: see StateMachineArn"
            ))
        })
    });
    let machine = machine.transpose()?;
    let records = args.at.records().await?;
    let parts = match &args.display_key {
        Some(key) => Some(args.at.opener(key).await?),
        None => None,
    };
    let desk = match &args.at.api {
        Some(_) => Some(args.at.desk().await.map(|(desk, url)| (desk, url.to_owned()))?),
        None => None,
    };
    let (orders, opens) = (desk.is_some(), parts.is_some());
    let outside = Deployed::new(records, parts, desk);
    // What does not answer now is said here, and not by every page.
    outside.find(&Filter::default(), None, 1, false).await?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port.unwrap_or(0))).await;
    let listener = listener.map_err(unbound)?;
    let port = listener.local_addr().map_err(unbound)?.port();
    let gate = Gate::new(port, &SystemIds).map_err(|error| {
        Failure::Usage(format!(
            "the system gives no randomness: {}",
            crate::diagnosis::words(&error)
        ))
    })?;
    writeln!(out, "{}", gate.address())?;
    out.flush()?;
    hint("the address lets in one browser, once; Ctrl-C ends the console");
    if !orders {
        hint("no orders can be given: give --api <URL> or set COUNTERSIGN_API");
    }
    if !opens {
        hint("headlines and arguments stay sealed: give --display-key <ARN>");
    }
    if !args.no_open && std::io::stdout().is_terminal() {
        browser::open(&gate.address());
    }
    let stack = args.at.stack.clone().unwrap_or_else(|| outside.name().to_owned());
    let console = Console {
        gate,
        stack,
        outside: Arc::new(outside),
        flashes: Flashes::default(),
        bundle: args.bundle.clone(),
        machine,
    };
    serve::serve(listener, Arc::new(console)).await;
    Ok(())
}

fn unbound(error: std::io::Error) -> Failure {
    Failure::Usage(format!("the port cannot be opened, {error}: choose another with --port"))
}

#[cfg(test)]
mod tests;
