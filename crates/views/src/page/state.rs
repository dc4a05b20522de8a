//! The states of the page, and the status each is sent with.

use approval_core::matchcode::MatchCode;
use approval_core::moment::Moment;
use approval_core::status::Status;

use crate::visible::visible;

/// What a person who follows a link finds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PageState {
    /// They may decide.
    Open(Form),
    /// They are about to approve what is of high risk, and see once more what that is.
    Confirm(Check),
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
    /// A form that another site sent.
    Foreign,
    /// More than a form holds.
    TooLarge,
    /// What was posted is no form.
    WrongType,
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
    /// When the person first got the page, as their browser says; none until they did.
    pub seen: Option<Moment>,
}

/// An approval that is typed and not confirmed.
///
/// # Security
///
/// The match code was right once, and stands in this one page, which is stored nowhere, so that
/// nobody types it twice. It is checked again when the approval is confirmed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Check {
    /// The code that was typed.
    pub code: MatchCode,
    /// The comment that was typed.
    pub comment: String,
    /// When the person first got the page, as their browser says.
    pub seen: Option<Moment>,
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
    /// The form of another action than the one that is asked about.
    Changed,
    /// Not the form of this page.
    Unreadable,
}

impl PageState {
    pub(super) fn shows_the_case(&self) -> bool {
        match self {
            Self::Open(_) | Self::Confirm(_) => true,
            Self::YouDecided | Self::Decided | Self::Expired => true,
            Self::Cancelled | Self::Refused | Self::Frozen => true,
            Self::NotEligible(_) | Self::Replaced { .. } | Self::NotFound => false,
            Self::Foreign | Self::TooLarge | Self::WrongType => false,
            Self::Unavailable | Self::MethodNotAllowed => false,
        }
    }

    /// Whether people still decide on a request that stands there.
    pub(super) fn waits(&self, status: Status) -> bool {
        match self {
            Self::Open(_) | Self::Confirm(_) | Self::Frozen => true,
            Self::YouDecided => status == Status::Pending,
            Self::Decided | Self::Expired | Self::Cancelled | Self::Refused => false,
            Self::NotEligible(_) | Self::Replaced { .. } | Self::NotFound => false,
            Self::Foreign | Self::TooLarge | Self::WrongType => false,
            Self::Unavailable | Self::MethodNotAllowed => false,
        }
    }

    /// The HTTP status. A decision that had no effect conflicts with the one that had.
    #[must_use]
    pub fn status(&self, too_late: bool) -> u16 {
        match self {
            Self::Open(Form { error: Some(FormError::Changed), .. }) => 409,
            Self::Open(Form { error: Some(_), .. }) => 400,
            Self::YouDecided | Self::Decided if too_late => 409,
            Self::Open(_) | Self::Confirm(_) | Self::YouDecided | Self::Decided => 200,
            Self::NotEligible(_) | Self::Foreign => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Expired | Self::Cancelled | Self::Refused | Self::Replaced { .. } => 410,
            Self::TooLarge => 413,
            Self::WrongType => 415,
            Self::Frozen | Self::Unavailable => 503,
        }
    }
}

impl Check {
    /// The comment line by line, made visible.
    pub(super) fn lines(&self) -> Vec<String> {
        if self.comment.is_empty() {
            return vec!["none".to_owned()];
        }
        self.comment.lines().map(visible).collect()
    }
}
