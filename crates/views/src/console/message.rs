//! A page that says one thing: what is wrong, and what to do.

use askama::Template;

use super::{Frame, Link, Place, Shell};
use crate::visible::visible;

/// What is said.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Message {
    /// In a few words.
    pub title: &'static str,
    /// The rest, as it came.
    pub lines: Vec<String>,
    /// Where to go on.
    pub next: Option<Link>,
}

#[derive(Template)]
#[template(path = "console/message.html")]
struct Html<'a> {
    frame: Frame<'a>,
    title: &'static str,
    lines: Vec<String>,
    next: Option<&'a Link>,
}

/// Writes the page.
#[must_use]
pub fn render(shell: &Shell, message: &Message) -> String {
    let lines = message.lines.iter().map(|line| visible(line)).collect();
    let frame = Frame::new(shell, Place::Elsewhere);
    let html = Html { frame, title: message.title, lines, next: message.next.as_ref() }.render();
    // INVARIANT: what the template writes to cannot fail.
    html.unwrap_or_default()
}

#[derive(Template)]
#[template(path = "console/bare.html")]
struct Bare<'a> {
    style: &'static str,
    message: &'a Message,
}

/// Writes the page for somebody who was not let in: it tells nothing of the stack.
#[must_use]
pub fn bare(message: &Message) -> String {
    // INVARIANT: what the template writes to cannot fail.
    Bare { style: super::STYLE, message }.render().unwrap_or_default()
}
