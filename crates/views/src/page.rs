//! The approval page: one page, in whatever state the request is.

use approval_core::decision::Verdict;
use approval_core::digest::Digest;
use approval_core::status::Status;
use askama::Template;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

use crate::case::{Case, Said, past};
use crate::time::minute;
use crate::visible::visible;

const STYLE: &str = include_str!("../templates/style.css");
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
    /// A service does not answer; nothing was recorded.
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

/// What stands above the case.
struct Banner {
    title: String,
    lines: Vec<String>,
    error: bool,
    /// The field that the title links to.
    field: Option<&'static str>,
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

fn banner(state: &PageState, case: Option<&Case>, too_late: bool) -> Option<Banner> {
    let say = |title: &str, lines: &[&str]| Banner {
        title: title.to_owned(),
        lines: lines.iter().map(ToString::to_string).collect(),
        error: false,
        field: None,
    };
    let mut banner = match state {
        PageState::Open(form) => return form.error.map(|error| wrong(error, form.tries_left)),
        PageState::YouDecided | PageState::Decided => decided(case?),
        PageState::Expired => {
            let when = case.map(Case::until).unwrap_or_default();
            say(
                "The time to decide is over",
                &[
                    &format!("It ended at {when}. Nothing was done, and nothing will be."),
                    "If it is still wanted, the agent must ask again.",
                ],
            )
        }
        PageState::Cancelled => {
            say("This was taken back", &[&because(case), "Nothing was done, and nothing will be."])
        }
        PageState::Refused => say("This must not run", &[&because(case), "Nothing was done."]),
        PageState::Frozen => say(
            "Decisions are paused",
            &[
                "An operator has stopped actions of this kind. Nothing was recorded.",
                "Your link stays as it is: try again later.",
            ],
        ),
        PageState::NotEligible(why) => say(
            "You cannot decide this",
            &[match why {
                Why::Requester => "The agent asks on your behalf, so somebody else has to decide.",
                Why::NotAsked => "You are not, or no longer, in a group that is asked.",
            }],
        ),
        PageState::Replaced { mailed } => say(
            "This link was replaced",
            &[if *mailed {
                "A wrong code was typed too often, or the link was renewed. A fresh link is on its way \
             to your mailbox."
            } else {
                "A wrong code was typed too often, twice. No further link is made for you: others who \
             were asked can still decide, and an operator can help."
            }],
        ),
        PageState::NotFound => say(
            "There is nothing here",
            &["The link is not one of ours, or was not copied whole. Open it from the mail again."],
        ),
        PageState::Unavailable => {
            say("This does not work right now", &["Nothing was recorded. Try again in a minute."])
        }
        PageState::MethodNotAllowed => {
            say("That is not how this page works", &["Open the link in a browser."])
        }
    };
    if too_late && state.shows_the_case() {
        banner.lines.insert(0, "Your decision had no effect.".to_owned());
    }
    Some(banner)
}

fn because(case: Option<&Case>) -> String {
    case.and_then(|case| case.reason.as_ref())
        .map_or_else(|| "No reason was recorded.".to_owned(), |why| format!("Reason: {why}."))
}

fn decided(case: &Case) -> Banner {
    let title = match (&case.own, &case.by) {
        (Some(own), _) => format!("You {} this at {}", past(own.verdict), minute(own.at)),
        (None, Some(Said { who, verdict, at, .. })) => {
            format!("{} {} this at {}", visible(&who.name), past(*verdict), minute(*at))
        }
        (None, None) => "This has been decided".to_owned(),
    };
    let (now, stop) = afterwards(case);
    let lines = [now, stop.to_owned()].into_iter().filter(|line| !line.is_empty()).collect();
    Banner { title, lines, error: false, field: None }
}

/// What came of it, and whether it can still be stopped.
fn afterwards(case: &Case) -> (String, &'static str) {
    let other = match &case.by {
        Some(by) if case.own.as_ref().is_none_or(|own| own.who != by.who) => {
            format!(" by {}", visible(&by.who.name))
        }
        _ => String::new(),
    };
    let why = case.reason.as_ref().map(|why| format!(" Reason: {why}.")).unwrap_or_default();
    match case.status {
        Status::Received | Status::Pending => (
            format!("Recorded. It still waits: it needs {} in all.", case.needs),
            "Your answer is final. To stop it, ask somebody else who was asked to reject it.",
        ),
        Status::Allowed | Status::Approved => (
            "It is approved and has not run yet; it will within minutes.".to_owned(),
            "Only an operator can still stop it.",
        ),
        Status::Executing => {
            ("It is being done right now.".to_owned(), "It can no longer be stopped.")
        }
        Status::InDoubt => {
            ("Nobody knows yet whether it was done. An operator will find out.".to_owned(), "")
        }
        Status::Executed => ("It was done, once.".to_owned(), "It can no longer be stopped."),
        Status::Failed => (format!("It was started and not done.{why}"), ""),
        Status::Refused => (format!("It was not done: it is no longer allowed.{why}"), ""),
        Status::Rejected => {
            (format!("It was rejected{other}. Nothing was done, and the agent has been told."), "")
        }
        Status::Expired => {
            (format!("Time ran out before it could run. Nothing was done.{why}"), "")
        }
        Status::Cancelled => (format!("It was taken back. Nothing was done.{why}"), ""),
    }
}

fn wrong(error: FormError, tries_left: u32) -> Banner {
    let (title, line, field) = match error {
        FormError::EmptyCode => (
            "Type the code from your mail".to_owned(),
            "It stands in the mail, beside the link. This does not count as a wrong code.",
            "code",
        ),
        FormError::WrongCode => (
            "That is not the code in your mail".to_owned(),
            "Look at the mail that brought you here: each mail has its own code.",
            "code",
        ),
        FormError::NoVerdict => {
            ("Choose one of the two buttons".to_owned(), "Nothing was recorded.", "approve")
        }
        FormError::CommentMissing => {
            ("Say why".to_owned(), "A comment is needed for this. Nothing was recorded.", "comment")
        }
        FormError::CommentTooLong => (
            format!("The comment has more than {MOST_COMMENT} characters"),
            "Shorten it. Nothing was recorded.",
            "comment",
        ),
        FormError::Unreadable => (
            "That was not the form of this page".to_owned(),
            "Nothing was recorded. Try again below.",
            "comment",
        ),
    };
    let mut lines = vec![line.to_owned()];
    if error == FormError::WrongCode {
        let times = if tries_left == 1 { "time" } else { "times" };
        lines.push(format!(
            "You can mistype it {tries_left} more {times} before the link is replaced."
        ));
    }
    Banner { title, lines, error: true, field: Some(field) }
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
