//! Whom approvers ask for help, as the operator wrote it: in the same place of every mail and page.

use crate::visible::visible;

/// A contact.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Help {
    /// What it says, made visible.
    pub text: String,
    /// Where it leads, where all of it is one address.
    pub href: Option<String>,
}

impl Help {
    /// The contact in the roster.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: visible(text), href: address(text) }
    }
}

fn address(text: &str) -> Option<String> {
    if !text.chars().all(|c| c.is_ascii_graphic()) {
        return None;
    }
    let is_mail = text.contains('@') && !text.contains([':', '/', '?', '&']);
    let is_page = text.starts_with("https://");
    (is_mail || is_page).then(|| if is_page { text.to_owned() } else { format!("mailto:{text}") })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_is_a_link_and_words_are_words() {
        for (text, href) in [
            ("help@example.com", Some("mailto:help@example.com")),
            ("https://example.com/help", Some("https://example.com/help")),
            ("#approvals, or help@example.com", None),
            ("http://example.com", None),
            ("javascript:alert(1)//@x", None),
            ("extension 42", None),
        ] {
            assert_eq!(Help::new(text).href.as_deref(), href, "{text}");
        }
    }
}
