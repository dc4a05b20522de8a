//! `watch`: how it ends.

use crate::assert_failed;
use crate::service::Service;
use crate::show::STORED;

/// Watches a request that stands so and has no trail.
fn watched(status: &str, more: &[&str]) -> crate::Transcript {
    let stored = STORED.replace("\"received\"", &format!("\"{status}\""));
    Service::says(200, &stored).hears(&[&["watch", "r-1"], more].concat())
}

#[test]
fn the_exit_code_says_how_it_ended() {
    let cases = [
        ("executed", 0),
        ("failed", 1),
        ("rejected", 3),
        ("refused", 3),
        ("expired", 5),
        ("cancelled", 5),
    ];
    for (status, code) in cases {
        let said = watched(status, &[]);
        assert_eq!((said.code, said.err.as_str()), (Some(code), ""), "{status}");
    }
    let doubt = watched("in_doubt", &[]);
    assert_eq!(doubt.code, Some(1));
    assert!(
        doubt.err.starts_with("hint: find out in the target, then say so: countersign resolve")
    );
}

#[test]
fn a_watch_whose_time_is_over_says_how_it_stands() {
    let said = watched("pending", &["--timeout", "1s"]);
    let hint = "hint: the time is over; it is pending: waits for people to decide\n";
    assert_eq!((said.code, said.err.as_str()), (Some(8), hint));
}

#[test]
fn a_service_that_is_away_for_a_moment_ends_no_watch_and_a_refusal_does() {
    let mut calls = 0;
    let service = Service::answering(move |_| {
        calls += 1;
        let internal = r#"{"__type": "com.amazonaws.dynamodb.v20120810#InternalServerError"}"#;
        match calls {
            1 => (200, STORED.to_owned()),
            2..=4 => (500, internal.to_owned()),
            _ => (200, STORED.replace("\"received\"", "\"executed\"")),
        }
    });
    let said = service.hears(&["watch", "r-1"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.err.starts_with("hint: AWS gave no usable answer"), "{}", said.err);
    let denied = r#"{"__type":"com.amazon.coral.service#AccessDeniedException"}"#;
    assert_failed(&Service::says(400, denied).hears(&["watch", "r-1"]), 4, "ask for a role");
}
