//! What can go wrong with reading commands, each with its exit code and what to do.

use crate::service::{Call, Service, without};
use crate::show::STORED;
use crate::{Transcript, assert_failed, countersign};

const READING: [&[&str]; 4] = [
    &["list"],
    &["list", "--status", "stuck", "--query", "refund"],
    &["list", "--query", "cs-0123456789abcdef0123456789abcdef"],
    &["export", "-o", "jsonl"],
];

fn refused(command: &[&str], code: &str) -> Transcript {
    let body = format!(r#"{{"__type": "com.amazonaws.dynamodb#{code}", "message": "secret"}}"#);
    Service::says(400, &body).hears(command)
}

#[test]
fn every_reading_command_says_what_is_missing() {
    for command in READING {
        assert_failed(&without("region", command), 1, "no region: set AWS_REGION");
        assert_failed(&without("keys", command), 4, "no credentials: set AWS_PROFILE");
        assert_failed(&without("table stack", command), 2, "no table: give --stack <NAME>");
        assert_failed(&without("nothing", command), 1, "AWS cannot be reached");
        let by_stack = without("table", command);
        assert_failed(&by_stack, 1, "AWS cannot be reached, cloudformation:DescribeStacks failed");
    }
    let nobody = countersign(&["doctor", "--stack", "demo", "--region", "eu-central-1"]);
    assert_eq!((nobody.code, nobody.err.as_str()), (Some(1), ""), "{}", nobody.out);
    assert!(
        nobody.out.starts_with("FAIL  credentials  no credentials: set AWS_PROFILE"),
        "{}",
        nobody.out
    );
}

#[test]
fn every_reading_command_says_what_aws_refuses() {
    for command in READING {
        let denied = refused(command, "AccessDeniedException");
        assert_failed(&denied, 4, "failed: AccessDeniedException");
        assert!(denied.err.contains("ask for a role that may do this"), "{}", denied.err);
        assert_failed(&refused(command, "ExpiredTokenException"), 4, "renew them");
        let missing = refused(command, "ResourceNotFoundException");
        assert_failed(&missing, 1, "no table `approvals` in this region and account");
        assert_failed(&refused(command, "ValidationException"), 1, "try again");
    }
}

#[test]
fn records_that_may_not_be_read_are_a_refusal_and_no_empty_list() {
    let service = Service::answering(|(operation, ..): &Call| {
        let row = r#"{"Items": [{"pk": {"S": "REQ#r-1"}, "queue_at": {"S": "2026-11-22T10:00:00.000Z#r-1"},
            "status": {"S": "pending"}, "tool": {"S": "t"}, "asked_at": {"S": "2026-11-22T10:00:00.000Z"}}]}"#;
        let denied = r#"{"__type": "com.amazonaws.dynamodb#AccessDeniedException"}"#;
        if operation == "Query" { (200, row.to_owned()) } else { (400, denied.to_owned()) }
    });
    assert_failed(&service.hears(&["list"]), 4, "dynamodb:BatchGetItem failed: AccessDenied");
    let said = service.hears(&["export"]);
    assert_eq!((said.code, said.out.lines().count()), (Some(4), 1), "only the heads: {}", said.out);
}

#[test]
fn an_export_that_breaks_off_says_so_after_what_it_wrote() {
    let mut batches = 0;
    let service = Service::answering(move |(operation, _, body): &Call| {
        if operation == "BatchGetItem" {
            batches += 1;
            return if batches > 2 {
                (500, r#"{"__type": "com.amazonaws.dynamodb#InternalServerError"}"#.to_owned())
            } else {
                (200, r#"{"Responses": {}}"#.to_owned())
            };
        }
        crate::searching::page(body, 500)
    });
    let said = service.hears(&["export", "-o", "jsonl"]);
    assert_eq!((said.code, said.out.lines().count()), (Some(1), 200), "{}", said.err);
    assert!(said.err.starts_with("error: AWS gave no usable answer"), "{}", said.err);
}

#[test]
fn a_record_that_cannot_be_read_is_listed_by_what_the_index_holds() {
    let service = Service::answering(|(operation, _, body): &Call| match operation.as_str() {
        "Query" if body.contains("\"pending#0\"") => {
            let row = r#"{"Items": [{"pk": {"S": "REQ#r-1"}, "queue_at": {"S": "2026-11-22T10:00:00.000Z#r-1"},
                "status": {"S": "pending"}, "tool": {"S": "t"}, "asked_at": {"S": "2026-11-22T10:00:00.000Z"}}]}"#;
            (200, row.to_owned())
        }
        "Query" => (200, r#"{"Items": []}"#.to_owned()),
        _ => {
            let broken = STORED.replace("\"schema\": {\"N\": \"1\"}", "\"schema\": {\"N\": \"2\"}");
            let item = broken.split(r#""Item": "#).nth(1).expect("a record");
            let item = item.trim().trim_end_matches('}').to_owned() + "}";
            (200, format!(r#"{{"Responses": {{"approvals": [{item}]}}}}"#))
        }
    });
    let said = service.hears(&["list"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.starts_with(r#"{"id":"r-1","status":"pending","tool":"t","#), "{}", said.out);
    assert!(!said.out.contains("\"agent\""), "{}", said.out);
}
