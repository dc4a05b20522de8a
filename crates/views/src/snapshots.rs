//! Every kind of mail as it is sent, against the files in `snapshots`.
//!
//! `UPDATE_SNAPSHOTS=1 cargo test -p approval-views snapshots` writes them anew.

use std::collections::BTreeSet;
use std::path::PathBuf;

use approval_core::decision::Verdict;
use approval_core::status::Status;

use crate::ended;
use crate::fixture::{beside, case, refund, said};
use crate::mail::{Mail, MailKind, Personal, SubjectDetail, compose};

const PERSONAL: Personal<'_> =
    Personal { url: "https://approvals.example/a/AQtoken", code: "7F3K" };

async fn mails() -> Vec<(String, Mail)> {
    let ana = said("ana", "Ana", Verdict::Approve, "Looks right.");
    let pending = case(refund(), Status::Pending, std::slice::from_ref(&ana)).await;
    let kinds = [
        ("request", MailKind::Ask),
        ("reminder", MailKind::Reminder),
        ("escalation", MailKind::Escalation),
        ("fresh-link", MailKind::FreshLink),
    ];
    let mut mails: Vec<_> = kinds
        .map(|(name, kind)| {
            (name.to_owned(), compose(kind, &pending, &PERSONAL, SubjectDetail::Full))
        })
        .into();
    let changed = beside(pending.clone(), "free", "premium");
    let changed = compose(MailKind::Ask, &changed, &PERSONAL, SubjectDetail::Full);
    mails.push(("request-changes".to_owned(), changed));
    for status in Status::ALL.into_iter().filter(|status| status.is_terminal()) {
        let no = said("ana", "Ana", Verdict::Reject, "Wrong order.");
        let yes = said("ben", "Ben", Verdict::Approve, "");
        let voices = if status == Status::Rejected {
            vec![no]
        } else if status == Status::Expired {
            vec![ana.clone()]
        } else {
            vec![ana.clone(), yes]
        };
        let ended = ended::compose(&case(refund(), status, &voices).await, SubjectDetail::Full);
        mails.push((format!("ended-{status}"), ended));
    }
    mails
}

#[tokio::test]
async fn no_mail_needs_what_mail_programs_do_not_have() {
    for (name, Mail { html, .. }) in mails().await {
        for absent in ["white-space", "<form", "<img", "<script", "flex", "var(", "url(", "<pre"] {
            assert!(!html.contains(absent), "{name} has {absent}");
        }
        assert_eq!(html.matches("<h1").count(), 1, "{name}");
        assert!(html.contains("<html lang=\"en\">") && !html.contains("#fff;"), "{name}");
        for table in html.split("<table ").skip(1).map(|table| table.split('>').next().unwrap()) {
            let facts = table.contains("border-collapse");
            assert!(facts || table.contains("role=\"presentation\""), "{name}: {table}");
        }
        // What has a ground of its own says so in the attribute that Word reads, too.
        let grounds = html.matches("background-color:#").count();
        let dark = html.split("</style>").next().unwrap().matches("background-color:#").count();
        assert_eq!(html.matches("bgcolor=\"#").count(), grounds - dark, "{name}");
    }
}

#[tokio::test]
async fn every_mail_is_what_its_snapshot_says() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("snapshots");
    let mut known = BTreeSet::new();
    for (name, Mail { subject, text, html }) in mails().await {
        let text = format!("Subject: {subject}\n\n{text}");
        for (file, mail) in [(format!("{name}.txt"), text), (format!("{name}.html"), html)] {
            let path = folder.join(&file);
            if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
                std::fs::write(&path, &mail).unwrap();
            }
            let snapshot = std::fs::read_to_string(&path).unwrap_or_default();
            assert!(snapshot == mail, "{file} is not what is sent, which is:\n{mail}");
            known.insert(file);
        }
    }
    let there = std::fs::read_dir(folder).unwrap();
    let there = there.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert_eq!(there.collect::<BTreeSet<_>>(), known, "a snapshot of no mail");
}
