use approval_core::decision::Verdict;
use approval_core::status::Status;

use approval_core::matchcode::MatchCode;

use super::*;
use crate::fixture::{self, HELP, beside, case, hostile_texts, poisoned, refund, said};
use crate::harmless::assert_harmless;
use crate::mail::{self, MailKind, Personal, SubjectDetail};

async fn pending() -> Case {
    case(refund(), Status::Pending, &[]).await
}

async fn by_ana(status: Status, verdict: Verdict) -> Case {
    case(refund(), status, &[said("ana", "Ana", verdict, "As I said.")]).await
}

fn open(error: Option<FormError>) -> PageState {
    PageState::Open(Form { error, comment: "typed <before>".to_owned(), tries_left: 3, seen: None })
}

fn confirm(comment: &str) -> PageState {
    let code = MatchCode::typed("7F3K").unwrap();
    PageState::Confirm(Check { code, comment: comment.to_owned(), seen: None })
}

fn assert_says(page: &Page, status: u16, words: &[&str]) {
    assert_eq!(page.status, status, "{}", page.html);
    for said in words {
        assert!(page.html.contains(said), "{said}: {}", page.html);
    }
}

#[tokio::test]
async fn every_state_has_its_status_and_its_words() {
    let case = pending().await;
    let ana = by_ana(Status::Approved, Verdict::Approve).await;
    let cancelled = fixture::case(refund(), Status::Cancelled, &[]).await;
    let own = [said("ben", "Ben", Verdict::Approve, "")];
    let mine = fixture::case(refund(), Status::Pending, &own).await;
    for (state, case, status, words) in [
        (
            confirm("As I said."),
            &case,
            200,
            &["Check your decision", "Nothing is recorded yet"][..],
        ),
        (PageState::Foreign, &case, 403, &["That was not sent from here"]),
        (PageState::TooLarge, &case, 413, &["more than a form holds"]),
        (PageState::WrongType, &case, 415, &["not the form of this page"]),
        (
            open(None),
            &case,
            200,
            &["Refund 1200.00 EUR for order A-1042?", "<form", "3 h left"][..],
        ),
        (
            PageState::YouDecided,
            &mine,
            200,
            &["You approved this", "It still waits: it needs 2 of"],
        ),
        (
            PageState::Decided,
            &ana,
            200,
            &["Ana approved this at 2026-11-22 10:30 UTC", "As I said."],
        ),
        (PageState::Expired, &case, 410, &["The time to decide is over", "14:00 UTC"]),
        (
            PageState::Cancelled,
            &cancelled,
            410,
            &["This was taken back", "An operator took it back."],
        ),
        (PageState::Refused, &ana, 410, &["This must not run", "No reason was recorded."]),
        (PageState::Frozen, &case, 503, &["Decisions are paused", "Nothing was recorded"]),
        (PageState::NotEligible(Why::Requester), &case, 403, &["somebody else has to decide"]),
        (PageState::NotEligible(Why::NotAsked), &case, 403, &["You cannot decide this"]),
        (PageState::Replaced { mailed: true }, &case, 410, &["A fresh link is on its way"]),
        (PageState::Replaced { mailed: false }, &case, 410, &["No further link is made"]),
        (PageState::NotFound, &case, 404, &["There is nothing here", "have you reminded"]),
        (PageState::Unavailable, &case, 503, &["Open the link again in a minute"]),
        (PageState::MethodNotAllowed, &case, 405, &["Open the link in a browser"]),
    ] {
        let page = render(&state, Some(case), false);
        assert_says(&page, status, words);
        let forms = matches!(state, PageState::Open(_) | PageState::Confirm(_));
        assert_eq!(page.html.contains("<form"), forms, "{state:?}");
        assert_eq!(page.html.matches("<script>").count(), 1, "{state:?}");
        assert_eq!(page.html.matches("<script").count(), 1, "{state:?}");
        assert!(page.html.contains(&format!("<script>{SCRIPT}</script>")), "as it was hashed");
        assert_eq!(page.html.matches("<h1").count(), 1, "{state:?}");
    }
}

