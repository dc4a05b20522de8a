//! Letters that pass for others.

/// Warns of a text whose words mix scripts that look alike, or that holds a punycode name.
///
/// The scripts are Latin, Greek and Cyrillic, whose letters are taken for one another. A word of
/// one script alone is no cause for a warning, whatever it looks like.
#[must_use]
pub fn warning(text: &str) -> Option<String> {
    if text.to_ascii_lowercase().contains("xn--") {
        return Some("It holds a name in punycode (xn--), which may look like another.".to_owned());
    }
    let words = text.split(|c: char| !c.is_alphanumeric());
    let mixed = words.into_iter().find(|word| mixes(word))?;
    let foreign = mixed.chars().find(|c| script(*c).is_some_and(|s| s != Script::Latin))?;
    Some(format!(
        "It mixes scripts that look alike: {foreign} is U+{:04X}, not a Latin letter.",
        u32::from(foreign)
    ))
}

#[derive(Clone, Copy, Eq, PartialEq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
}

fn mixes(word: &str) -> bool {
    let mut scripts = word.chars().filter_map(script);
    scripts.next().is_some_and(|first| scripts.any(|other| other != first))
}

fn script(c: char) -> Option<Script> {
    match u32::from(c) {
        0x41..=0x5A | 0x61..=0x7A | 0xC0..=0x24F | 0x1E00..=0x1EFF => Some(Script::Latin),
        0x370..=0x3FF | 0x1F00..=0x1FFF => Some(Script::Greek),
        0x400..=0x52F | 0x1C80..=0x1C8F | 0x2DE0..=0x2DFF | 0xA640..=0xA69F => {
            Some(Script::Cyrillic)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn g05_mixed_scripts_and_punycode_are_warned_of() {
        let warned = warning("\u{430}dmin@example.com").unwrap();
        assert!(warned.contains("U+0430"), "{warned}");
        assert!(warning("p\u{430}yp\u{430}l").is_some());
        assert!(warning("mail@xn--pypal-4ve.com").unwrap().contains("punycode"));
        for plain in ["admin@example.com", "Übergröße", "привет", "Ω", "480.00 EUR", ""] {
            assert_eq!(warning(plain), None, "{plain}");
        }
    }
}
