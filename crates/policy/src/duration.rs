//! ISO 8601 durations, positive.

use jiff::{SignedDuration, Span, SpanRelativeTo};
use serde::{Deserialize, Deserializer};

/// The text is no positive ISO 8601 duration.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is not a duration: write days, hours, minutes and seconds as `P7D` or `PT4H`")]
pub(crate) struct DurationError(String);

/// Reads a duration such as `PT4H` or `P7D`; a day is 24 hours. Zero is read too.
pub(crate) fn parse(text: &str) -> Result<SignedDuration, DurationError> {
    // Jiff reads friendly forms such as `4 hours` as well; a bundle has one spelling.
    let iso = text.starts_with('P').then(|| text.parse::<Span>().ok()).flatten();
    iso.and_then(|span| span.to_duration(SpanRelativeTo::days_are_24_hours()).ok())
        .filter(|read| !read.is_negative())
        .ok_or_else(|| DurationError(approval_core::strict::shown(text)))
}

/// Reads a duration out of a bundle file.
pub(crate) fn read<'de, D: Deserializer<'de>>(reader: D) -> Result<SignedDuration, D::Error> {
    parse(&String::deserialize(reader)?).map_err(serde::de::Error::custom)
}

/// Reads a duration out of a bundle file, refusing zero.
pub(crate) fn positive<'de, D: Deserializer<'de>>(reader: D) -> Result<SignedDuration, D::Error> {
    let read = read(reader)?;
    if read.is_zero() {
        return Err(serde::de::Error::custom("a duration of zero: write at least `PT1M`"));
    }
    Ok(read)
}

/// The same where there may be none.
pub(crate) fn positive_if_any<'de, D: Deserializer<'de>>(
    reader: D,
) -> Result<Option<SignedDuration>, D::Error> {
    positive(reader).map(Some)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_hours_are_read() {
        assert_eq!(parse("PT4H"), Ok(SignedDuration::from_hours(4)));
        assert_eq!(parse("P7D"), Ok(SignedDuration::from_hours(168)));
        assert_eq!(parse("PT0S"), Ok(SignedDuration::ZERO));
    }

    #[test]
    fn other_spellings_are_refused_with_the_right_one() {
        for text in ["4h", "4 hours", "P1M", "P1Y", "-PT4H", "PT-4H", "", "P", "14400"] {
            let refusal = parse(text).unwrap_err().to_string();
            assert!(refusal.ends_with("as `P7D` or `PT4H`"), "{refusal}");
        }
    }
}
