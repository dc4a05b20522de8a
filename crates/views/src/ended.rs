//! The mail that tells how it ended, to everybody who was asked. No link, no code.

use approval_core::status::Status;
use askama::Template;

use crate::case::Case;
use crate::ending::to_you;
use crate::mail::{Mail, MailKind, SubjectDetail, subject};
use crate::wrap::Column;

const FOOTER: &str = "You get this because you were asked to decide. Nothing is left to do. Replies \
                      are not read. Report a mail you did not expect to your security team.";

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
    let what = to_you(case);
    let html = Html { case, title, what: &what, footer: FOOTER }.render();
    let mut mail = Column::default();
    mail.hanging(&case.headline);
    mail.paragraph(&format!("{title}. {what}"));
    if !case.voices.is_empty() {
        mail.heading("Who decided");
        for voice in &case.voices {
            mail.fact(&voice.named(), &voice.did);
            if let Some(comment) = &voice.comment {
                mail.quote(comment);
            }
        }
        mail.gap();
    }
    mail.foot(FOOTER, case);
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
    use crate::fixture::{case, hostile_texts, poisoned, refund, said};
    use crate::harmless::assert_harmless_mail;
    use approval_core::cause::Cause;
    use approval_core::decision::Verdict;

    #[tokio::test]
    async fn nobody_gets_a_link_and_a_minimal_subject_says_nothing_of_it() {
        let voices = [said("ana", "Ana", Verdict::Reject, "Wrong order.")];
        let case = case(refund(), Status::Rejected, &voices).await;
        let mail = compose(&case, SubjectDetail::Full);
        let subject = "Re: Approval needed: Refund 1200.00 EUR for order A-1042 [R-r-1234]";
        assert_eq!(mail.subject, subject, "it stays in the thread of the first mail");
        for form in [&mail.text, &mail.html] {
            assert!(!form.contains("http") && !form.contains("/a/"), "{form}");
            assert!(form.contains("Report a mail you did not expect"), "{form}");
        }
        let minimal = compose(&case, SubjectDetail::Minimal);
        assert_eq!(minimal.subject, "Re: Approval needed [R-r-1234]");
        assert_eq!(minimal.text, mail.text);
    }

    #[tokio::test]
    async fn each_end_is_told_to_each_by_what_they_said() {
        let ana = |verdict| said("ana", "Ana", verdict, "");
        let own = |verdict| said("ben", "Ben", verdict, "");
        let (yes, no) = (Verdict::Approve, Verdict::Reject);
        let refused = "The last check before it ran refused it, so nothing was done. Reason: a \
                       decision is not genuine.";
        let cancelled = "An operator took it back. Reason: it was asked twice. Nothing was done.";
        let late = "Too few answered in time, so nothing was done.";
        let undone = "It was started and not done. Reason: the target did not do it.";
        for (status, [approved, rejected, silent]) in [
            (
                Status::Executed,
                [
                    "What you approved was done, once.",
                    "You rejected this. It was done, once.",
                    "You did not answer. It was done, once.",
                ],
            ),
            (
                Status::Failed,
                [
                    "What you approved was started and not done. Reason: the target did not do it.",
                    &format!("You rejected this. {undone}"),
                    &format!("You did not answer. {undone}"),
                ],
            ),
            (
                Status::Rejected,
                [
                    "You approved this. It was rejected by Ana, so nothing was done.",
                    "You rejected this, so nothing was done. The agent is told when it asks, with \
                     the comment.",
                    "You did not answer. It was rejected by Ana, so nothing was done.",
                ],
            ),
            (Status::Refused, said_to_all(refused).each_ref().map(String::as_str)),
            (Status::Expired, said_to_all(late).each_ref().map(String::as_str)),
            (Status::Cancelled, said_to_all(cancelled).each_ref().map(String::as_str)),
        ] {
            let first = if status == Status::Rejected { no } else { yes };
            for (own, words) in
                [(Some(own(yes)), approved), (Some(own(no)), rejected), (None, silent)]
            {
                let voices: Vec<_> = own.into_iter().chain([ana(first)]).collect();
                let case = case(refund(), status, &voices).await;
                assert_eq!(to_you(&case), words, "{status}");
                let mail = compose(&case, SubjectDetail::Full);
                assert!(mail.html.contains(words), "{status}: {}", mail.html);
                let mut flat = mail.text.split_whitespace().collect::<Vec<_>>().join(" ");
                flat.truncate(400);
                assert!(flat.contains(words), "{status}: {flat}");
            }
        }
    }

    fn said_to_all(what: &str) -> [String; 3] {
        ["You approved this.", "You rejected this.", "You did not answer."]
            .map(|you| format!("{you} {what}"))
    }

    #[tokio::test]
    async fn what_was_taken_back_or_settled_says_by_whom() {
        for (status, cause, words) in [
            (Status::Cancelled, Some(Cause::AgentCancelled), "The agent took it back."),
            (
                Status::Cancelled,
                Some(Cause::Frozen),
                "An operator had stopped actions of this kind",
            ),
            (Status::Cancelled, Some(Cause::WorkflowEnded), "Its workflow execution ended"),
            (Status::Cancelled, None, "It was taken back. Reason: it was asked twice."),
            (Status::Expired, Some(Cause::NotStartedInTime), "It was approved and did not start"),
            (Status::Failed, Some(Cause::OperatorSettled), "It was not done: an operator found"),
            (Status::Executed, Some(Cause::OperatorSettled), "It was done: an operator found"),
        ] {
            let mut case = case(refund(), status, &[]).await;
            case.cause = cause;
            let told = to_you(&case);
            assert!(told.starts_with(&format!("You did not answer. {words}")), "{told}");
        }
    }

    #[tokio::test]
    async fn w04_w05_hostile_text_in_every_field_of_an_end_does_nothing() {
        let mut titles = std::collections::BTreeSet::new();
        for status in Status::ALL.into_iter().filter(|status| status.is_terminal()) {
            assert!(titles.insert(title(status)), "{status}");
            for text in hostile_texts() {
                let voices = [said("ana", &text, Verdict::Reject, &text)];
                let case = poisoned(status, &text, &voices).await;
                assert_harmless_mail(&case, &text, |case| compose(case, SubjectDetail::Full)).await;
            }
        }
    }
}
