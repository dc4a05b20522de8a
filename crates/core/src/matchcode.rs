//! The match code: four characters that stand in the mail and nowhere else.

use std::fmt;

use crate::canonical::{self, CanonicalError};
use crate::link::Link;
use crate::ports::Mac;

/// Digits and letters that are not taken for one another: no 0, 1, I or O.
const ALPHABET: &[u8; 32] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
/// How many characters a code has.
const LENGTH: usize = 4;
/// The most characters that are looked at of what was typed.
const MOST_TYPED: usize = 16;

/// What an approver types to decide.
///
/// # Security
///
/// A mail scanner follows the link, runs what is on the page and presses its buttons; it does not
/// read a word in the mail and type it. The code is derived, not stored: the row holds only a code
/// of the link key over link and match code, so that whoever reads the table learns nothing.
#[derive(Clone, Eq, PartialEq)]
pub struct MatchCode(String);

impl MatchCode {
    /// The code out of the link key's code over [`derivation`].
    #[must_use]
    pub fn derived(mac: &Mac) -> Self {
        let letters = mac.0.iter().take(LENGTH).map(|byte| {
            let at = usize::from(byte % 32);
            ALPHABET.get(at).copied().map_or('?', char::from)
        });
        Self(letters.collect())
    }

    /// What was typed, without case, spaces and hyphens; none where nothing was.
    #[must_use]
    pub fn typed(text: &str) -> Option<Self> {
        let typed = text.chars().filter(|c| !c.is_whitespace() && *c != '-');
        let typed: String = typed.take(MOST_TYPED).flat_map(char::to_uppercase).collect();
        (!typed.is_empty()).then_some(Self(typed))
    }

    /// The characters, for the one message that carries them.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for MatchCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MatchCode")
    }
}

/// What the link key authenticates to derive the code of a link.
///
/// # Errors
///
/// The link has no canonical form.
pub fn derivation(link: &Link) -> Result<Vec<u8>, CanonicalError> {
    canonical::bytes(&("countersign-code-v1", link))
}

/// What the link key authenticates to recognise the code of a link.
///
/// # Errors
///
/// The link has no canonical form.
pub fn recognition(link: &Link, code: &MatchCode) -> Result<Vec<u8>, CanonicalError> {
    canonical::bytes(&("countersign-match-v1", link, &code.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decision::Verdict;
    use crate::fixture;

    #[test]
    fn a_code_has_four_characters_that_are_not_taken_for_one_another() {
        let code = MatchCode::derived(&Mac((0..32).collect()));
        assert_eq!(code.expose(), "2345");
        assert_eq!(MatchCode::derived(&Mac(vec![255; 32])).expose(), "ZZZZ");
        assert!(ALPHABET.iter().all(|c| !b"01IO".contains(c)));
    }

    #[test]
    fn case_spaces_and_hyphens_do_not_matter_and_nothing_is_no_code() {
        assert_eq!(MatchCode::typed(" 7f-3 k "), Some(MatchCode("7F3K".to_owned())));
        assert_eq!(MatchCode::typed(" - "), None);
        assert_eq!(MatchCode::typed(""), None);
        let long = MatchCode::typed(&"A".repeat(100_000)).unwrap();
        assert_eq!(long.expose().len(), MOST_TYPED);
    }

    #[test]
    fn what_is_authenticated_says_what_for_and_names_the_link() {
        let request = fixture::pending(&[fixture::need("managers", 1)]);
        let link = fixture::says(&request, "ana", Verdict::Approve, fixture::at(1)).link;
        let code = MatchCode("7F3K".to_owned());
        let canonical = canonical::bytes(&link).unwrap();
        let canonical = String::from_utf8(canonical).unwrap();
        for (message, expected) in [
            (link.message(), format!(r#"["countersign-link-v1",{canonical}]"#)),
            (derivation(&link), format!(r#"["countersign-code-v1",{canonical}]"#)),
            (recognition(&link, &code), format!(r#"["countersign-match-v1",{canonical},"7F3K"]"#)),
        ] {
            assert_eq!(String::from_utf8(message.unwrap()).unwrap(), expected);
        }
    }

    #[test]
    fn a_code_shows_in_no_debug_output() {
        assert_eq!(format!("{:?}", MatchCode("7F3K".to_owned())), "MatchCode");
    }
}
