//! The mail that tells how it ended, to everybody who was asked. No link, no code.

use approval_core::status::Status;
use askama::Template;

use crate::case::Case;
use crate::mail::{Mail, MailKind, SubjectDetail, subject};
use crate::page::afterwards;
use crate::wrap::Column;

const FOOTER: &str = "You get this because you were asked to decide. Nothing is left to do. Replies \
                      are not read.";

#[derive(Template)]
#[template(path = "ended.html")]
struct Html<'a> {
    case: &'a Case,
    title: &'static str,
    what: &'a str,
    footer: &'static str,
}

/// Writes the mail about a request that has ended.
#[must_use]
pub fn compose(case: &Case, detail: SubjectDetail) -> Mail {
    let case = &case.inert();
    let title = title(case.status);
    let (what, _) = afterwards(case);
    let html = Html { case, title, what: &what, footer: FOOTER }.render();
    let mut mail = Column::default();
    mail.hanging(&case.headline);
    mail.paragraph(&format!("{title}. {what}"));
    if !case.voices.is_empty() {
        mail.heading("Who decided");
        for voice in &case.voices {
            mail.fact(&voice.name, &voice.did);
            if let Some(comment) = &voice.comment {
                mail.quote(comment);
            }
        }
        mail.gap();
    }
    mail.whole("--");
    mail.paragraph(FOOTER);
    mail.paragraph(&case.imprint());
    Mail {
        subject: subject(MailKind::Ended, case, detail),
        text: mail.done(),
        // INVARIANT: what the template writes to cannot fail.
        html: html.unwrap_or_default(),
    }
}

fn title(status: Status) -> &'static str {
    match status {
        Status::Received | Status::Pending | Status::Allowed => "Not decided yet",
        Status::Approved | Status::Executing => "Approved",
        Status::InDoubt => "In doubt",
        Status::Executed => "Done",
        Status::Failed => "Not done",
        Status::Refused => "Refused",
        Status::Rejected => "Rejected",
        Status::Expired => "Expired",
        Status::Cancelled => "Cancelled",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{HOSTILE, case, refund, said};
    use approval_core::decision::Verdict;

    #[tokio::test]
    async fn everybody_is_told_how_it_ended_and_gets_no_link() {
        let voices = [said("ana", "Ana", Verdict::Reject, "Wrong order.")];
        let case = case(refund(), Status::Rejected, &voices).await;
        let mail = compose(&case, SubjectDetail::Full);
        assert_eq!(
            mail.subject,
            "Re: Approval needed: Refund 1200.00 EUR for order A-1042 [R-r-1234]"
        );
        assert_eq!(
            mail.text,
            "\
Refund 1200.00 EUR for order A-1042

Rejected. It was rejected by Ana. Nothing was done. The agent is told when
it asks.

Who decided
  Ana             rejected at 10:30 UTC
  | Wrong order.
  Ben (you)       did not answer
  Col             did not answer

--
You get this because you were asked to decide. Nothing is left to do.
Replies are not read.

Stack demo, request r-123456789, fingerprint "
                .to_owned()
                + &case.fingerprint()
                + "\n\n"
        );
        for form in [&mail.text, &mail.html] {
            assert!(!form.contains("http") && !form.contains("/a/"), "{form}");
        }
    }

    #[tokio::test]
    async fn each_end_has_its_own_title_and_hostile_text_does_nothing() {
        let mut titles = std::collections::BTreeSet::new();
        for status in Status::ALL.into_iter().filter(|status| status.is_terminal()) {
            assert!(titles.insert(title(status)), "{status}");
            for hostile in HOSTILE {
                let mut arguments = refund();
                arguments["order"] = hostile.into();
                let voices = [said("ana", "Ana", Verdict::Reject, hostile)];
                let mail = compose(&case(arguments, status, &voices).await, SubjectDetail::Full);
                assert!(mail.subject.is_ascii() && !mail.subject.contains(['\r', '\n']));
                for bad in ["<script", "<a href", "<form", "\u{202e}", "\u{200b}", "evil.example"] {
                    assert!(!mail.html.contains(bad), "{bad}: {}", mail.html);
                }
            }
        }
    }
}
