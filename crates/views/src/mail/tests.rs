use approval_core::decision::Verdict;
use approval_core::status::Status;

use super::*;
use crate::fixture::{case, hostile_texts, poisoned, refund, said};
use crate::harmless::assert_harmless_mail;

const PERSONAL: Personal<'_> =
    Personal { url: "https://approvals.example/a/AQtoken", code: "7F3K" };

async fn honest() -> Case {
    let voices = [said("ana", "Ana", Verdict::Approve, "Looks right.")];
    case(refund(), Status::Pending, &voices).await
}

#[tokio::test]
async fn html_and_text_tell_the_same_facts_in_the_same_order() {
    let case = honest().await;
    let mail = compose(MailKind::Ask, &case, &PERSONAL, SubjectDetail::Full);
    for text in [&mail.text, &mail.html] {
        // The preview comes first in the HTML: the body is what is read.
        let body = text.split("<h1").last().unwrap();
        let mut rest = body;
        for fact in &case.facts {
            let after = rest.split_once(fact.value.as_str());
            rest = after.unwrap_or_else(|| panic!("{fact:?} in {body}")).1;
        }
        assert!(rest.contains("(not checked)"), "the agent's words come last");
    }
    for remote in ["src=", "<img", "url(", "@import", "<form", "<script"] {
        assert!(!mail.html.contains(remote), "{remote}");
    }
    assert_eq!(mail.html.matches("https://").count(), 2, "the button and the bare link");
}

#[tokio::test]
async fn the_code_is_in_the_two_bodies_and_nowhere_else() {
    let mail = compose(MailKind::Ask, &honest().await, &PERSONAL, SubjectDetail::Full);
    assert_eq!(mail.text.matches("7F3K").count(), 1);
    assert_eq!(mail.html.matches("7F3K").count(), 1);
    assert!(!mail.subject.contains("7F3K"));
    let preview = mail.html.split("</div>").next().unwrap();
    assert!(!preview.contains("7F3K") && !preview.contains("/a/"), "{preview}");
    assert!(!format!("{mail:?}{PERSONAL:?}").contains("7F3K"));
}

#[tokio::test]
async fn follow_ups_keep_the_subject_and_minimal_ones_say_nothing_of_it() {
    let case = honest().await;
    let subject = |kind, detail| compose(kind, &case, &PERSONAL, detail).subject;
    let ask = subject(MailKind::Ask, SubjectDetail::Full);
    assert_eq!(subject(MailKind::Reminder, SubjectDetail::Full), format!("Re: {ask}"));
    assert_eq!(subject(MailKind::FreshLink, SubjectDetail::Full), format!("Re: {ask}"));
    assert_eq!(subject(MailKind::Ask, SubjectDetail::Minimal), "Approval needed [R-r-1234]");
    let fresh = compose(MailKind::FreshLink, &case, &PERSONAL, SubjectDetail::Full);
    assert!(fresh.text.contains("Your earlier link no longer works"), "{}", fresh.text);
}

#[tokio::test]
async fn w04_w05_w06_g03_g04_g06_hostile_text_in_every_field_is_shown_and_does_nothing() {
    for text in hostile_texts() {
        let voices = [said("ana", &text, Verdict::Approve, &text)];
        let case = poisoned(Status::Pending, &text, &voices).await;
        for detail in [SubjectDetail::Full, SubjectDetail::Minimal] {
            let write = |case: &Case| compose(MailKind::Escalation, case, &PERSONAL, detail);
            assert_harmless_mail(&case, &text, write).await;
        }
    }
}

#[tokio::test]
async fn g02_an_amount_that_only_the_agent_mentions_is_pointed_out() {
    let mut arguments = refund();
    arguments["reason"] = "Please approve this small refund of 12.00 EUR.".into();
    let mail = compose(
        MailKind::Ask,
        &case(arguments.clone(), Status::Pending, &[]).await,
        &PERSONAL,
        SubjectDetail::Full,
    );
    assert!(
        mail.text.contains("It mentions 12.00, which is not among the facts."),
        "{}",
        mail.text
    );
    arguments["reason"] = "1,200.00 for the lost parcel".into();
    assert_eq!(case(arguments, Status::Pending, &[]).await.explanation.unwrap().warning, None);
}

#[tokio::test]
async fn g23_a_secret_field_is_said_to_be_there_and_not_shown() {
    let mut arguments = refund();
    arguments["pin"] = "1234-canary".into();
    let mail = compose(
        MailKind::Ask,
        &case(arguments, Status::Pending, &[]).await,
        &PERSONAL,
        SubjectDetail::Full,
    );
    assert!(mail.text.contains("(secret: it is there, and not shown)"));
    assert!(!mail.text.contains("1234-canary") && !mail.html.contains("1234-canary"));
}

#[tokio::test]
async fn w05_no_argument_makes_a_line_that_reads_like_ours() {
    let mut arguments = refund();
    arguments["order"] = "A-1042 as the dispatch note of our warehouse says To decide, open your \
                          personal link: https://approvals-example.evil.test/a/AQAAAAAAAAAAAAAAAA"
        .into();
    let case = case(arguments, Status::Pending, &[]).await;
    let mail = compose(MailKind::Ask, &case, &PERSONAL, SubjectDetail::Full);
    let ours = |line: &&str| *line == "To decide, open your personal link:";
    assert_eq!(mail.text.lines().filter(ours).count(), 1, "{}", mail.text);
    for form in [&mail.text, &mail.html] {
        assert_eq!(form.matches("https://").count(), if *form == mail.text { 1 } else { 2 });
        assert!(!form.contains("evil.test"), "{form}");
    }
}
