//! Instants and spans as people read them.

use approval_core::moment::Moment;
use jiff::SignedDuration;

/// `2026-11-22 14:30 UTC`.
#[must_use]
pub fn minute(at: Moment) -> String {
    let text = at.to_string();
    let (day, time) = (text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default());
    format!("{day} {time} UTC")
}

/// `14:30 UTC`.
#[must_use]
pub fn clock(at: Moment) -> String {
    format!("{} UTC", at.to_string().get(11..16).unwrap_or_default())
}

/// `3 h 12 min`, in the two largest units; nothing is less than `0 s`.
#[must_use]
pub fn left(span: SignedDuration) -> String {
    let seconds = span.as_secs().max(0);
    let units = [(86_400, "d"), (3_600, "h"), (60, "min"), (1, "s")];
    let mut rest = seconds;
    let parts = units.map(|(size, unit)| {
        let count = rest.checked_div(size).unwrap_or_default();
        rest = rest.checked_rem(size).unwrap_or_default();
        (count, unit)
    });
    let first = parts.iter().position(|(count, _)| *count > 0).unwrap_or(3);
    let shown = parts.iter().skip(first).take(2).filter(|(count, _)| *count > 0 || seconds == 0);
    shown.map(|(count, unit)| format!("{count} {unit}")).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_read_as_people_say_them() {
        let at = Moment::parse("2026-11-22T14:30:59Z").unwrap();
        assert_eq!(minute(at), "2026-11-22 14:30 UTC");
        assert_eq!(clock(at), "14:30 UTC");
        let spans = [(11_520, "3 h 12 min"), (59, "59 s"), (60, "1 min"), (176_400, "2 d 1 h")];
        for (seconds, words) in spans {
            assert_eq!(left(SignedDuration::from_secs(seconds)), words);
        }
        assert_eq!(left(SignedDuration::from_secs(-5)), "0 s");
    }
}
