use approval_core::claim::Claim;
use approval_core::commit::{AskRow, Guard};
use approval_core::digest::Digest;
use approval_core::freeze::FreezeScope;
use approval_core::lifecycle::Recorded;
use approval_core::name::RequestId;
use serde_json::{Value, json};

use super::*;
use crate::fixture;
use crate::replay::{Answer, Replay};

/// A row that does not say that it was let go holds.
const UNFROZEN: &str = "attribute_not_exists(#pk) OR #frozen = :false";

/// An answer that cancels for one code in each step's place.
fn cancelled(codes: &[&str]) -> Answer {
    let reasons: Vec<_> = codes.iter().map(|code| json!({"Code": code})).collect();
    cancelled_by(&reasons)
}

fn cancelled_by(reasons: &[Value]) -> Answer {
    let body = json!({
        "__type": "com.amazonaws.dynamodb.v20120810#TransactionCanceledException",
        "Message": "cancelled",
        "CancellationReasons": reasons,
    });
    Answer::Says(400, Vec::new(), body.to_string())
}

fn ask() -> AskRow {
    AskRow {
        ask: Digest::of(b"ask"),
        arguments: Digest::of(b"arguments"),
        request: fixture::id(),
        at: fixture::now(),
    }
}

fn open(replaces: Option<&str>) -> Commit {
    Commit::from(fixture::opened()).guarded(Guard::Open {
        ask: ask(),
        replaces: replaces.map(|id| RequestId::parse(id).unwrap()),
        reference: Digest::of(b"reference"),
    })
}

fn claim() -> Claim {
    Claim { request: fixture::id(), at: fixture::now(), until: fixture::now(), settled: false }
}

fn claiming(again: bool) -> Commit {
    let request = fixture::full_request();
    let scopes = FreezeScope::concerning(&request.tool, "support");
    Commit::from(request).guarded(Guard::Claim { claim: claim(), again, scopes })
}

fn telling() -> Commit {
    let notices = ["ana", "ben"].map(fixture::notice).to_vec();
    Commit::from(fixture::full_request()).guarded(Guard::Notices(notices))
}

/// A decision of a person, written with its audit record.
fn deciding() -> Commit {
    let request = fixture::full_request();
    let scopes = FreezeScope::concerning(&request.tool, "support");
    let decision = Box::new(fixture::decision("ana"));
    let [_, audit] = fixture::trail().1;
    let recorded = Recorded { request, audit };
    Commit::from(recorded).guarded(Guard::Decide { decision, scopes })
}

async fn commit(commit: Commit, answers: &[Answer]) -> (Result<(), CommitError>, Vec<Value>) {
    let replay = Replay::of(answers.to_vec());
    let table = Table::new(&replay.config(), "approvals");
    let result = table.commit(commit).await;
    (result, replay.sent("TransactWriteItems"))
}

async fn written(what: Commit) -> Vec<Value> {
    let (result, mut sent) = commit(what, &[Answer::ok(&json!({}))]).await;
    result.unwrap();
    let sent = sent.remove(0);
    sent["TransactItems"].as_array().unwrap().clone()
}

async fn refused(what: Commit, codes: &[&str]) -> CommitError {
    commit(what, &[cancelled(codes)]).await.0.unwrap_err()
}

#[tokio::test]
async fn opening_writes_request_audit_ask_and_reference_or_nothing() {
    let items = written(open(None)).await;
    let keys: Vec<_> = items
        .iter()
        .map(|item| {
            assert_eq!(item["Put"]["ConditionExpression"], "attribute_not_exists(#pk)");
            assert_eq!(item["Put"]["TableName"], "approvals");
            let row = &item["Put"]["Item"];
            format!("{} {}", row["pk"]["S"].as_str().unwrap(), row["sk"]["S"].as_str().unwrap())
        })
        .collect();
    let expected = [
        "REQ#r-1 META".to_owned(),
        "REQ#r-1 AUDIT#0000000000".to_owned(),
        format!("ASK#{} ASK", Digest::of(b"ask")),
        format!("REF#{} REF", Digest::of(b"reference")),
    ];
    assert_eq!(keys, expected);
    assert_eq!(items[3]["Put"]["Item"]["request"]["S"], "r-1");
    assert_eq!(items[2]["Put"]["ReturnValuesOnConditionCheckFailure"], "ALL_OLD");
    assert_eq!(items[0]["Put"]["Item"]["by_status"]["S"], "received#1");
}