#[tokio::test]
async fn what_came_of_it_is_said_truthfully() {
    for (status, words) in [
        (Status::Approved, "has not run yet"),
        (Status::Approved, "Until it runs, an operator can stop it"),
        (Status::Executing, "It is being done right now"),
        (Status::Executed, "It was done, once."),
        (Status::Failed, "It was started and not done."),
        (Status::InDoubt, "Nobody knows yet whether it was done"),
        (Status::Refused, "The last check before it ran refused it"),
        (Status::Expired, "Too few answered in time"),
        (Status::Cancelled, "An operator took it back"),
    ] {
        let case = by_ana(status, Verdict::Approve).await;
        assert_says(&render(&PageState::Decided, Some(&case), false), 200, &[words]);
    }
    let rejected = by_ana(Status::Rejected, Verdict::Reject).await;
    let page = render(&PageState::Decided, Some(&rejected), false);
    assert!(page.html.contains("14:00 UTC") && !page.html.contains("h left"), "{}", page.html);
    assert_says(&page, 200, &["Ana rejected this", "<p>Nothing was done.</p>", "with the comment"]);
}

#[tokio::test]
async fn an_approval_that_the_workflow_has_not_taken_up_says_so() {
    let mut case = by_ana(Status::Approved, Verdict::Approve).await;
    case.unresumed = true;
    let page = render(&PageState::YouDecided, Some(&case), false);
    assert_says(&page, 200, &["Recorded. The workflow has not taken it up yet"]);
}

#[tokio::test]
async fn w16_what_is_confirmed_is_shown_whole_with_a_way_back_and_the_code_in_one_place() {
    let case = Case { serious: true, ..pending().await };
    let page = render(&confirm("first\n<b>second"), Some(&case), false).html;
    for field in ["digest", "seen", "verdict", "comment", "code", "confirmed"] {
        let one = format!("<input type=\"hidden\" name=\"{field}\" value=\"");
        assert_eq!(page.matches(&one).count(), 1, "{field}: {page}");
    }
    assert_eq!(page.matches("7F3K").count(), 1);
    assert!(page.contains("value=\"first\n&#60;b&#62;second\""), "{page}");
    assert!(page.contains(">first</bdi><br>") && page.contains("&#60;b&#62;second</bdi>"));
    let buttons: Vec<_> = page.split("<button").skip(1).collect();
    assert!(buttons[0].starts_with(" type=\"submit\" disabled hidden>"));
    assert!(buttons[1].contains("name=\"back\"") && buttons[2].contains("Confirm, approve: "));
    assert!(page.contains("EUR 1,200.00"), "the facts stand there again");
    for state in [open(None), PageState::YouDecided] {
        assert!(!render(&state, Some(&case), false).html.contains("7F3K"), "{state:?}");
    }
    let debug = format!("{:?}{:?}", confirm("x"), render(&confirm("x"), Some(&case), false));
    assert!(!debug.contains("7F3K"), "{debug}");
}

#[tokio::test]
async fn w15_a_form_of_another_action_is_a_conflict_and_shows_what_is_asked() {
    let case = pending().await;
    let page = render(&open(Some(FormError::Changed)), Some(&case), false);
    assert_says(&page, 409, &["another action than the one you saw", "look at it again", "<form"]);
    let digest = format!("name=\"digest\" value=\"{}\"", case.digest);
    assert!(page.html.contains(&digest));
    assert!(
        page.html.contains("<a href=\"#facts\">") && !page.html.contains("aria-invalid=\"true\"")
    );
}

#[tokio::test]
async fn page_and_mail_tell_the_same_in_the_same_order() {
    let case = beside(pending().await, "free", "premium");
    let page = render(&open(None), Some(&case), false).html;
    let personal = Personal { url: "https://approvals.example/a/AQtoken", code: "7F3K" };
    let mail = mail::compose(MailKind::Ask, &case, &personal, SubjectDetail::Full).html;
    let told = [
        "Refund 1200.00 EUR for order A-1042",
        "Medium risk: Refund above 1,000.00. It cannot be undone.",
        "Decide before",
        "Nobody has approved yet.",
        ">What is asked</h2>",
        ">What would change</h2>",
        ">Who decides</h2>",
        ">What happens</h2>",
        ">The agent's own explanation (not checked)</h2>",
        "Help: ",
        "Stack demo, request r-123456789, fingerprint ",
    ];
    for form in [page, mail] {
        let form = form.split_once("<h1").unwrap().1;
        let at: Vec<_> = told.iter().map(|one| form.find(one).expect(one)).collect();
        assert!(at.is_sorted(), "{at:?}: {form}");
    }
}

