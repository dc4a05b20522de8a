//! Money: decimal text with two places, never a binary fraction.

use serde_json::Number;

/// The amount with exactly two decimal places; none where it is not above zero, has more places,
/// or is too large to have been written out.
#[must_use]
pub fn exact(amount: &Number) -> Option<String> {
    let text = amount.to_string();
    let (whole, cents) = text.split_once('.').unwrap_or((&text, ""));
    let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    let fits = !whole.is_empty() && whole.len() <= 12 && cents.len() <= 2;
    let above_zero = text.bytes().any(|byte| (b'1'..=b'9').contains(&byte));
    (fits && above_zero && digits(whole) && digits(cents)).then(|| format!("{whole}.{cents:0<2}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        exact(&serde_json::from_str(text).unwrap())
    }

    #[test]
    fn amounts_keep_their_cents() {
        for (text, kept) in [("480", "480.00"), ("480.5", "480.50"), ("1234.56", "1234.56")] {
            assert_eq!(read(text).as_deref(), Some(kept));
        }
        assert_eq!(read("0.01").as_deref(), Some("0.01"));
    }

    #[test]
    fn what_is_no_amount_is_refused() {
        for text in ["0", "0.0", "-1", "-0.5", "1.005", "1e16", "1e-7", "0.1234", "9999999999999"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