#[tokio::test]
async fn an_ask_is_replaced_only_where_it_still_leads_to_the_request_it_replaces() {
    let items = written(open(Some("r-0"))).await;
    let put = &items[2]["Put"];
    let condition = "attribute_not_exists(#pk) OR #request = :replaced";
    assert_eq!(put["ConditionExpression"], condition);
    assert_eq!(put["ExpressionAttributeValues"], json!({":replaced": {"S": "r-0"}}));
    assert_eq!(put["ExpressionAttributeNames"], json!({"#pk": "pk", "#request": "request"}));
}

#[tokio::test]
async fn a_write_stands_on_exactly_the_version_before() {
    let items = written(Commit::from(fixture::full_request())).await;
    assert_eq!(items.len(), 1);
    assert_eq!(items[0]["Put"]["ConditionExpression"], "#version = :version");
    assert_eq!(items[0]["Put"]["ExpressionAttributeValues"], json!({":version": {"N": "2"}}));
    assert_eq!(items[0]["Put"]["Item"]["version"], json!({"N": "3"}));
    assert_eq!(items[0]["Put"]["Item"]["tier"], json!({"S": "medium"}));
}

#[tokio::test]
async fn promise_6_a_claim_is_made_in_time_once_and_where_nothing_is_frozen() {
    let items = written(claiming(false)).await;
    assert_eq!(items.len(), 5);
    let meta = &items[0]["Put"];
    assert_eq!(meta["ConditionExpression"], "#version = :version AND #run_by > :at");
    assert_eq!(meta["ExpressionAttributeValues"][":at"]["S"], "2026-11-22T10:00:00.000Z");
    assert_eq!(items[1]["Put"]["ConditionExpression"], "attribute_not_exists(#pk)");
    assert_eq!(items[1]["Put"]["Item"]["sk"]["S"], "CLAIM");
    assert_eq!(items[1]["Put"]["Item"]["settled"]["BOOL"], false);
    let scopes = ["all", "tool#billing___refund_order", "agent#support"];
    for (item, scope) in items[2..].iter().zip(scopes) {
        let check = &item["ConditionCheck"];
        assert_eq!(check["ConditionExpression"], UNFROZEN);
        let key = json!({"pk": {"S": format!("CONTROL#freeze#{scope}")}, "sk": {"S": "FREEZE"}});
        assert_eq!(check["Key"], key);
    }
}

#[tokio::test]
async fn a_claim_is_taken_over_only_unsettled_and_run_out() {
    let items = written(claiming(true)).await;
    assert_eq!(items[0]["Put"]["ConditionExpression"], "#version = :version");
    let put = &items[1]["Put"];
    let condition = "attribute_not_exists(#pk) OR (#settled = :false AND #until <= :at)";
    assert_eq!(put["ConditionExpression"], condition);
    let values = json!({":false": {"BOOL": false}, ":at": {"S": "2026-11-22T10:00:00.000Z"}});
    assert_eq!(put["ExpressionAttributeValues"], values);
    let names = json!({"#pk": "pk", "#settled": "settled", "#until": "until"});
    assert_eq!(put["ExpressionAttributeNames"], names);
    assert_eq!(items.len(), 5);
}

#[tokio::test]
async fn a_claim_is_settled_once() {
    let settling = Commit::from(fixture::full_request()).guarded(Guard::Settle(claim()));
    let items = written(settling.clone()).await;
    assert_eq!(items[1]["Put"]["ConditionExpression"], "#settled = :false");
    assert_eq!(items[1]["Put"]["Item"]["settled"]["BOOL"], true);
    let error = refused(settling, &["None", "ConditionalCheckFailed"]).await;
    assert!(matches!(error, CommitError::Claimed));
}

