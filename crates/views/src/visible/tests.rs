//! The filter against text that hides, and against any text at all.

use proptest::prelude::*;

use super::*;

#[test]
fn plain_text_stays_as_it_is() {
    for text in ["Refund 480.00 EUR for order A-1042", "Čeština, 日本語, العربية, 🙂", "a   b"]
    {
        assert_eq!(visible(text), text);
    }
}

#[test]
fn g03_bidirectional_controls_are_shown() {
    for c in ('\u{202a}'..='\u{202e}').chain('\u{2066}'..='\u{2069}').chain(['\u{61c}', '\u{200f}'])
    {
        let code = u32::from(c);
        assert_eq!(visible(&format!("a{c}b")), format!("a⟦U+{code:04X}⟧b"));
    }
}

#[test]
fn g04_what_cannot_be_seen_is_shown() {
    let cases = [
        ("tag", '\u{e0041}'),
        ("zero width space", '\u{200b}'),
        ("zero width joiner", '\u{200d}'),
        ("byte order mark", '\u{feff}'),
        ("Hangul filler", '\u{3164}'),
        ("half width Hangul filler", '\u{ffa0}'),
        ("variation selector", '\u{fe0f}'),
        ("variation selector 17", '\u{e0100}'),
        ("private use", '\u{e000}'),
        ("private use, plane 16", '\u{10fffd}'),
        ("no-break space", '\u{a0}'),
        ("soft hyphen", '\u{ad}'),
        ("Braille blank", '\u{2800}'),
        ("overlay", '\u{336}'),
    ];
    for (what, c) in cases {
        assert_eq!(visible(&format!("a{c}")), format!("a⟦U+{:04X}⟧", u32::from(c)), "{what}");
    }
}

#[test]
fn a09_nothing_ends_the_line_or_commands_the_terminal() {
    assert_eq!(visible("a\r\nb\tc"), "a⟦U+000D⟧⟦U+000A⟧b⟦U+0009⟧c");
    assert_eq!(visible("\u{1b}[2Jok\u{9b}1m\u{7f}"), "⟦U+001B⟧[2Jok⟦U+009B⟧1m⟦U+007F⟧");
    assert_eq!(visible("a\u{85}b\u{2028}c\u{2029}d"), "a⟦U+0085⟧b⟦U+2028⟧c⟦U+2029⟧d");
}

#[test]
fn g06_spaces_that_push_text_away_are_counted() {
    assert_eq!(visible(&format!("a{}b", " ".repeat(5000))), "a⟦5000 spaces⟧b");
    assert_eq!(visible("a    b"), "a⟦4 spaces⟧b");
    assert_eq!(visible(" admin  "), "⟦1 space⟧admin⟦2 spaces⟧");
    assert_eq!(visible("\n".repeat(3).as_str()), "⟦U+000A⟧".repeat(3));
}

#[test]
fn g06_what_is_left_out_is_counted() {
    assert_eq!(visible(&"x".repeat(MOST_BYTES)), "x".repeat(MOST_BYTES));
    let long = visible(&format!("{}secret", "x".repeat(MOST_BYTES)));
    assert_eq!(long, format!("{}⟦6 more characters⟧", "x".repeat(MOST_BYTES)));
}

#[test]
fn a_marker_cannot_be_imitated() {
    assert_eq!(visible("⟦secret⟧"), "⟦U+27E6⟧secret⟦U+27E7⟧");
    assert_eq!(visible(""), "⟦empty⟧");
}

/// Reads what was shown back; none where something was left out.
fn read_back(shown: &str) -> Option<String> {
    let mut text = String::new();
    let mut rest = shown;
    while let Some((plain, after)) = rest.split_once('⟦') {
        let (marker, after) = after.split_once('⟧')?;
        text.push_str(plain);
        if let Some(code) = marker.strip_prefix("U+") {
            text.push(char::from_u32(u32::from_str_radix(code, 16).ok()?)?);
        } else if marker.ends_with("space") || marker.ends_with("spaces") {
            text.push_str(&" ".repeat(marker.split_once(' ')?.0.parse().ok()?));
        } else if marker != "empty" {
            return None;
        }
        rest = after;
    }
    text.push_str(rest);
    Some(text)
}

fn hostile() -> impl Strategy<Value = String> {
    let odd = "[a ⟦⟧\n\r\t\u{1b}\u{85}\u{a0}\u{200b}-\u{200f}\u{2028}-\u{202e}\u{2066}-\u{2069}\u{3164}\u{fe0f}\u{feff}\u{e000}\u{e0020}-\u{e007f}]{0,40}";
    prop_oneof![any::<String>(), odd, " {0,3000}b {0,9}"]
}

proptest! {
    #[test]
    fn g03_g04_g06_nothing_hides_in_any_text(text in hostile()) {
        let shown = visible(&text);
        prop_assert!(!shown.chars().any(hides), "{shown:?}");
        prop_assert!(shown.lines().count() == 1 && !shown.contains("    "));
        prop_assert!(shown.len() <= MOST_BYTES + 64, "{} bytes", shown.len());
    }

    #[test]
    fn promise_12_what_is_shown_reads_back(text in hostile()) {
        if let Some(read) = read_back(&visible(&text)) {
            prop_assert_eq!(read, text);
        }
    }
}