#[tokio::test]
async fn what_has_ended_is_not_told_as_if_it_waited() {
    let told = |page: Page| {
        ["Who decides<", "Who decided<", "Exactly what will run<", "Exactly what was asked<"]
            .map(|words| page.html.contains(words))
    };
    let case = pending().await;
    for state in [open(None), PageState::Frozen, PageState::YouDecided] {
        assert_eq!(told(render(&state, Some(&case), false)), [true, false, true, false]);
    }
    for state in [PageState::Expired, PageState::Cancelled, PageState::Decided] {
        assert_eq!(told(render(&state, Some(&case), false)), [false, true, false, true]);
    }
}

#[tokio::test]
async fn our_words_stay_where_they_are_beside_text_that_runs_the_other_way() {
    let hebrew = "\u{5e9}\u{5dc}\u{5d5}\u{5dd} 480.00";
    let case = poisoned(Status::Pending, hebrew, &[]).await;
    let personal = Personal { url: "https://approvals.example/a/AQtoken", code: "7F3K" };
    let mail = mail::compose(MailKind::Ask, &case, &personal, SubjectDetail::Full);
    for form in [render(&open(None), Some(&case), false).html, mail.html] {
        for ours in [", through bedrock", " (you)"] {
            assert!(form.contains(&format!("{hebrew}</bdi>{ours}")), "{ours}: {form}");
        }
    }
    assert!(mail.text.contains(", through bedrock") && mail.text.contains(" (you)"));
}

#[tokio::test]
async fn whom_to_ask_for_help_stands_on_every_page_where_the_operator_said_so() {
    let case = pending().await;
    let link = format!("Help: <a href=\"mailto:{HELP}\">{HELP}</a>");
    for state in
        [open(None), confirm("x"), PageState::Expired, PageState::NotEligible(Why::NotAsked)]
    {
        assert_says(&render(&state, Some(&case), false), state.status(false), &[&link]);
    }
    assert_says(&bare(&PageState::NotFound, Some(HELP)), 404, &[&link]);
    let odd = "\"><script>alert(1)</script>";
    let page = bare(&PageState::NotFound, Some(odd));
    assert!(page.html.contains("Help: <bdi dir=\"auto\">&#34;&#62;&#60;script"), "{}", page.html);
    let case = Case { help: None, ..case };
    for page in [render(&open(None), Some(&case), false), bare(&PageState::NotFound, None)] {
        assert!(!page.html.contains("Help"), "{}", page.html);
    }
}

#[tokio::test]
async fn l10_a_decision_that_comes_too_late_is_told_that_it_had_no_effect() {
    let case = by_ana(Status::Rejected, Verdict::Reject).await;
    let page = render(&PageState::Decided, Some(&case), true);
    assert_says(&page, 409, &["Your decision had no effect.", "Ana rejected this at"]);
    let expired = render(&PageState::Expired, Some(&pending().await), true);
    assert_says(&expired, 410, &["Your decision had no effect."]);
}

#[tokio::test]
async fn what_is_wrong_with_a_form_is_said_on_top_and_what_was_typed_is_kept() {
    let case = pending().await;
    for (error, words, field) in [
        (FormError::EmptyCode, "Type the code from your mail", "#code"),
        (FormError::WrongCode, "typed wrong 3 more times, the link is replaced", "#code"),
        (FormError::NoVerdict, "Choose one of the two buttons", "#approve"),
        (FormError::CommentMissing, "Say why", "#comment"),
        (FormError::CommentTooLong, "more than 1000 characters", "#comment"),
        (FormError::Unreadable, "not the form of this page", "#decide"),
    ] {
        let page = render(&open(Some(error)), Some(&case), false);
        let link = format!("<a href=\"{field}\">");
        assert_says(&page, 400, &[words, "role=\"alert\"", link.as_str()]);
        assert!(page.html.contains("<title>Error: Refund"));
        let marked = page.html.matches("aria-invalid=\"true\"").count();
        assert_eq!(marked, usize::from(["#code", "#comment"].contains(&field)), "{error:?}");
        let again = page.html.contains("The code is not kept: type it again.");
        assert_eq!(again, field != "#code", "{error:?}");
        assert!(!page.html.contains("typed <before>"));
        assert!(page.html.contains("typed &#60;before&#62;"), "{}", page.html);
    }
}

