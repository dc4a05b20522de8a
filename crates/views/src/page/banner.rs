//! What stands above the case: where it stands, or what is wrong with what was posted.

use approval_core::decision::Verdict;
use approval_core::status::Status;

use super::{FormError, MOST_COMMENT, PageState, Why};
use crate::case::{Case, Said, past};
use crate::ending::{happened, taken_back};
use crate::time::minute;

/// What stands above the case.
pub(crate) struct Banner {
    pub(crate) title: String,
    pub(crate) lines: Vec<String>,
    pub(crate) error: bool,
    /// Whether it tells that it was done.
    pub(crate) good: bool,
    /// What the title links to: a field, or what to look at.
    pub(crate) field: Option<&'static str>,
}

pub(crate) fn banner(state: &PageState, case: Option<&Case>, too_late: bool) -> Option<Banner> {
    let say = |title: &str, lines: &[&str]| Banner {
        title: title.to_owned(),
        lines: lines.iter().map(ToString::to_string).collect(),
        error: false,
        good: false,
        field: None,
    };
    let mut banner = match state {
        PageState::Open(form) => return form.error.map(|error| wrong(error, form.tries_left)),
        PageState::Confirm(_) => say(
            "Check your decision",
            &[
                "The risk is high. Once you confirm, your answer is final.",
                "Nothing is recorded yet.",
            ],
        ),
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
            let who = case.map(taken_back).unwrap_or_default();
            say("This was taken back", &[&who, "Nothing was done, and nothing will be."])
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
                "A wrong code was typed too often, or the link was renewed. A fresh link is on its \
                 way to your mailbox."
            } else {
                "A wrong code was typed too often, or the link was renewed. No further link is made \
                 for you: either nothing is left to decide, or others who were asked still can."
            }],
        ),
        PageState::NotFound => say(
            "There is nothing here",
            &[
                "The link is not one of ours, or was not copied whole. Open it from the mail again.",
                "If that leads here as well, ask whoever operates this to have you reminded: a mail \
                 with a link that works goes to the address they know of you, and nowhere else.",
            ],
        ),
        PageState::Unavailable => say(
            "This does not work right now",
            &["Open the link again in a minute: it shows whether an answer of yours was recorded."],
        ),
        PageState::Foreign => say(
            "That was not sent from here",
            &[
                "Another site sent this form. Nothing was recorded.",
                "If you did not mean to, tell your security team. To decide, open the link in your \
                 mail.",
            ],
        ),
        PageState::TooLarge => say(
            "That is more than a form holds",
            &["Nothing was recorded. Open the link again, and shorten the comment."],
        ),
        PageState::WrongType => say(
            "That is not the form of this page",
            &["Nothing was recorded. Open the link in a browser."],
        ),
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
            format!("{} {} this at {}", who.name, past(*verdict), minute(*at))
        }
        (None, None) => "This has been decided".to_owned(),
    };
    let lines = afterwards(case).into_iter().filter(|line| !line.is_empty()).collect();
    Banner { title, lines, error: false, good: case.status == Status::Executed, field: None }
}

/// What came of it, and what can still be done about it.
fn afterwards(case: &Case) -> [String; 2] {
    let said = |now: &str, then: &str| [now.to_owned(), then.to_owned()];
    match case.status {
        Status::Received | Status::Pending => [
            format!("Recorded. It still waits: it needs {} in all.", case.needs),
            "Your answer is final. To stop it, ask somebody else who was asked to reject it, or an \
             operator to cancel it."
                .to_owned(),
        ],
        Status::Allowed | Status::Approved if case.unresumed => said(
            "Recorded. The workflow has not taken it up yet; it is told again until it has.",
            "Until it runs, an operator can stop it. What is done then cannot be taken back here.",
        ),
        Status::Allowed | Status::Approved => said(
            "It is approved and has not run yet; it will within minutes. Reload to see.",
            "Until it runs, an operator can stop it. What is done then cannot be taken back here.",
        ),
        Status::Executing => said("It is being done right now.", "It can no longer be stopped."),
        Status::InDoubt => {
            said("Nobody knows yet whether it was done. An operator will find out.", "")
        }
        Status::Executed => {
            [happened(case), "What is done cannot be taken back here.".to_owned()]
        }
        Status::Rejected => {
            // The title says who rejected it, unless this person approved.
            let approved = case.own.as_ref().is_some_and(|own| own.verdict == Verdict::Approve);
            let what = if approved { happened(case) } else { "Nothing was done.".to_owned() };
            [what, "The agent is told when it asks, with the comment.".to_owned()]
        }
        Status::Failed | Status::Refused | Status::Expired | Status::Cancelled => {
            [happened(case), String::new()]
        }
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
        FormError::Changed => (
            "This is another action than the one you saw".to_owned(),
            "Nothing was recorded. What is asked stands below: look at it again.",
            "facts",
        ),
        FormError::Unreadable => (
            "That was not the form of this page".to_owned(),
            "Nothing was recorded. Try again below.",
            "decide",
        ),
    };
    let mut lines = vec![line.to_owned()];
    match error {
        FormError::WrongCode => {
            let times = if tries_left == 1 { "time" } else { "times" };
            lines.push(format!(
                "If it is typed wrong {tries_left} more {times}, the link is replaced."
            ));
        }
        FormError::EmptyCode => {}
        FormError::NoVerdict
        | FormError::CommentMissing
        | FormError::CommentTooLong
        | FormError::Changed
        | FormError::Unreadable => {
            lines.push("The code is not kept: type it again.".to_owned());
        }
    }
    Banner { title, lines, error: true, good: false, field: Some(field) }
}
