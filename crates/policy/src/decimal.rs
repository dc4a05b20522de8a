//! Decimals with four places, exact: what a JSON `number` is to the rules.

use std::fmt;

use serde_json::Number;

/// The largest integer that doubles, and so canonical JSON, hold exactly: 2^53 - 1.
pub(crate) const MOST_INTEGER: u64 = approval_core::strict::MOST_INTEGER;

/// A decimal with four places, within the range of Cedar's `decimal`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Decimal {
    ten_thousandths: i64,
}

/// Why text is no such decimal.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum DecimalError {
    #[error("`-0` is not a number here: send `0`")]
    NegativeZero,
    #[error("not a number in JSON's notation")]
    NotNumber,
    #[error("a number has at most 4 decimal places and 15 digits in all: send fewer")]
    TooPrecise,
    #[error("a number lies within ±922337203685477: send a smaller one")]
    OutOfRange,
}

impl Decimal {
    /// Reads JSON's number notation exactly, exponents included.
    pub(crate) fn parse(text: &str) -> Result<Self, DecimalError> {
        let (negative, text) = match text.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (mantissa, exponent) = match text.split_once(['e', 'E']) {
            Some((mantissa, exponent)) => (mantissa, exponent_of(exponent)?),
            None => (text, 0),
        };
        let (whole, places) = match mantissa.split_once('.') {
            Some((whole, places)) if digits(places) => (whole, places),
            Some(_) => return Err(DecimalError::NotNumber),
            None => (mantissa, ""),
        };
        if !digits(whole) || (whole.len() > 1 && whole.starts_with('0')) {
            return Err(DecimalError::NotNumber);
        }
        let all = format!("{whole}{places}");
        let significant = all.trim_end_matches('0');
        if significant.is_empty() {
            return if negative { Err(DecimalError::NegativeZero) } else { Ok(Self::ZERO) };
        }
        // The value is `significant` times ten to the power `shift`, in ten-thousandths.
        let dropped = all.len().saturating_sub(significant.len());
        let shift = exponent
            .saturating_add(4)
            .saturating_add(i64::try_from(dropped).unwrap_or(i64::MAX))
            .saturating_sub(i64::try_from(places.len()).unwrap_or(i64::MAX));
        if shift < 0 {
            return Err(DecimalError::TooPrecise);
        }
        let scale = u32::try_from(shift).ok().and_then(|shift| 10_i64.checked_pow(shift));
        let size = significant.parse::<i64>().ok();
        let signed = size
            .zip(scale)
            .and_then(|(size, scale)| size.checked_mul(scale))
            .map(|size| if negative { size.saturating_neg() } else { size });
        signed.map(|ten_thousandths| Self { ten_thousandths }).ok_or(DecimalError::OutOfRange)
    }

    /// The value of a JSON number.
    pub(crate) fn of(number: &Number) -> Result<Self, DecimalError> {
        Self::parse(&number.to_string())
    }

    /// The JSON number with this value; its canonical form reads back as the same decimal.
    pub(crate) fn to_number(self) -> Result<Number, DecimalError> {
        if self.ten_thousandths.checked_rem(10_000) == Some(0) {
            let whole = self.ten_thousandths.checked_div(10_000).unwrap_or_default();
            return if whole.unsigned_abs() <= MOST_INTEGER {
                Ok(Number::from(whole))
            } else {
                Err(DecimalError::OutOfRange)
            };
        }
        let double = self.to_string().parse::<f64>().ok().and_then(Number::from_f64);
        double.filter(|number| Self::of(number) == Ok(self)).ok_or(DecimalError::TooPrecise)
    }

    /// The value for people: at least two places.
    pub(crate) fn shown(self) -> String {
        let full = self.to_string();
        match full.strip_suffix("00") {
            Some(short) => short.to_owned(),
            None => full.strip_suffix('0').unwrap_or(&full).to_owned(),
        }
    }

    const ZERO: Self = Self { ten_thousandths: 0 };
}

/// Cedar's notation: always four places.
impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.ten_thousandths < 0 { "-" } else { "" };
        let size = self.ten_thousandths.unsigned_abs();
        write!(f, "{sign}{}.{:04}", size / 10_000, size % 10_000)
    }
}

fn digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

fn exponent_of(text: &str) -> Result<i64, DecimalError> {
    let (negative, size) = match text.strip_prefix('-') {
        Some(size) => (true, size),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if !digits(size) {
        return Err(DecimalError::NotNumber);
    }
    let size: i64 = size.parse().map_err(|_| DecimalError::OutOfRange)?;
    Ok(if negative { size.saturating_neg() } else { size })
}

#[cfg(test)]
mod tests;
