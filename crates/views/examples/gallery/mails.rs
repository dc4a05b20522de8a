//! Every mail, as text and as HTML.

use approval_core::decision::Verdict;
use approval_core::status::Status;
use approval_views::ended;
use approval_views::mail::{Mail, MailKind, Personal, SubjectDetail, compose};
use serde_json::json;

use crate::Piece;
use crate::fixture::{beside, case, hostile_texts, poisoned, refund, said};

const PERSONAL: Personal<'_> = Personal {
    url: "https://approvals.example/a/AQr7Zk1rX0m3Qb9v2cJYw8eN5tHdGfLpSa6uKiOyTzE4xWqBnMhVj",
    code: "7F3K",
};

pub(crate) async fn all() -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut add = |name: &str, mail: Mail| {
        let headers = json!({"subject": mail.subject});
        for (extension, content) in [("html", mail.html), ("txt", mail.text)] {
            let (name, headers) = (format!("mail-{name}"), headers.clone());
            pieces.push(Piece { name, kind: "mail", extension, content, status: None, headers });
        }
    };
    let ana = |verdict| said("ana", "Ana", verdict, "I looked it up.");
    let voices = [ana(Verdict::Approve)];
    let pending = case(refund(), Status::Pending, &voices).await;
    for (name, kind) in [
        ("request", MailKind::Ask),
        ("reminder", MailKind::Reminder),
        ("escalation", MailKind::Escalation),
        ("fresh-link", MailKind::FreshLink),
    ] {
        add(name, compose(kind, &pending, &PERSONAL, SubjectDetail::Full));
    }
    let changed = beside(pending.clone(), "free", "premium");
    add("request-changes", compose(MailKind::Ask, &changed, &PERSONAL, SubjectDetail::Full));
    let minimal = compose(MailKind::Ask, &pending, &PERSONAL, SubjectDetail::Minimal);
    add("request-minimal", minimal);
    for (at, text) in hostile_texts().iter().enumerate() {
        let voices = [said("ana", text, Verdict::Approve, text)];
        let odd = beside(poisoned(Status::Pending, text, &voices).await, text, text);
        let mail = compose(MailKind::Ask, &odd, &PERSONAL, SubjectDetail::Full);
        add(&format!("request-hostile-{at}"), mail);
    }
    for status in Status::ALL.into_iter().filter(|status| status.is_terminal()) {
        for (role, own) in [
            ("approved", Some(Verdict::Approve)),
            ("rejected", Some(Verdict::Reject)),
            ("silent", None),
        ] {
            let said = own.map(|verdict| said("ben", "Ben", verdict, "As I said."));
            let first = if status == Status::Rejected { Verdict::Reject } else { Verdict::Approve };
            let voices: Vec<_> = said.into_iter().chain([ana(first)]).collect();
            let case = case(refund(), status, &voices).await;
            add(&format!("ended-{status}-{role}"), ended::compose(&case, SubjectDetail::Full));
        }
    }
    pieces
}
