//! Writes every screen of the console into a folder, as a browser gets it.
//!
//! `cargo run -p approval-views --example console_gallery -- FOLDER`
//!
//! `index.json` there lists each with its name, kind, file, HTTP status and headers: a screen must
//! be served with those to be what it is.

mod life;
mod lists;
mod single;

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use approval_core::moment::Moment;
use approval_views::console::{self, Flash, Shell};
use serde_json::{Map, Value, json};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// One screen.
pub(crate) struct Piece {
    name: String,
    status: u16,
    html: String,
}

impl Piece {
    pub(crate) fn new(name: &str, status: u16, html: String) -> Self {
        Self { name: name.to_owned(), status, html }
    }
}

/// Texts of others: as they usually are, and as they are at their worst.
#[derive(Clone, Copy)]
pub(crate) struct Texts {
    pub(crate) suffix: &'static str,
    pub(crate) agent: &'static str,
    pub(crate) person: &'static str,
    pub(crate) order: &'static str,
    pub(crate) why: &'static str,
    pub(crate) reason: &'static str,
}

pub(crate) const HONEST: Texts = Texts {
    suffix: "",
    agent: "support/live",
    person: "dana",
    order: "A-1042",
    why: "The parcel was lost, and the customer asks for the money back.",
    reason: "INC-4711: refunds go wrong",
};

pub(crate) const HOSTILE: Texts = Texts {
    suffix: "-hostile",
    agent: "<script>window.pwned=1</script>",
    person: "<img src=x onerror=\"window.pwned=1\">",
    order: "\"><form action=//evil.example>pay\u{202e}001 RUE<b>",
    why: "javascript:window.pwned=1 <svg onload=\"window.pwned=1\"> \u{200b}1,000,000 EUR </textarea><script>window.pwned=1</script>",
    reason: "</bdi></td></tr><script>window.pwned=1</script> aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
};

/// When all screens are made.
pub(crate) fn now() -> Result<Moment> {
    Ok(Moment::parse("2026-11-22T11:00:00Z")?)
}

pub(crate) fn shell(texts: Texts, said: bool) -> Result<Shell> {
    let text = if texts.suffix.is_empty() { "r-1 is cancelled." } else { texts.reason };
    let flash = said.then(|| Flash { good: texts.suffix.is_empty(), text: text.to_owned() });
    Ok(Shell { stack: "demo".to_owned(), csrf: "0".repeat(64), flash, now: now()? })
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let folder = std::env::args_os().nth(1).map(PathBuf::from);
    let folder = folder.ok_or("name a folder to write to")?;
    fs::create_dir_all(&folder)?;
    let mut pieces = Vec::new();
    for texts in [HONEST, HOSTILE] {
        pieces.extend(lists::all(texts).await?);
        pieces.extend(single::all(texts).await?);
    }
    let headers: Map<String, Value> = console::headers()
        .into_iter()
        .map(|(name, value)| (name.to_owned(), value.into()))
        .collect();
    let mut index = Vec::new();
    for Piece { name, status, html } in pieces {
        let file = format!("console-{name}.html");
        fs::write(folder.join(&file), html)?;
        let (name, kind) = (format!("console-{name}"), "console");
        index.push(json!({
            "name": name, "kind": kind, "file": file, "status": status, "headers": headers,
        }));
    }
    fs::write(folder.join("index.json"), format!("{:#}\n", Value::Array(index)))?;
    Ok(())
}
