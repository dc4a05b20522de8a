//! Instants: UTC, whole milliseconds, written at a fixed width so that text order is time order.

use std::fmt;
use std::str::FromStr;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An instant in UTC, in whole milliseconds.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Moment(Timestamp);

/// The text is no instant of the form `2026-11-22T10:00:00.000Z`.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not an instant of the form `2026-11-22T10:00:00.000Z`")]
pub struct MomentError;

impl Moment {
    /// 1970-01-01T00:00:00Z.
    pub const EPOCH: Self = Self(Timestamp::UNIX_EPOCH);

    /// Makes an instant from milliseconds since 1970-01-01T00:00:00Z.
    ///
    /// # Errors
    ///
    /// The value lies outside the years -9999 to 9999.
    pub fn from_millis(millis: i64) -> Result<Self, MomentError> {
        Timestamp::from_millisecond(millis).map(Self).map_err(|_| MomentError)
    }

    /// Reads an RFC 3339 instant, dropping anything finer than a millisecond.
    ///
    /// # Errors
    ///
    /// The text is not an instant.
    pub fn parse(text: &str) -> Result<Self, MomentError> {
        let read = Timestamp::from_str(text).map_err(|_| MomentError)?;
        Self::from_millis(read.as_millisecond())
    }

    /// Milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn as_millis(self) -> i64 {
        self.0.as_millisecond()
    }

    /// The instant `by` later; the last representable instant where that lies beyond it.
    #[must_use]
    pub fn plus(self, by: SignedDuration) -> Self {
        let later = i128::from(self.as_millis()).saturating_add(by.as_millis());
        i64::try_from(later)
            .ok()
            .and_then(|millis| Self::from_millis(millis).ok())
            .unwrap_or(Self(Timestamp::MAX))
    }

    /// The time from `earlier` to this instant; negative where it lies after it.
    #[must_use]
    pub fn since(self, earlier: Self) -> SignedDuration {
        self.0.duration_since(earlier.0)
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"))
    }
}

impl Serialize for Moment {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Moment {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_order_is_time_order() {
        let early = Moment::parse("2026-11-22T10:00:00Z").unwrap();
        let late = Moment::parse("2026-11-22T10:00:00.5Z").unwrap();
        assert_eq!(early.to_string(), "2026-11-22T10:00:00.000Z");
        assert!(early < late && early.to_string() < late.to_string());
    }

    #[test]
    fn addition_saturates_instead_of_wrapping() {
        let end = Moment::from_millis(0).unwrap().plus(SignedDuration::MAX);
        assert_eq!(end, Moment(Timestamp::MAX));
        assert!(end > Moment::parse("9999-01-01T00:00:00Z").unwrap());
    }

    #[test]
    fn f42_years_beyond_2038_round_trip() {
        let text = "2040-02-29T23:59:59.999Z";
        assert_eq!(Moment::parse(text).unwrap().to_string(), text);
    }
}
