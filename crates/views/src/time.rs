//! Instants and spans as people read them.

use approval_core::moment::Moment;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// `2026-11-22 14:30 UTC`.
#[must_use]
pub fn minute(at: Moment) -> String {
    let text = at.to_string();
    let (day, time) = (text.get(..10).unwrap_or_default(), text.get(11..16).unwrap_or_default());
    format!("{day} {time} UTC")
}

/// `2026-11-22 14:30 UTC (15:30 in Europe/Berlin)`, with the day where theirs is another one.
///
/// UTC comes first: it is the same for everybody who is asked, and in the audit trail.
#[must_use]
pub fn there(at: Moment, zone: Option<&TimeZone>) -> String {
    let told = minute(at);
    let named = zone.and_then(|zone| Some((zone, zone.iana_name()?)));
    let Some((zone, name)) = named.filter(|(_, name)| !name.ends_with("UTC")) else {
        return told;
    };
    let Ok(instant) = Timestamp::from_millisecond(at.as_millis()) else { return told };
    let local = instant.to_zoned(zone.clone());
    let (day, time) = (local.strftime("%Y-%m-%d").to_string(), local.strftime("%H:%M"));
    if told.starts_with(&day) {
        format!("{told} ({time} in {name})")
    } else {
        format!("{told} ({day} {time} in {name})")
    }
}

/// When something was, as told at `now`: the time alone where it was on the same day.
#[must_use]
pub fn recent(at: Moment, now: Moment) -> String {
    let (told, day) = (minute(at), minute(now));
    if told.get(..10) == day.get(..10) { clock(at) } else { told }
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
    fn deadlines_are_told_in_utc_and_where_the_reader_is() {
        let zone = |name: &str| jiff::tz::TimeZoneDatabase::bundled().get(name).unwrap();
        let winter = Moment::parse("2026-11-22T14:30:00Z").unwrap();
        let summer = Moment::parse("2026-07-22T14:30:00Z").unwrap();
        for (at, name, told) in [
            (winter, "Europe/Berlin", "2026-11-22 14:30 UTC (15:30 in Europe/Berlin)"),
            (summer, "Europe/Berlin", "2026-07-22 14:30 UTC (16:30 in Europe/Berlin)"),
            (winter, "asia/tokyo", "2026-11-22 14:30 UTC (23:30 in Asia/Tokyo)"),
            (
                winter,
                "Pacific/Auckland",
                "2026-11-22 14:30 UTC (2026-11-23 03:30 in Pacific/Auckland)",
            ),
            (winter, "Asia/Kathmandu", "2026-11-22 14:30 UTC (20:15 in Asia/Kathmandu)"),
            (winter, "Etc/UTC", "2026-11-22 14:30 UTC"),
        ] {
            assert_eq!(there(at, Some(&zone(name))), told);
        }
        assert_eq!(there(winter, None), "2026-11-22 14:30 UTC");
    }

    #[test]
    fn what_was_on_another_day_is_told_with_its_day() {
        let [at, now] = ["2026-11-21T23:59:00Z", "2026-11-22T00:01:00Z"]
            .map(|text| Moment::parse(text).unwrap());
        assert_eq!(recent(at, now), "2026-11-21 23:59 UTC");
        assert_eq!(recent(now, now), "00:01 UTC");
    }

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
