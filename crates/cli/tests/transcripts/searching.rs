//! Filters: what is looked for, how much of the table is read for it, and what is said of that.

use crate::service::{Call, Service};
use crate::show::STORED;

const DECIDE_BY: &str = "2999-11-22T11:00:00.000Z";

/// The row of the index.
fn indexed(id: &str, tool: &str) -> String {
    format!(
        r#"{{"pk": {{"S": "REQ#{id}"}}, "queue_at": {{"S": "{DECIDE_BY}#{id}"}},
            "status": {{"S": "pending"}}, "tool": {{"S": "{tool}"}}, "tier": {{"S": "medium"}},
            "asked_at": {{"S": "2026-11-22T10:00:00.000Z"}}, "decide_by": {{"S": "{DECIDE_BY}"}}}}"#
    )
}

/// Its record.
fn record(id: &str, agent: &str) -> String {
    let item = STORED.split(r#""Item": "#).nth(1).expect("a record");
    let item = item.trim().trim_end_matches('}').to_owned() + "}";
    item.replace("r-1", id)
        .replace("\"received\"", "\"pending\"")
        .replace("agent-1", agent)
        .replace(
            r#""decide_by": {"NULL": true}"#,
            &format!(r#""decide_by": {{"S": "{DECIDE_BY}"}}"#),
        )
}

/// Three requests that wait, of two agents.
fn three((operation, _, body): &Call) -> (u16, String) {
    let tool = "billing___refund_order";
    let answer = match operation.as_str() {
        "BatchGetItem" => {
            let agents = [("r-1", "A1/live"), ("r-2", "A2/live"), ("r-3", "A1/test")];
            let asked = agents.iter().filter(|(id, _)| body.contains(&format!("REQ#{id}\"")));
            let rows: Vec<_> = asked.map(|(id, agent)| record(id, agent)).collect();
            format!(r#"{{"Responses": {{"approvals": [{}]}}}}"#, rows.join(","))
        }
        "GetItem" if body.contains("REF#") => r#"{"Item": {"request": {"S": "r-2"}}}"#.to_owned(),
        "GetItem" => format!(r#"{{"Item": {}}}"#, record("r-2", "A2/live")),
        _ if body.contains("pending#0") => {
            format!(r#"{{"Items": [{},{}]}}"#, indexed("r-1", tool), indexed("r-2", tool))
        }
        _ if body.contains("pending#1") => format!(r#"{{"Items": [{}]}}"#, indexed("r-3", tool)),
        _ => r#"{"Items": []}"#.to_owned(),
    };
    (200, answer)
}

fn ids(out: &str) -> Vec<&str> {
    let words =
        out.lines().filter_map(|line| line.split(['"', ' ']).find(|word| word.starts_with("r-")));
    words.collect()
}

#[test]
fn a_filter_reads_the_records_of_what_may_match_and_lists_what_does() {
    let cases: [(&[&str], &[&str]); 6] = [
        (&["--agent", "A1"], &["r-1", "r-3"]),
        (&["--agent", "A2/live", "--requester", "DANA"], &["r-2"]),
        (&["--query", "refund a1/test"], &["r-3"]),
        (&["--risk", "high"], &[]),
        (&["--tool", "billing___refund_order", "--limit", "2"], &["r-1", "r-2"]),
        (&["--query", "cs-00000000000000000000000000000000"], &["r-2"]),
    ];
    for (options, wanted) in cases {
        let said = Service::answering(three).hears(&[&["list"], options].concat());
        assert_eq!(
            (said.code, ids(&said.out)),
            (Some(0), wanted.to_vec()),
            "{options:?}: {}",
            said.err
        );
    }
}

#[test]
fn what_the_index_rules_out_is_read_no_further() {
    let service = Service::answering(three);
    let said = service.hears(&["list", "--risk", "critical,high"]);
    assert_eq!(said.err, "hint: no request that matches is pending\n");
    assert!(service.calls().iter().all(|(operation, ..)| operation == "Query"));
}

/// A shard without an end: as many rows as were asked for, each time.
fn endless((operation, _, body): &Call) -> (u16, String) {
    if operation == "BatchGetItem" {
        return (200, r#"{"Responses": {}}"#.to_owned());
    }
    let after = |name: &str| body.split(&format!("\"{name}\":")).nth(1);
    let limit = after("Limit").and_then(|rest| rest.split([',', '}']).next()).expect("a limit");
    let limit: usize = limit.trim().parse().expect("a number");
    let shard = body.split("pending#").nth(1).and_then(|rest| rest.get(..1)).expect("a shard");
    let begun = body.split(DECIDE_BY).nth(1).and_then(|rest| rest.get(3..9));
    let begun = begun.map(|number| number.parse::<usize>().expect("a number"));
    let numbers = (0..).skip_while(|number| begun.is_some_and(|begun| *number <= begun));
    let ids: Vec<_> = numbers.take(limit).map(|number| format!("r{shard}{number:06}")).collect();
    let rows: Vec<_> = ids.iter().map(|id| indexed(id, "t")).collect();
    let last = ids.last().expect("a row");
    let last = format!(r#"{{"queue_at": {{"S": "{DECIDE_BY}#{last}"}}}}"#);
    (200, format!(r#"{{"Items": [{}], "LastEvaluatedKey": {last}}}"#, rows.join(",")))
}

#[test]
fn however_many_there_are_a_bounded_number_of_rows_is_read_and_that_is_said() {
    let service = Service::answering(endless);
    let said = service.hears(&["list", "--tool", "another"]);
    let hint = "hint: no match among the 1000 rows that may be read at once, and there are more: \
                narrow the filter\n";
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (Some(0), "", hint));
    let service = Service::answering(endless);
    let said = service.hears(&["list", "--limit", "20"]);
    assert_eq!(said.out.lines().count(), 20, "{}", said.err);
    let queries = service.calls().iter().filter(|(operation, ..)| operation == "Query").count();
    assert!((4..8).contains(&queries), "{queries}");
}

#[test]
fn what_is_stuck_is_found_by_what_is_owed() {
    let service = Service::answering(|(operation, _, body)| {
        let answer = match operation.as_str() {
            "BatchGetItem" => {
                // One whose workflow execution is long silent, and one that is done.
                let late = record("r-1", "A1/live").replace("\"pending\"", "\"approved\"");
                let done = record("r-2", "A1/live").replace("\"pending\"", "\"executed\"");
                let done =
                    done.replace(r#""resumed": {"BOOL": false}"#, r#""resumed": {"BOOL": true}"#);
                format!(r#"{{"Responses": {{"approvals": [{late},{done}]}}}}"#)
            }
            _ if body.contains(r#"{"S":"0"}"#) => {
                let row = |id: &str| {
                    format!(r#"{{"pk": {{"S": "REQ#{id}"}}, "due_at": {{"S": "2026"}}}}"#)
                };
                format!(r#"{{"Items": [{},{}]}}"#, row("r-1"), row("r-2"))
            }
            _ => r#"{"Items": []}"#.to_owned(),
        };
        (200, answer)
    });
    let said = service.hears(&["list", "--status", "stuck"]);
    assert_eq!((said.code, ids(&said.out)), (Some(0), vec!["r-1"]), "{}", said.err);
    let calls = service.calls();
    assert!(calls.iter().take(4).all(|(_, _, body)| body.contains("\"due\"")), "{calls:?}");
}
