//! The approval page: one page, in whatever state the request is.

use approval_core::decision::Verdict;
use approval_core::digest::Digest;
use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::case::Case;

mod banner;

use banner::{Banner, banner};

const STYLE: &str =
    concat!(include_str!("../templates/tokens.css"), include_str!("../templates/style.css"));
/// The most characters of a comment.
pub const MOST_COMMENT: usize = 1000;

/// What a person who follows a link finds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PageState {
    /// They may decide.
    Open(Form),
    /// They have decided.
    YouDecided,
    /// Others have.
    Decided,
    /// The time to decide is over.
    Expired,
    /// It was taken back.
    Cancelled,
    /// It must not run, whatever people say.
    Refused,
    /// Decisions are paused.
    Frozen,
    /// They may not decide this.
    NotEligible(Why),
    /// Their link was replaced.
    Replaced {
        /// Whether a fresh one was, or will be, mailed.
        mailed: bool,
    },
    /// The link is none of ours. One page for every cause.
    NotFound,
    /// A service does not answer, so nobody can say here what is recorded.
    Unavailable,
    /// Another way of asking than reading and posting.
    MethodNotAllowed,
}

/// Why somebody may not decide.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Why {
    /// The agent acts for them.
    Requester,
    /// They are not, or no longer, in a group that is asked.
    NotAsked,
}

/// The form as it stands: what was typed is kept, the code never.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Form {
    /// What is wrong with what was posted.
    pub error: Option<FormError>,
    /// The comment that was typed.
    pub comment: String,
    /// How many wrong codes are left before the link is replaced.
    pub tries_left: u32,
}

/// What is wrong with what was posted. Nothing was recorded.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FormError {
    /// No code.
    EmptyCode,
    /// Another code.
    WrongCode,
    /// Neither button.
    NoVerdict,
    /// A comment is needed here.
    CommentMissing,
    /// Too long a comment.
    CommentTooLong,
    /// Not the form of this page.
    Unreadable,
}

/// A page, ready to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Page {
    /// The HTTP status.
    pub status: u16,
    /// The document.
    pub html: String,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Html<'a> {
    style: &'static str,
    title: String,
    stack: &'a str,
    banner: Option<Banner>,
    case: Option<&'a Case>,
    form: Option<&'a Form>,
    /// What the error is about.
    invalid: Option<&'static str>,
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
    let shown = case.filter(|_| state.shows_the_case());
    let banner = banner(state, case, too_late);
    let title = match (state, shown) {
        (PageState::Open(_), Some(case)) => format!("{}?", case.headline),
        (_, Some(case)) => case.headline.clone(),
        (_, None) => banner.as_ref().map_or_else(String::new, |banner| banner.title.clone()),
    };
    let form = if let PageState::Open(form) = state { Some(form) } else { None };
    let serious = case.is_some_and(|case| case.serious);
    let comment_hint = if serious {
        "Needed, whatever you decide: this is a serious one. Others who decide read it, and the \
         agent does if you reject."
    } else {
        "Needed to reject, and then the agent reads it. Others who decide read it too."
    };
    let html = Html {
        style: STYLE,
        title,
        stack: shown.map_or("", |case| case.stack.as_str()),
        invalid: banner.as_ref().and_then(|banner| banner.field),
        banner,
        case: shown,
        form,
        comment_hint,
        most_comment: MOST_COMMENT,
    };
    // INVARIANT: what the template writes to cannot fail.
    Page { status: state.status(too_late), html: html.render().unwrap_or_default() }
}

impl PageState {
    fn shows_the_case(&self) -> bool {
        match self {
            Self::Open(_) | Self::YouDecided | Self::Decided | Self::Expired => true,
            Self::Cancelled | Self::Refused | Self::Frozen => true,
            Self::NotEligible(_) | Self::Replaced { .. } | Self::NotFound => false,
            Self::Unavailable | Self::MethodNotAllowed => false,
        }
    }

    /// The HTTP status. A decision that had no effect conflicts with the one that had.
    #[must_use]
    pub fn status(&self, too_late: bool) -> u16 {
        match self {
            Self::Open(Form { error: Some(_), .. }) => 400,
            Self::YouDecided | Self::Decided if too_late => 409,
            Self::Open(_) | Self::YouDecided | Self::Decided => 200,
            Self::NotEligible(_) => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Expired | Self::Cancelled | Self::Refused | Self::Replaced { .. } => 410,
            Self::Frozen | Self::Unavailable => 503,
        }
    }
}

/// The headers of every page.
///
/// # Security
///
/// Nothing is stored, framed, loaded from elsewhere, indexed or told to other sites, and no script
/// runs. The one stylesheet is allowed by its hash.
#[must_use]
pub fn headers() -> [(&'static str, String); 10] {
    let style = BASE64_STANDARD.encode(Digest::of(STYLE.as_bytes()).as_bytes());
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
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
