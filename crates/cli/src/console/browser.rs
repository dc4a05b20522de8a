//! Opening the browser, where there is one.

use std::process::{Command, Stdio};

use crate::failure::hint;

/// Opens the address, or says that it could not.
///
/// # Security
///
/// For a moment the address stands in the list of processes. Whoever reads it there and is quicker
/// than the browser leaves the operator before a page that says so.
pub(super) fn open(address: &str) {
    let command = if cfg!(target_os = "macos") { "open" } else { "xdg-open" };
    let spawned = Command::new(command)
        .arg(address)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn();
    if spawned.is_err() {
        hint("no browser opened: open the address yourself");
    }
}
