//! What a hostile text must not do to what people read, for tests.

use std::collections::BTreeSet;

use approval_core::decision::Verdict;
use approval_core::status::Status;

use crate::case::Case;
use crate::fixture::{poisoned, said};
use crate::mail::Mail;
use crate::visible::hides;

/// The tags of a document, each as it is written.
fn tags(html: &str) -> BTreeSet<&str> {
    html.split('<').skip(1).map(|tag| tag.split('>').next().unwrap_or(tag)).collect()
}

/// The case whose text is plain, with a warning of every kind.
async fn plain(status: Status) -> Case {
    let text = "\u{430}dmin 480.00";
    poisoned(status, text, &[said("ana", text, Verdict::Approve, text)]).await
}

/// Checks that a hostile text made no tag, attribute, address, hidden character or long line: the
/// document has no tag that it has not with plain text.
pub(crate) async fn assert_harmless(case: &Case, text: &str, write: impl Fn(&Case) -> String) {
    let plain = plain(case.status).await;
    let written = |case: &Case| write(case).replace(&case.digest.to_string(), "digest");
    let (html, known) = (written(case), written(&plain));
    let made: Vec<_> = tags(&html).difference(&tags(&known)).copied().map(str::to_owned).collect();
    assert!(made.is_empty(), "{text:?} makes {made:?}");
    let hidden = html.chars().find(|c| hides(*c) && *c != '\n');
    assert_eq!(hidden, None, "{text:?} is hidden in {html}");
}

/// The same for a mail, in which nothing of it may become a link, a header or a line of ours.
pub(crate) async fn assert_harmless_mail(case: &Case, text: &str, write: impl Fn(&Case) -> Mail) {
    assert_harmless(case, text, |case| write(case).html).await;
    let (mail, plain) = (write(case), write(&plain(case.status).await));
    assert!(mail.subject.chars().all(|c| c.is_ascii_graphic() || c == ' '), "{}", mail.subject);
    assert!(mail.subject.len() <= 150);
    for (form, plain) in [(&mail.text, &plain.text), (&mail.html, &plain.html)] {
        for address in ["://", "www.", "evil.example"] {
            assert_eq!(form.matches(address).count(), plain.matches(address).count(), "{text:?}");
        }
    }
    let hidden = mail.text.chars().find(|c| hides(*c) && *c != '\n');
    assert_eq!(hidden, None, "{text:?} is hidden in {}", mail.text);
    assert!(!mail.text.contains(&" ".repeat(60)), "{text:?}");
    for line in mail.text.lines() {
        assert!(line.chars().count() <= 78, "{line}");
        let ours = line.starts_with("To decide,") && line.contains("AAAA");
        assert!(!ours, "{text:?} reads like ours: {line}");
    }
}
