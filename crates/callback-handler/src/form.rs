//! What was posted.

use std::collections::BTreeMap;

use approval_core::decision::Verdict;
use approval_core::matchcode::MatchCode;
use approval_views::page::{FormError, MOST_COMMENT, verdict};

/// A form that is whole. The code may still be wrong.
pub(crate) struct Posted {
    pub(crate) verdict: Verdict,
    pub(crate) comment: String,
    pub(crate) code: MatchCode,
}

/// What is wrong with a form, and the comment that was typed, which is kept.
pub(crate) struct Faulty {
    pub(crate) error: FormError,
    pub(crate) comment: String,
}

/// Reads the form of the page: exactly its three fields, each at most once.
///
/// A code is asked for last, so that what is missing otherwise costs no try.
pub(crate) fn read(body: Option<&[u8]>, serious: bool) -> Result<Posted, Faulty> {
    let Some(fields) = body.and_then(fields) else {
        return Err(Faulty { error: FormError::Unreadable, comment: String::new() });
    };
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    // Browsers send CR LF for a line end, and count it as one character.
    let comment = field("comment").replace("\r\n", "\n").trim().to_owned();
    let faulty = |error| Faulty { error, comment: comment.clone() };
    let Some(verdict) = verdict(field("verdict")) else {
        return Err(faulty(FormError::NoVerdict));
    };
    if comment.chars().count() > MOST_COMMENT {
        return Err(faulty(FormError::CommentTooLong));
    }
    if comment.is_empty() && (serious || verdict == Verdict::Reject) {
        return Err(faulty(FormError::CommentMissing));
    }
    match MatchCode::typed(field("code")) {
        Some(code) => Ok(Posted { verdict, comment, code }),
        None => Err(faulty(FormError::EmptyCode)),
    }
}

/// What the person wanted, as far as it can be told.
pub(crate) fn wanted(body: Option<&[u8]>) -> Option<Verdict> {
    verdict(body.and_then(fields)?.get("verdict")?)
}

fn fields(body: &[u8]) -> Option<BTreeMap<String, String>> {
    std::str::from_utf8(body).ok()?;
    let mut fields = BTreeMap::new();
    for (name, value) in form_urlencoded::parse(body) {
        let known = ["verdict", "comment", "code"].contains(&name.as_ref());
        // What is no UTF-8 underneath comes out as a replacement character.
        let whole = !value.contains('\u{fffd}');
        let new = fields.insert(name.into_owned(), value.into_owned()).is_none();
        if !(known && whole && new) {
            return None;
        }
    }
    Some(fields)
}
