//! The screens of the operators' console, and the shell around them.
//!
//! # Layout
//!
//! - [`queue`]: the requests of a filter; [`request`]: one of them; [`act`]: an order to confirm
//! - [`freezes`], [`audit`], [`policy`]: what is frozen, what has ended, what the rules are
//! - [`health`]: figures; [`figures`]: how they are computed
//! - [`message`]: a page that says one thing; [`opening`]: the beginning of one long to read
//!
//! # What it must never do
//!
//! Offer to approve or reject: the console shows, and gives orders that an operator confirms.

use approval_core::digest::Digest;
use approval_core::moment::Moment;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::time::minute;

pub mod act;
pub mod audit;
pub mod figures;
pub mod freezes;
pub mod health;
pub mod message;
pub mod opening;
pub mod policy;
pub mod queue;
pub mod request;

const STYLE: &str = concat!(
    include_str!("../templates/tokens.css"),
    include_str!("../templates/console/style.css")
);
const SCRIPT: &str = include_str!("../templates/console/script.js");

/// The screens that are named at the top of each.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Place {
    /// The requests.
    Queue,
    /// What is frozen.
    Freezes,
    /// What has ended.
    Audit,
    /// The rules.
    Policy,
    /// Figures.
    Health,
    /// None of them.
    Elsewhere,
}

impl Place {
    const NAMED: [(Self, &'static str, &'static str); 5] = [
        (Self::Queue, "Queue", "/"),
        (Self::Freezes, "Freezes", "/freezes"),
        (Self::Audit, "Audit", "/audit"),
        (Self::Policy, "Policy", "/policy"),
        (Self::Health, "Health", "/health"),
    ];
}

/// What came of the last order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Flash {
    /// Whether it was carried out.
    pub good: bool,
    /// The answer, as it came.
    pub text: String,
}

/// What stands around a screen.
#[derive(Clone, Debug)]
pub struct Shell {
    /// The stack, as it came.
    pub stack: String,
    /// What a form must bring back.
    pub csrf: String,
    /// What came of the last order.
    pub flash: Option<Flash>,
    /// When the screen is made.
    pub now: Moment,
}

/// A link to the console itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Link {
    /// What it says, made visible.
    pub text: String,
    /// Where it leads.
    pub href: String,
}

impl Link {
    /// A link that says `text`.
    #[must_use]
    pub fn new(text: &str, href: impl Into<String>) -> Self {
        Self { text: crate::visible(text), href: href.into() }
    }
}

/// What the base template shows around a screen.
#[derive(Debug)]
struct Frame<'a> {
    style: &'static str,
    script: &'static str,
    stack: String,
    csrf: &'a str,
    flash: Option<Flash>,
    made: String,
    places: Vec<(&'static str, &'static str, bool)>,
}

impl<'a> Frame<'a> {
    fn new(shell: &'a Shell, place: Place) -> Self {
        let flash = shell.flash.as_ref();
        let flash = flash.map(|flash| Flash { text: crate::visible(&flash.text), ..flash.clone() });
        let named = Place::NAMED.into_iter();
        Self {
            style: STYLE,
            script: SCRIPT,
            stack: crate::visible(&shell.stack),
            csrf: &shell.csrf,
            flash,
            made: minute(shell.now),
            places: named.map(|(one, name, href)| (name, href, one == place)).collect(),
        }
    }
}

/// The headers of every screen.
///
/// # Security
///
/// Nothing is stored, framed or loaded from elsewhere. The one stylesheet and the one script are
/// allowed by their hashes, so whatever slips into a page as markup neither runs nor calls out.
/// `same-origin` and not `no-referrer`, since browsers would leave the origin out of what is posted.
#[must_use]
pub fn headers() -> [(&'static str, String); 9] {
    let hash = |text: &str| BASE64_STANDARD.encode(Digest::of(text.as_bytes()).as_bytes());
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; connect-src 'self'; \
         form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        hash(STYLE),
        hash(SCRIPT),
    );
    [
        ("content-type", "text/html; charset=utf-8".to_owned()),
        ("cache-control", "no-store".to_owned()),
        ("content-security-policy", policy),
        ("referrer-policy", "same-origin".to_owned()),
        ("x-content-type-options", "nosniff".to_owned()),
        ("x-frame-options", "DENY".to_owned()),
        ("cross-origin-opener-policy", "same-origin".to_owned()),
        ("cross-origin-resource-policy", "same-origin".to_owned()),
        ("permissions-policy", "camera=(), geolocation=(), microphone=()".to_owned()),
    ]
}

#[cfg(test)]
mod tests;
