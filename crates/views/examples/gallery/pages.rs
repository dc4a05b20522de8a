//! Every state of the page.

use approval_core::decision::Verdict;
use approval_core::matchcode::MatchCode;
use approval_core::ports::Mac;
use approval_core::status::Status;
use approval_views::case::Case;
use approval_views::page::{Check, Form, FormError, PageState, Why, bare, headers, render};
use serde_json::Value;

use crate::Piece;
use crate::fixture::{HELP, beside, case, hostile_texts, poisoned, refund, said};

pub(crate) async fn all() -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut add = |name: &str, state: &PageState, case: Option<&Case>, too_late: bool| {
        let page =
            if case.is_some() { render(state, case, too_late) } else { bare(state, Some(HELP)) };
        let headers = headers().into_iter().map(|(name, value)| (name.to_owned(), value.into()));
        pieces.push(Piece {
            name: format!("page-{name}"),
            kind: "page",
            extension: "html",
            content: page.html,
            status: Some(page.status),
            headers: Value::Object(headers.collect()),
        });
    };
    let ana = [said("ana", "Ana", Verdict::Approve, "Looks right.")];
    let pending = case(refund(), Status::Pending, &ana).await;
    add("open", &open(None), Some(&pending), false);
    for (name, error) in [
        ("empty-code", FormError::EmptyCode),
        ("wrong-code", FormError::WrongCode),
        ("no-verdict", FormError::NoVerdict),
        ("comment-missing", FormError::CommentMissing),
        ("comment-too-long", FormError::CommentTooLong),
        ("changed", FormError::Changed),
        ("unreadable", FormError::Unreadable),
    ] {
        add(&format!("open-{name}"), &open(Some(error)), Some(&pending), false);
    }
    let changed = beside(pending.clone(), "free", "premium");
    add("open-changes", &open(None), Some(&changed), false);
    let risk = pending.risk.replace("Medium", "High");
    let serious = Case { serious: true, risk, ..pending };
    add("open-serious", &open(None), Some(&serious), false);
    add("confirm", &confirm("The parcel was lost, twice."), Some(&serious), false);
    for (at, text) in hostile_texts().iter().enumerate() {
        let voices = [said("ana", text, Verdict::Approve, text)];
        let odd = poisoned(Status::Pending, text, &voices).await;
        let odd = Case { serious: true, ..beside(odd, text, text) };
        add(&format!("open-hostile-{at}"), &open(None), Some(&odd), false);
        add(&format!("confirm-hostile-{at}"), &confirm(text), Some(&odd), false);
    }
    let own = [said("ben", "Ben", Verdict::Approve, "As agreed.")];
    for status in Status::ALL.into_iter().filter(|status| *status != Status::Received) {
        let mine = case(refund(), status, &own).await;
        add(&format!("you-decided-{status}"), &PageState::YouDecided, Some(&mine), false);
    }
    let mut owed = case(refund(), Status::Approved, &own).await;
    owed.unresumed = true;
    add("you-decided-not-taken-up", &PageState::YouDecided, Some(&owed), false);
    let rejected = [said("ana", "Ana", Verdict::Reject, "Wrong order.")];
    let rejected = case(refund(), Status::Rejected, &rejected).await;
    add("decided", &PageState::Decided, Some(&rejected), false);
    add("decided-too-late", &PageState::Decided, Some(&rejected), true);
    for (name, state) in [
        ("expired", PageState::Expired),
        ("cancelled", PageState::Cancelled),
        ("refused", PageState::Refused),
        ("frozen", PageState::Frozen),
    ] {
        let status = if name == "frozen" { Status::Pending } else { Status::Cancelled };
        let case = case(refund(), status, &[]).await;
        add(name, &state, Some(&case), false);
    }
    for (name, state) in [
        ("not-eligible-requester", PageState::NotEligible(Why::Requester)),
        ("not-eligible", PageState::NotEligible(Why::NotAsked)),
        ("replaced", PageState::Replaced { mailed: true }),
        ("replaced-locked", PageState::Replaced { mailed: false }),
        ("not-found", PageState::NotFound),
        ("unavailable", PageState::Unavailable),
        ("foreign", PageState::Foreign),
        ("too-large", PageState::TooLarge),
        ("wrong-type", PageState::WrongType),
        ("method-not-allowed", PageState::MethodNotAllowed),
    ] {
        add(name, &state, None, false);
    }
    pieces
}

fn confirm(comment: &str) -> PageState {
    let code = MatchCode::typed("7F3K").unwrap_or_else(|| MatchCode::derived(&Mac(Vec::new())));
    PageState::Confirm(Check { code, comment: comment.to_owned(), seen: None })
}

fn open(error: Option<FormError>) -> PageState {
    let comment = error.map(|_| "Typed before.".to_owned()).unwrap_or_default();
    PageState::Open(Form { error, comment, tries_left: 3, seen: None })
}
