//! The visible-text filter: what a person reads is what is there.

use std::fmt::Write;

/// The most bytes of a text that are shown; the rest is counted.
pub const MOST_BYTES: usize = 1000;
/// The most spaces in a row that are shown as they are.
const MOST_SPACES: usize = 3;

/// The text in one line in which nothing is hidden, moved or left out silently.
///
/// A character that hides or reorders text is shown as `⟦U+202E⟧`, spaces that cannot be seen or
/// that push text away as `⟦5000 spaces⟧`, what is beyond [`MOST_BYTES`] as
/// `⟦4096 more characters⟧`, and no text at all as `⟦empty⟧`.
///
/// ```
/// use approval_views::visible;
///
/// assert_eq!(visible("invoice\u{202e}fdp.exe"), "invoice⟦U+202E⟧fdp.exe");
/// assert_eq!(visible("pay 10 "), "pay 10⟦1 space⟧");
/// ```
///
/// # Security
///
/// The brackets themselves are escaped, so that a text cannot imitate a marker: up to the bound,
/// two texts that look the same here are made of the same characters. Letters of different
/// scripts may still look alike.
#[must_use]
pub fn visible(text: &str) -> String {
    if text.is_empty() {
        return "⟦empty⟧".to_owned();
    }
    let mut shown = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        if shown.len() >= MOST_BYTES {
            shown.push_str(&marker(rest.chars().count(), "more character"));
            break;
        }
        let after = rest.trim_start_matches(' ');
        let spaces = rest.len().saturating_sub(after.len());
        if spaces > MOST_SPACES || (spaces > 0 && (shown.is_empty() || after.is_empty())) {
            shown.push_str(&marker(spaces, "space"));
        } else if hides(next) || "⟦⟧".contains(next) {
            // INVARIANT: writing to a String cannot fail.
            let _ = write!(shown, "⟦U+{:04X}⟧", u32::from(next));
        } else {
            shown.push_str(rest.get(..spaces).unwrap_or_default());
            shown.extend((spaces == 0).then_some(next));
        }
        rest = if spaces > 0 { after } else { rest.get(next.len_utf8()..).unwrap_or_default() };
    }
    shown
}

fn marker(count: usize, what: &str) -> String {
    format!("⟦{count} {what}{}⟧", if count == 1 { "" } else { "s" })
}

/// Whether the character is invisible, moves or covers others, ends the line, or means nothing
/// that is agreed on. A plain space is none of these.
#[must_use]
pub fn hides(c: char) -> bool {
    let code = u32::from(c);
    if c.is_control() || (c.is_whitespace() && c != ' ') || code & 0xFFFE == 0xFFFE {
        return true;
    }
    matches!(
        code,
        // Soft hyphen, grapheme joiner, Arabic and Syriac marks over or around other text.
        0xAD | 0x34F | 0x600..=0x605 | 0x61C | 0x6DD | 0x70F | 0x890..=0x891 | 0x8E2
        // Overlays, which strike other characters out or enclose them.
        | 0x334..=0x338 | 0x20D0..=0x20FF
        // Hangul fillers, Khmer inherent vowels, a blank of Braille and one of music.
        | 0x115F..=0x1160 | 0x3164 | 0xFFA0 | 0x17B4..=0x17B5 | 0x2800 | 0x1D159
        // Mongolian and general variation selectors.
        | 0x180B..=0x180F | 0xFE00..=0xFE0F
        // Zero width, bidirectional controls, invisible operators, byte order mark.
        | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x206F | 0xFEFF
        // Noncharacters, interlinear annotation and other specials.
        | 0xFDD0..=0xFDEF | 0xFFF0..=0xFFFB
        // Controls of single scripts, of shorthand and of music.
        | 0x110BD | 0x110CD | 0x13430..=0x1343F | 0x1BCA0..=0x1BCA3 | 0x1D173..=0x1D17A
        // Tags, further variation selectors and all that is ignored by default beside them.
        | 0xE0000..=0xE0FFF
        // Private use.
        | 0xE000..=0xF8FF | 0xF0000..=0x10_FFFF
    )
}

#[cfg(test)]
mod tests;
