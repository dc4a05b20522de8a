//! Writes every mail and every state of the page into a folder, as people get them.
//!
//! `cargo run -p approval-views --example gallery -- FOLDER`
//!
//! `index.json` there lists each with its name, kind, file, HTTP status and headers: a page must be
//! served with those to be what it is.

#[path = "../../src/fixture.rs"]
#[expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "the tests' own fixture")]
mod fixture;
mod mails;
mod pages;

use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

use approval_views::{before, case, display, visible};
use serde_json::{Value, json};

/// One thing that people read.
pub(crate) struct Piece {
    name: String,
    kind: &'static str,
    extension: &'static str,
    content: String,
    status: Option<u16>,
    headers: Value,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn Error>> {
    let folder =
        std::env::args_os().nth(1).map(PathBuf::from).ok_or("name a folder to write to")?;
    fs::create_dir_all(&folder)?;
    let mut pieces = mails::all().await;
    pieces.extend(pages::all().await);
    let index = pieces.iter().map(|piece| piece.write(&folder)).collect::<Result<Vec<_>, _>>()?;
    fs::write(folder.join("index.json"), format!("{:#}\n", Value::Array(index)))?;
    Ok(())
}

impl Piece {
    fn write(&self, folder: &Path) -> Result<Value, std::io::Error> {
        let file = format!("{}.{}", self.name, self.extension);
        fs::write(folder.join(&file), &self.content)?;
        let Self { name, kind, status, headers, .. } = self;
        Ok(json!({"name": name, "kind": kind, "file": file, "status": status, "headers": headers}))
    }
}
