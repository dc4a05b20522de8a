//! Text of others in mail: nothing in it becomes a link.

use crate::case::Case;

/// The text, already [`visible`](crate::visible()), with the marks of an address set in brackets:
/// `https:⟦//⟧pay⟦.⟧example`. Mail programs make links of whatever looks like one, and a link that
/// an agent wrote would stand beside ours.
#[must_use]
pub fn inert(text: &str) -> String {
    let mut shown = String::new();
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let after = rest.get(next.len_utf8()..).unwrap_or_default();
        if rest.starts_with("//") {
            shown.push_str("⟦//⟧");
            rest = after.get(1..).unwrap_or_default();
            continue;
        }
        if next == '.' && joins(&shown, after) {
            shown.push_str("⟦.⟧");
        } else {
            shown.push(next);
        }
        rest = after;
    }
    shown
}

/// Whether a dot between the two may be one of a domain's: a letter or digit before it, two
/// letters behind it.
fn joins(before: &str, after: &str) -> bool {
    let name = |c: char| c.is_alphanumeric() || c == '-';
    let mut behind = after.chars();
    let letters = |c: Option<char>| c.is_some_and(char::is_alphabetic);
    before.ends_with(name) && letters(behind.next()) && letters(behind.next())
}

impl Case {
    /// The same with every text of others inert.
    pub(crate) fn inert(&self) -> Self {
        let mut case = self.clone();
        for text in [&mut case.stack, &mut case.headline, &mut case.risk, &mut case.needs] {
            *text = inert(text);
        }
        case.reason = case.reason.as_deref().map(inert);
        for fact in &mut case.facts {
            fact.name = inert(&fact.name);
            fact.value = inert(&fact.value);
            fact.warning = fact.warning.as_deref().map(inert);
        }
        for change in &mut case.changes {
            for text in [&mut change.name, &mut change.was, &mut change.becomes] {
                *text = inert(text);
            }
            change.warning = change.warning.as_deref().map(inert);
        }
        for voice in &mut case.voices {
            voice.name = inert(&voice.name);
            voice.comment = voice.comment.as_deref().map(inert);
        }
        for said in case.own.iter_mut().chain(&mut case.by) {
            said.who.name = inert(&said.who.name);
        }
        if let Some(explanation) = &mut case.explanation {
            explanation.text = inert(&explanation.text);
            explanation.warning = explanation.warning.as_deref().map(inert);
        }
        case
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w05_no_address_is_left_and_numbers_and_sentences_stay() {
        for (text, shown) in [
            ("https://pay.example/a?b", "https:⟦//⟧pay⟦.⟧example/a?b"),
            ("www.evil.co.uk", "www⟦.⟧evil⟦.⟧co⟦.⟧uk"),
            ("mia@example.com", "mia@example⟦.⟧com"),
            ("//host/path", "⟦//⟧host/path"),
            ("480.00 EUR. Done. 1.2.3", "480.00 EUR. Done. 1.2.3"),
            ("пример.рф", "пример⟦.⟧рф"),
            ("", ""),
        ] {
            assert_eq!(inert(text), shown);
        }
    }
}