#[tokio::test]
async fn notices_are_stored_under_the_version_of_their_request() {
    let items = written(telling()).await;
    assert_eq!(items.len(), 3);
    assert_eq!(items[0]["Put"]["ConditionExpression"], "#version = :version");
    for (item, who) in items[1..].iter().zip(["ana", "ben"]) {
        let put = &item["Put"];
        assert_eq!(put["Item"]["pk"]["S"], "REQ#r-1");
        assert_eq!(put["Item"]["sk"]["S"], format!("NOTICE#{who}"));
        assert_eq!(put["Item"]["epoch"]["N"], "1");
        for absent in
            ["ConditionExpression", "ExpressionAttributeNames", "ExpressionAttributeValues"]
        {
            assert!(put.get(absent).is_none(), "DynamoDB refuses an empty {absent}");
        }
    }
    let raced = refused(telling(), &["ConditionalCheckFailed", "None", "None"]).await;
    assert!(matches!(raced, CommitError::Conflict));
}

#[tokio::test]
async fn promise_6_a_decision_is_written_in_time_once_by_a_link_that_counts_and_unfrozen() {
    let items = written(deciding()).await;
    assert_eq!(items.len(), 7);
    let meta = &items[0]["Put"];
    assert_eq!(meta["ConditionExpression"], "#version = :version AND #decide_by > :at");
    let values = json!({":version": {"N": "2"}, ":at": {"S": "2026-11-22T10:00:00.000Z"}});
    assert_eq!(meta["ExpressionAttributeValues"], values);
    let names = json!({"#version": "version", "#decide_by": "decide_by"});
    assert_eq!(meta["ExpressionAttributeNames"], names);
    assert_eq!(items[1]["Put"]["Item"]["sk"]["S"], "AUDIT#0000000001");
    let row = &items[2]["Put"];
    assert_eq!(row["ConditionExpression"], "attribute_not_exists(#pk)");
    assert_eq!(row["Item"]["sk"]["S"], "DECISION#ana");
    assert_eq!(row["Item"]["comment"]["S"], fixture::decision("ana").comment);
    let epoch = &items[3]["ConditionCheck"];
    assert_eq!(epoch["Key"], json!({"pk": {"S": "REQ#r-1"}, "sk": {"S": "NOTICE#ana"}}));
    assert_eq!(epoch["ConditionExpression"], "#epoch = :epoch");
    assert_eq!(epoch["ExpressionAttributeValues"], json!({":epoch": {"N": "1"}}));
    let scopes = ["all", "tool#billing___refund_order", "agent#support"];
    for (item, scope) in items[4..].iter().zip(scopes) {
        let check = &item["ConditionCheck"];
        assert_eq!(check["ConditionExpression"], UNFROZEN);
        assert_eq!(check["Key"]["pk"]["S"], format!("CONTROL#freeze#{scope}"));
    }
}

#[tokio::test]
async fn f18_a_decision_that_is_not_taken_says_why() {
    let why = async |place: usize| {
        let mut codes = ["None"; 7];
        codes[place] = "ConditionalCheckFailed";
        refused(deciding(), &codes).await
    };
    assert!(matches!(why(0).await, CommitError::Conflict), "late, or somebody was first");
    assert!(matches!(why(1).await, CommitError::Conflict));
    assert!(matches!(why(2).await, CommitError::Decided));
    assert!(matches!(why(3).await, CommitError::Revoked));
    for frozen in 4..7 {
        assert!(matches!(why(frozen).await, CommitError::Frozen), "{frozen}");
    }
    let both = ["ConditionalCheckFailed", "None", "ConditionalCheckFailed"];
    let first = refused(deciding(), &both).await;
    assert!(matches!(first, CommitError::Conflict), "read again before telling anybody");
}

#[tokio::test]
async fn f18_a_condition_that_does_not_hold_is_told_by_its_row() {
    let late = refused(claiming(false), &["ConditionalCheckFailed"]).await;
    assert!(matches!(late, CommitError::Conflict));
    let taken = refused(claiming(false), &["None", "ConditionalCheckFailed"]).await;
    assert!(matches!(taken, CommitError::Claimed));
    for frozen in 2..5 {
        let mut codes = ["None"; 5];
        codes[frozen] = "ConditionalCheckFailed";
        let error = refused(claiming(false), &codes).await;
        assert!(matches!(error, CommitError::Frozen), "{frozen}");
    }
}

