//! The tests' harness.
//!
//! # Layout
//!
//! - [`asl`]: follows the state machine that ships, with its retries and catches
//! - [`world`]: all handlers over memory, with verbs
//! - [`letter`]: what a person finds in a mail
//! - [`mailbox`]: the mail of the local stack
//! - [`browser`]: a browser without scripts
//! - [`events`]: Bedrock events as AWS sends them
//! - [`operators`]: its operators
//! - [`people`]: the people of that world
//! - [`process`]: the processes of its functions
//! - [`runtime`]: a real `bootstrap` on a Runtime API of our own
//! - [`stack`]: the local stack, with IAM enforced

pub mod asl;
pub mod browser;
pub mod events;
pub mod letter;
pub mod mailbox;
pub mod operators;
pub mod people;
pub mod process;
pub mod runtime;
pub mod stack;
pub mod world;

use std::path::PathBuf;

/// A file of this repository.
#[must_use]
pub fn repository(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}
