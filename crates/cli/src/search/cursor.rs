//! Where the next page begins.

use std::fmt;
use std::str::FromStr;

use approval_core::moment::Moment;
use approval_core::name::RequestId;

/// The place behind which the next page begins. It stays where it is, whatever comes or goes
/// before it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Cursor {
    /// Whether among what has ended, which comes after what is open.
    pub(super) ended: bool,
    /// The place; none at the front.
    pub(super) place: Option<String>,
}

/// The text is no cursor.
#[derive(Debug, thiserror::Error)]
#[error("not a place in a list: begin at its front")]
pub(crate) struct CursorError;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = if self.ended { "ended" } else { "open" };
        write!(f, "{part}~{}", self.place.as_deref().unwrap_or_default())
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (part, place) = text.split_once('~').ok_or(CursorError)?;
        let ended = match part {
            "open" => false,
            "ended" => true,
            _ => return Err(CursorError),
        };
        if place.is_empty() {
            return Ok(Self { ended, place: None });
        }
        let (at, id) = place.split_once('#').ok_or(CursorError)?;
        let at = Moment::parse(at).map_err(|_| CursorError)?;
        let id = RequestId::parse(id).map_err(|_| CursorError)?;
        Ok(Self { ended, place: Some(format!("{at}#{id}")) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_reads_back_and_nothing_else_is_one() {
        for text in
            ["open~2026-11-22T10:00:00.000Z#r-1", "ended~", "ended~2026-11-22T10:00:00.000Z#r-1"]
        {
            assert_eq!(text.parse::<Cursor>().unwrap().to_string(), text);
        }
        for none in
            ["", "open", "late~", "open~r-1", "open~now#r-1", "open~2026-11-22T10:00:00Z#a b"]
        {
            assert!(none.parse::<Cursor>().is_err(), "{none}");
        }
    }
}
