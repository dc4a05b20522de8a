//! The approval page: one page, in whatever state the request is.

use std::fmt;

use approval_core::decision::Verdict;
use approval_core::digest::Digest;
use approval_core::moment::Moment;
use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::case::Case;
use crate::help::Help;
use crate::words;

mod banner;
mod state;

use banner::{Banner, banner};
pub use state::{Check, Form, FormError, PageState, Why};

const STYLE: &str =
    concat!(include_str!("../templates/tokens.css"), include_str!("../templates/style.css"));
/// Counts the time down and copies the fingerprint. Nothing is missing without it.
const SCRIPT: &str = include_str!("../templates/page.js");
/// The most characters of a comment.
pub const MOST_COMMENT: usize = 1000;

/// A page, ready to be sent. One that asks once more holds a match code, so none is printed.
#[derive(Clone, Eq, PartialEq)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The document.
    pub html: String,
}

impl fmt::Debug for Page {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Page({})", self.status)
    }
}

#[derive(Template)]
#[template(path = "page.html")]
struct Html<'a> {
    style: &'static str,
    title: String,
    stack: &'a str,
    banner: Option<Banner>,
    case: Option<&'a Case>,
    help: Option<&'a Help>,
    script: &'static str,
    form: Option<&'a Form>,
    check: Option<&'a Check>,
    /// When the person first got the page, in milliseconds.
    seen: i64,
    /// What the error is about.
    invalid: Option<&'static str>,
    /// Whether people still decide.
    waits: bool,
    /// What the arguments are called.
    exactly: &'static str,
    comment_hint: &'static str,
    most_comment: usize,
}

/// Writes the page of a state. `too_late` is for a decision that was posted and has no effect.
///
/// # Security
///
/// A link that does not verify shows nothing of any request, and so do states in which this person
/// has no business with it: the case is left out there, whatever is handed in.
#[must_use]
pub fn render(state: &PageState, case: Option<&Case>, too_late: bool) -> Page {
    write(state, case, too_late, case.and_then(|case| case.help.as_ref()))
}

/// Writes the page of a state in which nothing of any request is shown; `help` is whom to ask, as
/// the operator wrote it.
#[must_use]
pub fn bare(state: &PageState, help: Option<&str>) -> Page {
    write(state, None, false, help.map(Help::new).as_ref())
}

fn write(state: &PageState, case: Option<&Case>, too_late: bool, help: Option<&Help>) -> Page {
    let shown = case.filter(|_| state.shows_the_case());
    let banner = banner(state, case, too_late);
    let title = match (state, shown) {
        (PageState::Open(_) | PageState::Confirm(_), Some(case)) => format!("{}?", case.headline),
        (_, Some(case)) => case.headline.clone(),
        (_, None) => banner.as_ref().map_or_else(String::new, |banner| banner.title.clone()),
    };
    let form = if let PageState::Open(form) = state { Some(form) } else { None };
    let check = if let PageState::Confirm(check) = state { Some(check) } else { None };
    let seen = form.and_then(|form| form.seen).or(check.and_then(|check| check.seen));
    let seen = seen.or(case.map(|case| case.now)).map_or(0, Moment::as_millis);
    let serious = case.is_some_and(|case| case.serious);
    let comment_hint = if serious {
        "Needed, whatever you decide: the risk is high. Others who decide read it, and the agent \
         does if you reject."
    } else {
        "Needed to reject, and then the agent reads it. Others who decide read it too."
    };
    let waits = shown.is_some_and(|case| state.waits(case.status));
    let html = Html {
        style: STYLE,
        title,
        stack: shown.map_or("", |case| case.stack.as_str()),
        invalid: banner.as_ref().and_then(|banner| banner.field),
        banner,
        case: shown,
        help,
        script: SCRIPT,
        form,
        check,
        seen,
        waits,
        exactly: words::exactly(waits),
        comment_hint,
        most_comment: MOST_COMMENT,
    };
    // INVARIANT: what the template writes to cannot fail.
    Page { status: state.status(too_late), html: html.render().unwrap_or_default() }
}

/// The headers of every page.
///
/// # Security
///
/// Nothing is stored, framed, loaded from elsewhere, indexed or told to other sites. The one
/// stylesheet and the one script are allowed by their hashes, and no other runs.
#[must_use]
pub fn headers() -> [(&'static str, String); 10] {
    let hash = |text: &str| BASE64_STANDARD.encode(Digest::of(text.as_bytes()).as_bytes());
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'",
        hash(STYLE),
        hash(SCRIPT)
    );
    [
        ("content-type", "text/html; charset=utf-8".to_owned()),
        ("cache-control", "no-store".to_owned()),
        ("content-security-policy", policy),
        ("referrer-policy", "no-referrer".to_owned()),
        ("x-robots-tag", "noindex, nofollow".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("x-frame-options", "DENY".to_owned()),
        ("strict-transport-security", "max-age=63072000".to_owned()),
        ("cross-origin-opener-policy", "same-origin".to_owned()),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()".to_owned()),
    ]
}

/// The verdict a button stands for.
#[must_use]
pub fn verdict(value: &str) -> Option<Verdict> {
    match value {
        "approve" => Some(Verdict::Approve),
        "reject" => Some(Verdict::Reject),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