#[tokio::test]
async fn f18_the_ask_in_the_way_comes_back_with_the_refusal() {
    let row: std::collections::HashMap<_, _> = serde_dynamo::to_item(ask()).unwrap();
    let none = json!({"Code": "None"});
    let found = json!({"Code": "ConditionalCheckFailed", "Item": fixture::wire(&row)});
    let answer = cancelled_by(&[none.clone(), none.clone(), found, none]);
    let (result, _) = commit(open(None), &[answer]).await;
    assert!(matches!(result, Err(CommitError::AskTaken(row)) if row == ask()));
    let lost = refused(open(None), &["None", "None", "ConditionalCheckFailed", "None"]).await;
    assert!(matches!(lost, CommitError::Unavailable(_)));
}

#[tokio::test]
async fn f18_a_collision_is_tried_again_and_is_not_a_condition() {
    let collision = cancelled(&["TransactionConflict", "None"]);
    let answers = [collision.clone(), collision.clone(), Answer::ok(&json!({}))];
    let (result, sent) = commit(open(None), &answers).await;
    result.unwrap();
    assert_eq!(sent.len(), 3);
    let (result, sent) = commit(
        open(None),
        &[collision.clone(), collision.clone(), collision.clone(), collision.clone()],
    )
    .await;
    assert!(matches!(result, Err(CommitError::Conflict)));
    assert_eq!(sent.len(), 4);
    let both = ["TransactionConflict", "ConditionalCheckFailed"];
    assert!(matches!(refused(claiming(false), &both).await, CommitError::Claimed));
}

#[tokio::test]
async fn what_the_store_cannot_do_is_unavailable() {
    for codes in
        [&["ThrottlingError"][..], &["ValidationError", "TransactionConflict"], &["None"], &[]]
    {
        let error = refused(open(None), codes).await;
        assert!(matches!(error, CommitError::Unavailable(_)), "{codes:?}");
    }
    let (result, sent) =
        commit(open(None), &[Answer::error(400, "AccessDeniedException", "")]).await;
    assert!(matches!(result, Err(CommitError::Unavailable(_))));
    assert_eq!(sent.len(), 1);
}

#[tokio::test]
async fn a_lost_answer_is_asked_for_again_under_the_same_token() {
    let (result, sent) = commit(open(None), &[Answer::Breaks, Answer::ok(&json!({}))]).await;
    result.unwrap();
    let tokens: Vec<_> =
        sent.iter().map(|call| call["ClientRequestToken"].as_str().unwrap()).collect();
    assert_eq!(tokens[0], tokens[1]);
    assert!(tokens[0].len() <= 36 && tokens[0].len() >= 32);
}

#[tokio::test]
async fn promise_3_two_executors_with_the_same_claim_never_share_a_token() {
    let (_, first) = commit(claiming(false), &[Answer::ok(&json!({}))]).await;
    let (_, second) = commit(claiming(false), &[Answer::ok(&json!({}))]).await;
    assert_eq!(first[0]["TransactItems"][1], second[0]["TransactItems"][1]);
    assert_ne!(first[0]["ClientRequestToken"], second[0]["ClientRequestToken"]);
}

#[tokio::test]
async fn f28_f29_no_transition_is_written_without_its_record_nor_on_top_of_another_end() {
    let (request, [_, audit]) = fixture::trail();
    let reasons = json!([{"Code": "None"}, {"Code": "ConditionalCheckFailed"}]);
    let body = json!({
        "__type": "com.amazonaws#TransactionCanceledException",
        "CancellationReasons": reasons,
    });
    let replay = Replay::of([Answer::Says(400, vec![], body.to_string())]);
    let table = Table::new(&replay.config(), "approvals");
    let commit = Commit { request, audit: Some(audit), guard: Guard::Version };
    let refused = table.commit(commit).await;
    assert!(matches!(refused, Err(CommitError::Conflict)), "{refused:?}");
    let sent = replay.only("TransactWriteItems");
    let record = &sent["TransactItems"][1]["Put"];
    assert_eq!(record["Item"]["sk"]["S"], "AUDIT#0000000001");
    assert_eq!(record["ConditionExpression"], "attribute_not_exists(#pk)", "no fork");
}
