//! `list` and `freezes`: what is written where, and what is said beside it.

use crate::assert_failed;
use crate::service::{Call, Service, without};

/// Two requests that wait: one in each of two shards, the other two are empty.
/// Their records are not there yet, as right after they were written.
fn queue((operation, _, body): &Call) -> (u16, String) {
    if operation == "BatchGetItem" {
        return (200, r#"{"Responses": {}}"#.to_owned());
    }
    assert_eq!(operation, "Query", "{body}");
    let row = |id: &str, decide_by: &str| {
        format!(
            r#"{{"pk": {{"S": "REQ#{id}"}}, "queue_at": {{"S": "{decide_by}#{id}"}},
                "status": {{"S": "pending"}}, "tool": {{"S": "billing___refund_order"}},
                "tier": {{"S": "medium"}}, "asked_at": {{"S": "2026-11-22T10:00:00.000Z"}},
                "decide_by": {{"S": "{decide_by}"}}}}"#
        )
    };
    let rows = match body {
        body if body.contains("pending#0") => row("r-2", "2026-11-22T12:00:00.000Z"),
        body if body.contains("pending#3") => row("r-1", "2026-11-22T11:00:00.000Z"),
        _ => String::new(),
    };
    (200, format!(r#"{{"Items": [{rows}]}}"#))
}

#[test]
fn what_waits_is_listed_soonest_first_one_line_of_json_each_where_nobody_watches() {
    let said = Service::answering(queue).hears(&["list"]);
    let line = |id: &str, hour: u8| {
        format!(
            r#"{{"id":"{id}","status":"pending","tool":"billing___refund_order","tier":"medium","asked_at":"2026-11-22T10:00:00.000Z","decide_by":"2026-11-22T{hour}:00:00.000Z","headline":null}}"#
        )
    };
    assert_eq!(said.out, format!("{}\n{}\n", line("r-1", 11), line("r-2", 12)), "{}", said.err);
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
}

#[test]
fn a_table_is_for_people_and_says_when_it_is_cut() {
    let list = ["list", "-o", "table", "--limit", "1", "--time", "iso"];
    let said = Service::answering(queue).hears(&list);
    let table = "\
ID   STATUS   RISK    WHAT                    AGENT  FOR  ASKED                     DECIDE BY
r-1  pending  medium  billing___refund_order  -      -    2026-11-22T10:00:00.000Z  2026-11-22T11:00:00.000Z
";
    assert_eq!(said.out, table);
    let hint = "hint: more than 1 are pending; these come first, --limit shows more\n";
    assert_eq!((said.code, said.err.as_str()), (Some(0), hint));
}

#[test]
fn an_empty_queue_is_said_beside_the_data() {
    let nothing = Service::says(200, r#"{"Items": []}"#);
    let heads = "id,status,tier,tool,headline,agent,standing,person,rules,reason,cause,asked_at,\
                 decide_by,ended_at,digest\n";
    for (output, data) in [("jsonl", ""), ("table", ""), ("json", "[]\n"), ("csv", heads)] {
        let said = nothing.hears(&["list", "--status", "in-doubt", "-o", output]);
        assert_eq!((said.code, said.out.as_str()), (Some(0), data));
        assert_eq!(said.err, "hint: no request is in_doubt\n");
    }
    let calls = nothing.calls();
    assert_eq!(calls.len(), 16, "four shards each");
    assert!(calls.iter().all(|(_, _, body)| body.contains("in_doubt#")), "{calls:?}");
    nothing.hears(&["list", "--status", "open"]);
    assert_eq!(nothing.calls().len(), 24, "four shards of six statuses");
}

#[test]
fn what_is_frozen_is_listed_with_who_and_why() {
    let frozen = Service::answering(|(operation, _, _)| {
        let body = if operation == "Query" {
            r#"{"Items": [{"pk": {"S": "CONTROL#freeze#all"}, "queue_at": {"S": "all"}}]}"#
        } else {
            r#"{"Item": {"pk": {"S": "CONTROL#freeze#all"}, "sk": {"S": "FREEZE"},
                "by_status": {"S": "frozen"}, "queue_at": {"S": "all"}, "scope": {"S": "all"},
                "frozen": {"BOOL": true}, "version": {"N": "1"},
                "at": {"S": "2026-11-22T10:00:00.000Z"}, "who": {"S": "arn:op"},
                "reason": {"S": "INC-4711\u202e"}, "hash": {"S":
                "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}}"#
        };
        (200, body.to_owned())
    });
    let said = frozen.hears(&["freezes", "-o", "table"]);
    let table = "\
SCOPE  SINCE                 BY      WHY
all    2026-11-22 10:00 UTC  arn:op  INC-4711⟦U+202E⟧
";
    assert_eq!((said.code, said.out.as_str()), (Some(0), table), "{}", said.err);
    assert!(frozen.hears(&["freezes"]).out.starts_with(r#"{"scope":"all","frozen":true"#));
    let said = Service::says(200, r#"{"Items": []}"#).hears(&["freezes"]);
    assert_eq!((said.out.as_str(), said.err.as_str()), ("", "hint: no freeze is listed\n"));
}

#[test]
fn a_freeze_of_everything_that_was_put_by_hand_is_listed() {
    let frozen = Service::answering(|(operation, _, body)| {
        let row = r#"{"Item": {"pk": {"S": "CONTROL#freeze#all"}, "sk": {"S": "FREEZE"}}}"#;
        let asks = operation == "GetItem" && body.contains("CONTROL#freeze#all");
        let row = asks.then_some(row);
        (200, row.unwrap_or(r#"{"Items": []}"#).to_owned())
    });
    let said = frozen.hears(&["freezes", "-o", "table"]);
    let table = "\
SCOPE  SINCE                 BY       WHY
all    1970-01-01 00:00 UTC  unknown  written by hand
";
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (Some(0), table, ""));
}

#[test]
fn what_is_missing_is_named() {
    for command in [&["list"][..], &["freezes"], &["watch", "r-1"]] {
        assert_failed(&without("region", command), 1, "no region: set AWS_REGION");
        assert_failed(&without("keys", command), 4, "no credentials: set AWS_PROFILE");
        assert_failed(&without("table stack", command), 2, "no table: give --stack <NAME>");
    }
}
