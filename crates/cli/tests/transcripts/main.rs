//! The real binary, as typed.
#![cfg(test)] // so that clippy knows helpers for tests, too

mod console;
mod doctor;
mod failing;
mod listing;
mod ordering;
mod policy;
mod profile;
mod searching;
mod service;
mod show;
mod stack;
mod usage;
mod watching;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What a command ended with and wrote.
struct Transcript {
    code: Option<i32>,
    out: String,
    err: String,
}

impl From<Output> for Transcript {
    fn from(output: Output) -> Self {
        let text = |bytes| String::from_utf8(bytes).expect("text");
        Self { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// The command with these arguments, and nothing of the environment.
fn command(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(arguments).env_clear().env("AWS_EC2_METADATA_DISABLED", "true");
    command
}

fn countersign(arguments: &[&str]) -> Transcript {
    command(arguments).output().expect("it runs").into()
}

/// It ended with that code, one line of error, and no data.
fn assert_failed(said: &Transcript, code: i32, words: &str) {
    assert_eq!((said.code, said.out.as_str()), (Some(code), ""), "{}", said.err);
    assert!(said.err.starts_with("error: ") && said.err.contains(words), "{}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
}

fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/customer-support/policy")
}

/// The example's bundle with one file written anew.
fn bundle(name: &str, file: &str, change: impl FnOnce(String) -> String) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(folder.join("tests")).expect("a folder");
    for from in [example(), example().join("tests")] {
        for entry in std::fs::read_dir(&from).expect("the example").flatten() {
            let path = entry.path();
            let below = path.strip_prefix(example()).expect("inside");
            if path.is_file() {
                std::fs::copy(&path, folder.join(below)).expect("copied");
            }
        }
    }
    let text = std::fs::read_to_string(folder.join(file)).unwrap_or_default();
    std::fs::write(folder.join(file), change(text)).expect("written");
    folder
}
