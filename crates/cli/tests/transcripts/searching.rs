//! Filters: what is looked for, how much of the table is read for it, and what is said of that.

use crate::assert_failed;
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
pub(crate) fn record(id: &str, agent: &str) -> String {
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

/// The same, of a newer version.
pub(crate) fn newer(id: &str, queue: &str) -> String {
    let schema = format!(r#""schema": {{"N": "2"}}, "by_status": {{"S": "{queue}"}}"#);
    record(id, "A1/live").replace(r#""schema": {"N": "1"}"#, &schema)
}

/// The same, with a display part under a key of AWS's.
pub(crate) fn sealed(record: &str) -> String {
    let part = format!("AQABawAA{}AAA=", "A".repeat(32));
    record.replace(r#""display": {"B": "c2VhbGVk"}"#, &format!(r#""display": {{"B": "{part}"}}"#))
}

/// Three requests that wait, of two agents.
pub(crate) fn three((operation, _, body): &Call) -> (u16, String) {
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

#[test]
fn an_export_is_all_that_matches_and_no_cell_of_it_is_a_formula() {
    let answer = |call: &Call| {
        let (status, body) = three(call);
        (status, body.replace("dana", "=dana"))
    };
    let export = ["export", "--agent", "A1", "--color", "never"];
    let said = Service::answering(answer).hears(&export[..3]);
    let csv = "\
id,status,tier,tool,headline,agent,standing,person,rules,reason,cause,asked_at,decide_by,ended_at,digest
r-1,pending,,billing___refund_order,,A1/live,claimed,'=dana⟦U+202E⟧,,,,2026-11-22T10:00:00.000Z,2999-11-22T11:00:00.000Z,,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
r-3,pending,,billing___refund_order,,A1/test,claimed,'=dana⟦U+202E⟧,,,,2026-11-22T10:00:00.000Z,2999-11-22T11:00:00.000Z,,e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855
";
    assert_eq!((said.code, said.out.as_str(), said.err.as_str()), (Some(0), csv, ""));
    let said = Service::answering(answer).hears(&[&export[..3], &["-o", "jsonl"]].concat());
    assert_eq!(ids(&said.out), ["r-1", "r-3"]);
    assert!(
        said.out.contains(r#""person":{"standing":"claimed","name":"=dana\u202e"}"#),
        "{}",
        said.out
    );
    let said = Service::answering(three).hears(&["export", "--risk", "low", "-o", "jsonl"]);
    assert_eq!(
        (said.code, said.out.as_str(), said.err.as_str()),
        (Some(0), "", "hint: no request matches\n")
    );
}

#[test]
fn an_export_by_words_is_all_that_matches_or_none_of_it() {
    let denied = |call: &Call| {
        if call.0 == "Decrypt" {
            return (400, r#"{"__type": "AccessDeniedException", "message": "no"}"#.to_owned());
        }
        let (status, body) = three(call);
        (status, sealed(&body))
    };
    let key = ["--display-key", "arn:key"];
    let may = "no file, `r-2` may match by its headline, ";
    let why = "no headlines: these credentials may not open display parts (OperatorRoleArn";
    for output in ["csv", "jsonl"] {
        let export = ["export", "-o", output, "--query", "a1"];
        let said = Service::answering(denied).hears(&[&export[..], &key].concat());
        assert_failed(&said, 1, &format!("{may}{why}"));
        let said = Service::answering(denied).hears(&export);
        assert_failed(&said, 1, &format!("{may}it does not open here: search without words"));
    }
    let whole = ["export", "-o", "jsonl", "--query", "dana"];
    let said = Service::answering(denied).hears(&whole);
    assert_eq!((said.code, ids(&said.out)), (Some(0), vec!["r-1", "r-2", "r-3"]), "{}", said.err);
    let said = Service::answering(denied).hears(&[&["export", "-o", "jsonl"], &key[..]].concat());
    assert_eq!((said.code, said.out.lines().count()), (Some(0), 3), "{}", said.err);
    assert!(said.err.contains(&format!("hint: {why}")), "{}", said.err);
}

/// The same three, the second of which is of a newer version.
fn unread(call: &Call) -> (u16, String) {
    let (status, body) = three(call);
    (status, body.replace(&record("r-2", "A2/live"), &newer("r-2", "pending#0")))
}

#[test]
fn an_export_without_a_record_that_may_match_is_no_file() {
    let no_file = "no file, `r-2` may match and its record cannot be read: filter by --status";
    let filters: [&[&str]; 4] = [
        &["--agent", "A1"],
        &["--requester", "dana"],
        &["--rule", "refund-over-100"],
        &["--agent", "A1", "--query", "refund_order"],
    ];
    for filter in filters {
        for output in ["csv", "jsonl"] {
            let export = [&["export", "-o", output], filter].concat();
            assert_failed(&Service::answering(unread).hears(&export), 1, no_file);
        }
    }
    // What the index tells is enough.
    let told: [&[&str]; 3] =
        [&[], &["--query", "refund_order"], &["--tool", "billing___refund_order"]];
    for filter in told {
        let export = [&["export", "-o", "jsonl"], filter].concat();
        let said = Service::answering(unread).hears(&export);
        assert_eq!((said.code, said.out.lines().count()), (Some(0), 3), "{filter:?}: {}", said.err);
    }
    // One that is gone since the index was written does not match.
    let gone = move |call: &Call| match unread(call) {
        (status, _) if call.0 == "GetItem" => (status, "{}".to_owned()),
        answer => answer,
    };
    let said = Service::answering(gone).hears(&["export", "-o", "jsonl", "--agent", "A1"]);
    assert_eq!((said.code, ids(&said.out)), (Some(0), vec!["r-1", "r-3"]), "{}", said.err);
}

#[test]
fn an_export_holds_what_has_a_malformed_attribute_whatever_is_looked_for_in_it() {
    let malformed = |call: &Call| {
        let (status, body) = three(call);
        (
            status,
            body.replace(r#""tool": {"S": "billing___refund_order"}"#, r#""tool": {"N": "7"}"#),
        )
    };
    let said = Service::answering(malformed).hears(&["export", "-o", "jsonl", "--tool", "another"]);
    assert_eq!((said.code, ids(&said.out)), (Some(0), vec!["r-1", "r-2", "r-3"]), "{}", said.err);
}

#[test]
fn a_list_says_that_something_was_left_out_that_may_match() {
    let closed = |call: &Call| {
        let (status, body) = three(call);
        (status, sealed(&body))
    };
    let said = Service::answering(closed).hears(&["list", "--query", "a1"]);
    let left_out = |why| format!("hint: `r-2`, for one, is left out and may match: {why}\n");
    assert_eq!((said.code, ids(&said.out)), (Some(0), vec!["r-1", "r-3"]));
    assert_eq!(said.err, left_out("its headline did not open"));
    let said = Service::answering(unread).hears(&["list", "--agent", "A1"]);
    assert_eq!((said.code, ids(&said.out)), (Some(0), vec!["r-1", "r-3"]));
    assert_eq!(said.err, left_out("its record cannot be read"));
}

#[test]
fn an_export_goes_on_until_it_has_read_all_ten_thousand() {
    let service = Service::answering(|(operation, _, body)| {
        if operation == "BatchGetItem" {
            return (200, r#"{"Responses": {}}"#.to_owned());
        }
        page(body, 2_500)
    });
    let said = service.hears(&["export", "-o", "jsonl"]);
    assert_eq!((said.code, said.out.lines().count()), (Some(0), 10_000), "{}", said.err);
}

#[test]
fn what_is_open_comes_soonest_first_and_what_has_ended_comes_after_it_latest_first() {
    let service = Service::answering(|(operation, _, body): &Call| {
        let row = |id: &str, status: &str, hour: u8| {
            format!(
                r#"{{"pk": {{"S": "REQ#{id}"}}, "queue_at": {{"S": "2999-11-22T{hour}:00:00.000Z#{id}"}},
                    "status": {{"S": "{status}"}}, "tool": {{"S": "t"}},
                    "asked_at": {{"S": "2026-11-22T10:00:00.000Z"}}}}"#
            )
        };
        let rows = match body {
            _ if operation == "BatchGetItem" => return (200, r#"{"Responses": {}}"#.to_owned()),
            body if body.contains("\"pending#0\"") => row("r-2", "pending", 12),
            body if body.contains("\"approved#3\"") => row("r-1", "approved", 11),
            body if body.contains("\"executed#0\"") => row("r-4", "executed", 13),
            body if body.contains("\"rejected#1\"") => row("r-3", "rejected", 14),
            _ => String::new(),
        };
        (200, format!(r#"{{"Items": [{rows}]}}"#))
    });
    assert_eq!(ids(&service.hears(&["list", "--status", "all"]).out), ["r-1", "r-2", "r-3", "r-4"]);
    assert_eq!(ids(&service.hears(&["list", "--status", "ended"]).out), ["r-3", "r-4"]);
    assert_eq!(ids(&service.hears(&["list", "--status", "open"]).out), ["r-1", "r-2"]);
    let cut = service.hears(&["list", "--status", "all", "--limit", "3"]);
    assert_eq!(ids(&cut.out), ["r-1", "r-2", "r-3"]);
    assert_eq!(cut.err, "hint: more than 3 are there; these come first, --limit shows more\n");
}

/// A shard without an end: as many rows as were asked for, each time.
fn endless((operation, _, body): &Call) -> (u16, String) {
    if operation == "BatchGetItem" {
        return (200, r#"{"Responses": {}}"#.to_owned());
    }
    page(body, usize::MAX)
}

/// What a query reads of a shard of so many rows.
pub(crate) fn page(body: &str, most: usize) -> (u16, String) {
    let after = |name: &str| body.split(&format!("\"{name}\":")).nth(1);
    let limit = after("Limit").and_then(|rest| rest.split([',', '}']).next()).expect("a limit");
    let limit: usize = limit.trim().parse().expect("a number");
    let shard = body.split("pending#").nth(1).and_then(|rest| rest.get(..1)).expect("a shard");
    // Behind which row, be it of this shard or of another: `#r`, the shard and six digits.
    let begun = body.split(DECIDE_BY).nth(1);
    let begun = begun.and_then(|rest| Some((rest.get(2..3)?, rest.get(3..9)?.parse().ok()?)));
    let numbers = match begun {
        Some((of, number)) if of == shard => usize::saturating_add(number, 1)..most,
        Some((of, _)) if of > shard => most..most,
        _ => 0..most,
    };
    let id = |number: usize| format!("r{shard}{number:06}");
    let rows: Vec<_> =
        numbers.clone().take(limit).map(|number| indexed(&id(number), "t")).collect();
    let last = numbers.take(limit).next_back().filter(|_| rows.len() == limit);
    let last = last.map_or("null".to_owned(), |last| {
        format!(r#"{{"queue_at": {{"S": "{DECIDE_BY}#{}"}}}}"#, id(last))
    });
    (200, format!(r#"{{"Items": [{}], "LastEvaluatedKey": {last}}}"#, rows.join(",")))
}

#[test]
fn however_many_there_are_a_bounded_number_of_rows_is_read_and_that_is_said() {
    let service = Service::answering(endless);
    let said = service.hears(&["list", "--tool", "another"]);
    let hint = "hint: no match among the 1000 rows that may be read at once, and there are more: \
                narrow the filter, or `export`\n";
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

#[test]
fn more_that_is_stuck_than_one_file_holds_is_no_file() {
    let due = |count| {
        Service::answering(move |call| {
            let late = |id: &str| record(id, "A1/live").replace("\"pending\"", "\"approved\"");
            due_and_read(call, count, "approvals", late)
        })
    };
    for output in ["csv", "jsonl"] {
        let said = due(300).hears(&["export", "--status", "stuck", "-o", output]);
        assert_failed(&said, 1, "no file, more are stuck than one holds: see to those first that");
    }
    let said = due(150).hears(&["export", "--status", "stuck", "-o", "jsonl"]);
    assert_eq!((said.code, said.out.lines().count()), (Some(0), 150), "{}", said.err);
}

/// So many that are due in the first shard, `d0000` and on, each with the record of its id.
pub(crate) fn due_and_read(
    (operation, _, body): &Call,
    count: usize,
    table: &str,
    record: impl Fn(&str) -> String,
) -> (u16, String) {
    if operation == "BatchGetItem" {
        let ids = body.split("REQ#").skip(1).filter_map(|rest| rest.split('"').next());
        let rows: Vec<_> = ids.map(record).collect();
        return (200, format!(r#"{{"Responses": {{"{table}": [{}]}}}}"#, rows.join(",")));
    }
    let row = |n| format!(r#"{{"pk": {{"S": "REQ#d{n:04}"}}, "due_at": {{"S": "2026"}}}}"#);
    let count = if body.contains(r#"{"S":"0"}"#) { count } else { 0 };
    let rows: Vec<_> = (0..count).map(row).collect();
    (200, format!(r#"{{"Items": [{}]}}"#, rows.join(",")))
}

#[test]
fn what_is_owed_and_cannot_be_read_is_stuck() {
    let service = Service::answering(|(operation, _, body)| {
        let row = |id: &str| format!(r#"{{"pk": {{"S": "REQ#{id}"}}, "due_at": {{"S": "2999"}}}}"#);
        let answer = match operation.as_str() {
            "BatchGetItem" => r#"{"Responses": {}}"#.to_owned(),
            // One of a newer version, one that was only not read yet, and one that is gone.
            "GetItem" if body.contains("REQ#r-1") => {
                format!(r#"{{"Item": {}}}"#, newer("r-1", "executing#0"))
            }
            "GetItem" if body.contains("REQ#r-2") => {
                format!(r#"{{"Item": {}}}"#, record("r-2", "A1/live"))
            }
            "GetItem" => "{}".to_owned(),
            _ if body.contains(r#"{"S":"0"}"#) => {
                format!(r#"{{"Items": [{},{},{}]}}"#, row("r-1"), row("r-2"), row("r-3"))
            }
            _ => r#"{"Items": []}"#.to_owned(),
        };
        (200, answer)
    });
    let said = service.hears(&["list", "--status", "stuck"]);
    assert_eq!((said.code, ids(&said.out)), (Some(0), vec!["r-1"]), "{}", said.err);
    let line = r#"{"id":"r-1","status":"executing","tool":"billing___refund_order","tier":null,"#;
    assert!(said.out.starts_with(line), "{}", said.out);
}
