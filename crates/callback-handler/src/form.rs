//! What was posted.

use std::collections::BTreeMap;

use approval_core::decision::Verdict;
use approval_core::digest::Digest;
use approval_core::matchcode::MatchCode;
use approval_core::moment::Moment;
use approval_views::case::Case;
use approval_views::page::{FormError, MOST_COMMENT, verdict};

/// The fields of the page's forms.
const FIELDS: [&str; 7] = ["back", "code", "comment", "confirmed", "digest", "seen", "verdict"];

/// A form that is whole. The code may still be wrong.
pub(crate) struct Posted {
    pub(crate) verdict: Verdict,
    pub(crate) comment: String,
    pub(crate) code: MatchCode,
    /// When the person first got the page, as their browser says.
    pub(crate) seen: Option<Moment>,
    /// Whether it is the form of the page that asks once more.
    pub(crate) confirmed: bool,
}

/// A form that is shown again, with what was typed.
pub(crate) struct Again {
    /// What is wrong with it; none where the person went back to it.
    pub(crate) error: Option<FormError>,
    pub(crate) comment: String,
    pub(crate) seen: Option<Moment>,
}

/// Reads a form of the page: nothing but its fields, each at most once, about this case.
///
/// A code is asked for last, so that what is wrong otherwise costs no try.
///
/// # Security
///
/// The digest that the page showed comes back with the form. The record's own never changes, so
/// another one is another action's: what a person looked at is what they decide on, or nothing.
pub(crate) fn read(body: &[u8], case: &Case) -> Result<Posted, Again> {
    let Some(fields) = fields(body) else {
        return Err(Again {
            error: Some(FormError::Unreadable),
            comment: String::new(),
            seen: None,
        });
    };
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    // Browsers send CR LF for a line end, and count it as one character.
    let comment = field("comment").replace("\r\n", "\n").trim().to_owned();
    let seen = field("seen").parse().ok().and_then(|millis| Moment::from_millis(millis).ok());
    let again = |error| Again { error, comment: comment.clone(), seen };
    let faulty = |error| Err(again(Some(error)));
    let Ok(digest) = Digest::parse(field("digest")) else {
        return faulty(FormError::Unreadable);
    };
    if digest != case.digest {
        return faulty(FormError::Changed);
    }
    let confirmed = match (field("back"), field("confirmed")) {
        ("yes", _) => return Err(again(None)),
        ("", "yes") => true,
        ("", "") => false,
        (_, _) => return faulty(FormError::Unreadable),
    };
    let Some(verdict) = verdict(field("verdict")) else {
        return faulty(FormError::NoVerdict);
    };
    if comment.chars().count() > MOST_COMMENT {
        return faulty(FormError::CommentTooLong);
    }
    if comment.is_empty() && (case.serious || verdict == Verdict::Reject) {
        return faulty(FormError::CommentMissing);
    }
    match MatchCode::typed(field("code")) {
        Some(code) => Ok(Posted { verdict, comment, code, seen, confirmed }),
        None => faulty(FormError::EmptyCode),
    }
}

/// What the person wanted, as far as it can be told.
pub(crate) fn wanted(body: &[u8]) -> Option<Verdict> {
    verdict(fields(body)?.get("verdict")?)
}

fn fields(body: &[u8]) -> Option<BTreeMap<String, String>> {
    std::str::from_utf8(body).ok()?;
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        let known = FIELDS.contains(&name.as_ref());
        // What is no UTF-8 underneath comes out as a replacement character.
        let whole = !value.contains('\u{fffd}');
        let new = fields.insert(name.into_owned(), value.into_owned()).is_none();
        if !(known && whole && new) {
            return None;
        }
    }
    Some(fields)
}
