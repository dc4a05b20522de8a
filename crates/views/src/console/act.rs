//! One order about a request, to be confirmed with a reason.

use approval_core::moment::Moment;
use approval_core::order::MOST_REASON;
use approval_core::request::ApprovalRequest;
use askama::Template;

use super::request::Act;
use super::{Frame, Place, Shell};
use crate::time::{left, minute};
use crate::visible::visible;
use crate::words;

/// What was typed, where it is shown again, and what is wrong with it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Typed {
    /// The reason.
    pub reason: String,
    /// How much more time, as the form says it.
    pub by: String,
    /// The instant, where more time is given.
    pub until: String,
    /// What is wrong.
    pub error: Option<String>,
}

#[derive(Template)]
#[template(path = "console/act.html")]
struct Html<'a> {
    frame: Frame<'a>,
    act: Act,
    id: String,
    what: String,
    status: &'static str,
    title: &'static str,
    does: &'static str,
    button: &'static str,
    people_have: Option<String>,
    limit: String,
    last: Option<String>,
    fits: bool,
    typed: &'a Typed,
    most: usize,
}

impl Html<'_> {
    fn gives_time(&self) -> bool {
        self.act == Act::Extend
    }

    fn settles(&self) -> bool {
        self.act == Act::Resolve
    }

    fn ends(&self) -> bool {
        self.act == Act::Cancel
    }
}

/// An order about a request.
#[derive(Clone, Copy, Debug)]
pub struct Meant<'a> {
    /// The order.
    pub act: Act,
    /// The request.
    pub request: &'a ApprovalRequest,
    /// The action in one line, as it came.
    pub what: &'a str,
    /// When somebody was last written to, where that was looked up.
    pub last: Option<Moment>,
}

/// Writes the page.
#[must_use]
pub fn render(shell: &Shell, meant: &Meant<'_>, typed: &Typed) -> String {
    let Meant { act, request, what, last } = *meant;
    let (title, does, button) = words_of(act);
    let now = shell.now;
    let html = Html {
        frame: Frame::new(shell, Place::Queue),
        act,
        id: request.id.to_string(),
        what: visible(what),
        status: words::status(request.status),
        title,
        does,
        button,
        people_have: request.decide_by.map(|by| until(by, now)),
        limit: minute(request.hard_limit),
        last: last.map(|at| format!("{} ({} ago)", minute(at), left(now.since(at)))),
        fits: act.fits(request.status),
        typed,
        most: MOST_REASON,
    };
    // INVARIANT: what the template writes to cannot fail.
    html.render().unwrap_or_default()
}

fn until(by: Moment, now: Moment) -> String {
    if by <= now {
        return format!("{}, which is over", minute(by));
    }
    format!("{} ({} left)", minute(by), left(by.since(now)))
}

fn words_of(act: Act) -> (&'static str, &'static str, &'static str) {
    match act {
        Act::Remind => (
            "Remind people",
            "Those who have not answered are written to again. Their links stay the same.",
            "Remind them",
        ),
        Act::Extend => (
            "Give more time",
            "People may decide for longer. Their links stay the same.",
            "Give more time",
        ),
        Act::Cancel => (
            "Cancel the request",
            "Nothing comes of it, and the agent is told. This cannot be undone.",
            "Cancel the request",
        ),
        Act::Resolve => (
            "Settle the doubt",
            "Look in the target first. What is said here is final, and the agent is told so.",
            "Settle it",
        ),
    }
}
