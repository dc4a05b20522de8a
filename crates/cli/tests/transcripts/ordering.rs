//! `cancel`, `extend`, `remind`, `resolve`, `freeze`, `unfreeze`: what is sent, and what is told of the
//! answer.

use crate::doctor::inspected;
use crate::service::{Call, Service, without};
use crate::show::STORED;
use crate::{Transcript, assert_failed};

const DONE: &str = r#"{"status": "done", "message": "r-1 is cancelled\u202e."}"#;
const CANCEL: [&str; 4] = ["cancel", "r-1", "--reason", "asked twice"];

#[test]
fn an_order_is_sent_once_and_signed_and_the_answer_is_told() {
    let cases: [(&[&str], &str); 8] = [
        (&["remind", "r-1", "--reason", "x"], r#"{"order":"remind","request":"r-1","reason":"x"}"#),
        (&CANCEL, r#"{"order":"cancel","request":"r-1","reason":"asked twice"}"#),
        (
            &["extend", "r-1", "--until", "2026-11-22T18:00:00+01:00", "--reason", "x"],
            r#"{"order":"extend","request":"r-1","until":"2026-11-22T17:00:00.000Z","reason":"x"}"#,
        ),
        (
            &["resolve", "r-1", "--executed", "--reason", "x"],
            r#"{"order":"resolve","request":"r-1","executed":true,"reason":"x"}"#,
        ),
        (
            &["resolve", "r-1", "--not-executed", "--reason", "x"],
            r#"{"order":"resolve","request":"r-1","executed":false,"reason":"x"}"#,
        ),
        (&["freeze", "all", "--reason", "x"], r#"{"order":"freeze","scope":"all","reason":"x"}"#),
        (
            &["freeze", "agent", "A1/live", "--reason", "x"],
            r#"{"order":"freeze","scope":"agent#A1/live","reason":"x"}"#,
        ),
        (
            &["unfreeze", "tool", "billing___refund_order", "--reason", "x"],
            r#"{"order":"unfreeze","scope":"tool#billing___refund_order","reason":"x"}"#,
        ),
    ];
    for (arguments, order) in cases {
        let door = Service::says(200, DONE);
        let said = door.hears(arguments);
        assert_eq!(said.out, "r-1 is cancelled⟦U+202E⟧.\n", "{}", said.err);
        assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
        let [(path, signed, body)] = door.calls().try_into().expect("one call");
        assert_eq!((path.as_str(), body.as_str()), ("/operator", order));
        assert!(signed.contains("/eu-central-1/execute-api/aws4_request"), "{signed}");
    }
}

/// Freezes at a door that does it, in a stack whose risk-classify answers with that.
fn frozen(scope: &[&str], classified: fn(&str) -> (u16, String)) -> (Transcript, usize) {
    let door = Service::says(200, r#"{"status": "done", "message": "It is frozen."}"#);
    let outputs = Service::stack(door.endpoint());
    let stack = Service::answering(move |(what, _, body): &Call| match what.as_str() {
        "/2015-03-31/functions/RiskClassifyName/invocations" => classified(body),
        _ => (200, outputs.clone()),
    });
    let said = stack.hears_by_stack(&[&["freeze"], scope, &["--reason", "x"]].concat());
    assert_eq!((said.code, said.out.as_str()), (Some(0), "It is frozen.\n"), "{}", said.err);
    assert_eq!(door.calls().len(), 1);
    (said, stack.calls().len())
}

#[test]
fn a_freeze_of_a_tool_that_the_bundle_has_not_is_done_and_hinted_at() {
    let answers = |event: &str| (200, inspected(event));
    let (said, _) = frozen(&["tool", "billing___refund"], answers);
    let hint = "hint: the bundle that is deployed has no tool `billing___refund`; it has \
                billing___change_subscription, billing___refund_order, ";
    assert!(said.err.starts_with(hint), "{}", said.err);
    assert_eq!(said.err.lines().count(), 1, "{}", said.err);
    let (said, _) = frozen(&["tool", "billing___refund_order"], answers);
    assert_eq!(said.err, "");
    // Where the rules cannot be asked there is nothing to say, and other scopes ask nobody.
    let (said, _) = frozen(&["tool", "billing___refund"], |_| (403, "{}".to_owned()));
    assert_eq!(said.err, "");
    let (said, calls) = frozen(&["agent", "A1"], answers);
    assert_eq!((said.err.as_str(), calls), ("", 1), "the stack alone was looked up");
}

#[test]
fn a_reference_is_looked_up_and_more_time_counts_from_the_deadline() {
    let door = Service::answering(|(what, _, body)| match what.as_str() {
        "/operator" => (200, DONE.to_owned()),
        _ if body.contains("REF#") => (200, r#"{"Item": {"request": {"S": "r-1"}}}"#.to_owned()),
        _ => {
            let by = r#""decide_by": {"S": "2026-11-22T14:00:00.000Z"}"#;
            (200, STORED.replace(r#""decide_by": {"NULL": true}"#, by))
        }
    });
    let reference = "cs-0123456789abcdef0123456789abcdef";
    let said = door.hears(&["extend", reference, "--by", "1h 30m", "--reason", "x"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let order =
        r#"{"order":"extend","request":"r-1","until":"2026-11-22T15:30:00.000Z","reason":"x"}"#;
    assert!(door.calls().iter().any(|(_, _, body)| body == order));
}

#[test]
fn what_the_door_declines_is_told_in_its_words() {
    let says = |status, kind: &str| {
        let message = "Nothing was changed: it is executed.";
        let body = format!(r#"{{"status": "{kind}", "message": "{message}"}}"#);
        Service::says(status, &body).hears(&CANCEL)
    };
    let stands = says(409, "conflict");
    assert_failed(&stands, 6, "error: Nothing was changed: it is executed.");
    assert_failed(&says(404, "unknown"), 1, "it is executed");
    assert_failed(&says(400, "invalid"), 1, "it is executed");
    assert_failed(&says(403, "nobody"), 4, "nothing was done");
}

#[test]
fn what_api_gateway_turns_away_did_nothing() {
    let says = |status| Service::says(status, r#"{"message":"Forbidden"}"#).hears(&CANCEL);
    assert_failed(&says(403), 4, "nothing was done, the API does not let these credentials in");
    assert_failed(&says(404), 1, "nothing was done, there is no operators' door at `http://127");
    assert_failed(&says(429), 1, "nothing was done, the API takes no more calls");
}

#[test]
fn where_it_is_not_known_whether_it_was_done_that_is_said_and_how_to_look() {
    let unknown = "it is not known whether this was done";
    let look = "look with `countersign show r-1`";
    let unavailable = r#"{"status": "unavailable", "message": "Look, then try again."}"#;
    for (status, body) in [(503, unavailable), (503, r#"{"message": null}"#), (502, "no"), (0, "")]
    {
        let door = Service::says(status, body);
        let said = door.hears(&CANCEL);
        assert_failed(&said, 1, unknown);
        assert!(said.err.contains(look), "{}", said.err);
        assert_eq!(door.calls().len(), 1, "it is not sent again");
    }
    let said = Service::says(502, "").hears(&["freeze", "all", "--reason", "x"]);
    assert_failed(&said, 1, "look with `countersign freezes`");
}

#[test]
fn what_is_missing_is_named_and_nothing_is_done() {
    let freeze = ["freeze", "all", "--reason", "x"];
    for command in [&CANCEL[..], &freeze] {
        assert_failed(&without("region", command), 1, "no region: set AWS_REGION");
        assert_failed(&without("keys", command), 4, "no credentials: set AWS_PROFILE");
        assert_failed(&without("api stack", command), 2, "or --api <URL> or COUNTERSIGN_API");
        let unreached = without("nothing", command);
        assert_failed(&unreached, 1, "nothing was done, the API cannot be reached");
    }
    let by_reference = ["cancel", "cs-0123456789abcdef0123456789abcdef", "--reason", "asked twice"];
    assert_failed(&without("table stack", &by_reference), 2, "no table: give --stack <NAME>");
}
