//! `show`, against a service that gives one answer to everything. `approval-views` tests what is
//! shown of a whole request.

use crate::assert_failed;
use crate::service::{Service, without};

const SHOW: [&str; 2] = ["show", "r-1"];

#[test]
fn what_is_missing_here_is_named() {
    assert_failed(&without("region", &SHOW), 1, "no region: set AWS_REGION");
    assert_failed(&without("keys", &SHOW), 4, "no credentials: set AWS_PROFILE");
    assert_failed(&without("table stack", &SHOW), 2, "or --table <NAME> or COUNTERSIGN_TABLE");
    let arguments = ["show", "r-1", "--display-key", "arn:key"];
    assert_failed(&without("stack", &arguments), 2, "give --stack <NAME>");
}

#[test]
fn nobody_listening_is_a_matter_of_the_network() {
    assert_failed(&without("nothing", &SHOW), 1, "AWS cannot be reached");
}

#[test]
fn what_aws_refuses_is_told_by_what_to_do() {
    let refuses = |code: &str| {
        let body = format!(r#"{{"__type":"com.amazon.coral.service#{code}","message":"no"}}"#);
        Service::says(400, &body).hears(&SHOW)
    };
    let denied = refuses("AccessDeniedException");
    assert_failed(&denied, 4, "dynamodb:GetItem failed: AccessDeniedException");
    let missing = refuses("ResourceNotFoundException");
    assert_failed(&missing, 1, "no table `approvals` in this region and account");
    assert_failed(&refuses("ExpiredTokenException"), 4, "renew them");
}

#[test]
fn a_request_that_is_not_there_is_said() {
    let nothing = Service::says(200, "{}");
    assert_failed(&nothing.hears(&SHOW), 1, "no such request in the table `approvals`");
    let reference = ["show", "cs-00000000000000000000000000000000"];
    assert_failed(&nothing.hears(&reference), 1, "no such request in the table `approvals`");
}

/// A request as DynamoDB has it, and no further row: somebody has taken its audit trail away.
pub(crate) const STORED: &str = r#"{"Items": [], "Item": {
    "pk": {"S": "REQ#r-1"}, "sk": {"S": "META"}, "schema": {"N": "1"}, "id": {"S": "r-1"},
    "version": {"N": "1"}, "status": {"S": "received"}, "tool": {"S": "billing___refund_order"},
    "requester": {"M": {"caller": {"S": "bedrock"}, "agent": {"S": "agent-1"},
        "person": {"M": {"standing": {"S": "claimed"}, "name": {"S": "dana\u202e"}}}}},
    "digest": {"S": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    "idempotent": {"BOOL": true}, "asked_at": {"S": "2026-11-22T10:00:00.000Z"},
    "changed_at": {"S": "2026-11-22T10:00:00.000Z"}, "hard_limit": {"S": "2026-11-29T10:00:00.000Z"},
    "assessment": {"NULL": true}, "decide_by": {"NULL": true}, "run_by": {"NULL": true},
    "claimed_until": {"NULL": true}, "reason": {"NULL": true}, "result": {"NULL": true},
    "wait": {"M": {"token": {"S": "the-task-token"}, "since": {"S": "2026-11-22T10:00:00.000Z"},
        "resumed": {"BOOL": false}}},
    "action": {"B": "c2VhbGVk"}, "display": {"B": "c2VhbGVk"}, "audit": {"M": {"count": {"N": "0"},
        "hash": {"S": "a5fa777a3dc67268caea6eea038ba14177e360dba84e1db44e738dbae137e7ef"}}}
}}"#;

#[test]
fn a_stored_request_is_shown_and_the_hint_is_no_data() {
    let said = Service::says(200, STORED).hears(&SHOW);
    let shown = "\
billing___refund_order
received: not assessed yet
WARNING: the request does not stand where the audit trail says it stands

request
  id         r-1
  tool       billing___refund_order
  agent      agent-1, through bedrock
  person     claimed, not proven: dana⟦U+202E⟧
  asked at   2026-11-22T10:00:00.000Z
  hard limit 2026-11-29T10:00:00.000Z
  result     none
  digest     e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855

arguments
  not opened

decisions, as stored; execute-action proves them
  none

audit trail, THE CHAIN IS BROKEN
";
    assert_eq!((said.code, said.out.as_str()), (Some(0), shown), "{}", said.err);
    assert!(said.err.starts_with("hint: the arguments are sealed"), "{}", said.err);
}

#[test]
fn promise_10_the_json_form_holds_no_task_token_and_no_sealed_part() {
    let said = Service::says(200, STORED).hears(&["show", "r-1", "-o", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(
        said.out.starts_with("{\n  \"id\": \"r-1\",\n  \"status\": \"received\""),
        "{}",
        said.out
    );
    assert!(said.out.contains(r#""name": "dana\u202e""#), "{}", said.out);
    for secret in ["the-task-token", "sealed", "c2VhbGVk"] {
        assert!(!said.out.contains(secret), "{secret} is in\n{}", said.out);
    }
}

#[test]
fn the_marker_of_a_secret_is_the_one_the_door_writes() {
    assert_eq!(approval_views::display::SECRET, approval_policy::catalogue::SECRET);
}