#[tokio::test]
async fn l04_what_is_not_proven_or_not_for_this_person_shows_nothing_of_the_request() {
    let case = pending().await;
    let nothing = bare(&PageState::NotFound, Some(HELP));
    assert_eq!(render(&PageState::NotFound, Some(&case), true), nothing, "one page for all");
    for state in [
        PageState::NotFound,
        PageState::NotEligible(Why::NotAsked),
        PageState::Replaced { mailed: true },
        PageState::Unavailable,
    ] {
        let page = render(&state, Some(&case), false);
        for secret in ["A-1042", "1200", "Ana", "demo", "r-123456789"] {
            assert!(!page.html.contains(secret), "{state:?} shows {secret}");
        }
    }
}

#[tokio::test]
async fn l03_the_first_button_is_a_dead_one_and_approve_comes_last() {
    let page = render(&open(None), Some(&pending().await), false);
    let buttons: Vec<_> = page.html.split("<button").skip(1).collect();
    assert!(buttons[0].starts_with(" type=\"submit\" disabled hidden>"));
    assert!(buttons[1].contains("value=\"reject\"") && buttons[2].contains("value=\"approve\""));
    let named = "Approve: <bdi lang=\"\" dir=\"auto\">Refund 1200.00 EUR for order A-1042</bdi>";
    assert!(buttons[2].contains(named), "{}", buttons[2]);
    assert_eq!(buttons.len(), 3);
    assert!(!page.html.contains("autofocus"));
}

#[test]
fn l16_w02_w03_w12_headers_allow_no_other_script_frame_cache_or_referrer_and_set_no_cookie() {
    let headers: std::collections::BTreeMap<_, _> = headers().into_iter().collect();
    let policy = &headers["content-security-policy"];
    let style = BASE64_STANDARD.encode(Digest::of(STYLE.as_bytes()).as_bytes());
    assert!(policy.contains(&format!("style-src 'sha256-{style}'")), "{policy}");
    for part in ["default-src 'none'", "form-action 'self'", "frame-ancestors 'none'"] {
        assert!(policy.contains(part), "{policy}");
    }
    let script = BASE64_STANDARD.encode(Digest::of(SCRIPT.as_bytes()).as_bytes());
    assert!(policy.contains(&format!("script-src 'sha256-{script}';")), "{policy}");
    assert!(!policy.contains("unsafe") && policy.matches("script").count() == 1, "{policy}");
    assert_eq!(headers["cache-control"], "no-store");
    assert_eq!(headers["referrer-policy"], "no-referrer");
    assert!(!headers.contains_key("set-cookie"));
    assert!(STYLE.len() <= 6 * 1024, "the stylesheet has {} bytes", STYLE.len());
    assert!(SCRIPT.len() <= 2 * 1024, "the script has {} bytes", SCRIPT.len());
    for power in ["innerHTML", "eval", "fetch", "submit", "click()", "location", "storage"] {
        assert!(!SCRIPT.contains(power), "{power}");
    }
}

#[tokio::test]
async fn w03_g03_g04_g05_g06_hostile_text_in_every_field_is_shown_and_does_nothing() {
    for text in hostile_texts() {
        let voices = [said("ana", &text, Verdict::Approve, &text)];
        let case = poisoned(Status::Pending, &text, &voices).await;
        let typed = Form { comment: text.clone(), ..Form::default() };
        let check = confirm("as agreed");
        for state in [PageState::Open(typed), check, PageState::YouDecided, PageState::Cancelled] {
            let write = |case: &Case| render(&state, Some(case), true).html;
            // What was typed is this person's own, and comes back as it came.
            if !(matches!(state, PageState::Open(_)) && text.chars().any(crate::visible::hides)) {
                assert_harmless(&case, &text, write).await;
            }
        }
        let page = render(&confirm(&text), Some(&case), false).html;
        let (_, value) = page.split_once("name=\"comment\" value=\"").unwrap();
        let (value, _) = value.split_once("\">\n").unwrap();
        assert!(!value.contains(['"', '<', '>']), "{value}");
        let page = render(&open(None), Some(&case), false);
        assert_eq!(page.html.contains("Beware: It mixes scripts"), text.contains('\u{430}'));
    }
}
