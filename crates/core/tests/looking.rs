//! Looking at a target before people are asked: only what reads, only what is allowed.
#![cfg(test)] // so that clippy knows helpers for tests, too

use approval_core::action::CanonicalAction;
use approval_core::assessment::{Answer, Assessment};
use approval_core::digest::Digest;
use approval_core::evidence::{self, Refusal, Terms};
use approval_core::moment::Moment;
use approval_testkit::sample;

fn action() -> CanonicalAction {
    let asked = Moment::parse("2026-11-22T10:00:00Z").unwrap();
    let arguments = serde_json::json!({"account_id": "AC-7"});
    sample::action("r1", "support___look_up_account", arguments, Digest::of(b"entry"), asked)
}

fn terms() -> Terms {
    let (target, entry) = ("lambda:billing".to_owned(), Digest::of(b"entry"));
    Terms { entry, target, idempotent: true, reads: true }
}

fn allowed() -> Assessment {
    Assessment { answer: Answer::Allowed, ..sample::asks(Vec::new(), action().asked_at) }
}

#[test]
fn a_read_that_is_allowed_may_be_made_under_a_key_of_its_own() {
    let permit = evidence::look(action(), terms(), &allowed()).unwrap();
    assert_eq!(permit.idempotency_key(), "r1look");
    assert_eq!(permit.target(), "lambda:billing");
    assert_eq!(permit.arguments(), &serde_json::json!({"account_id": "AC-7"}));
}

#[test]
fn whatever_changes_something_or_needs_a_person_is_not_looked_at() {
    let cases = [
        (Terms { reads: false, ..terms() }, allowed(), Refusal::ToolChanged),
        (Terms { idempotent: false, ..terms() }, allowed(), Refusal::ToolChanged),
        (Terms { entry: Digest::of(b"other"), ..terms() }, allowed(), Refusal::ToolChanged),
        (terms(), Assessment { answer: Answer::Pending, ..allowed() }, Refusal::PolicyRefuses),
        (terms(), Assessment { answer: Answer::Refused, ..allowed() }, Refusal::PolicyRefuses),
    ];
    for (terms, assessment, refusal) in cases {
        assert_eq!(evidence::look(action(), terms, &assessment).unwrap_err(), refusal);
    }
}
