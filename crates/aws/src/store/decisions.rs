//! Decisions, read.

use std::collections::HashMap;

use approval_core::decision::Decision;
use approval_core::name::RequestId;
use approval_core::ports::{Decisions, DecisionsError, Unavailable};
use aws_sdk_dynamodb::types::AttributeValue;

use super::Table;
use super::key::{DECISION, text};

impl Decisions for Table {
    async fn decisions(&self, id: &RequestId) -> Result<Vec<Decision>, DecisionsError> {
        let rows = self.rows(id, DECISION).await;
        let rows = rows.map_err(|Unavailable(cause)| DecisionsError::Unavailable(cause))?;
        let decisions = rows.into_iter().map(|row| read(id, row));
        decisions.collect::<Option<_>>().ok_or(DecisionsError::Malformed)
    }
}

/// The decision of a row; none where it is none, or stands under another approver or request.
///
/// # Security
///
/// The key makes a person count once: two rows with one genuine decision would otherwise be two
/// approvals.
pub(super) fn read(id: &RequestId, mut row: HashMap<String, AttributeValue>) -> Option<Decision> {
    let approver = text(&row, "sk")?.strip_prefix(DECISION)?.to_owned();
    row.remove("pk");
    row.remove("sk");
    let decision: Decision = serde_dynamo::from_item(row).ok()?;
    let own = decision.link.approver.as_str() == approver && decision.link.request == *id;
    own.then_some(decision)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture;
    use crate::replay::{Answer, Replay};

    fn row(sk: &str) -> Value {
        let mut row: HashMap<String, AttributeValue> =
            serde_dynamo::to_item(fixture::decision("ana")).unwrap();
        row.insert("pk".to_owned(), AttributeValue::S("REQ#r-1".to_owned()));
        row.insert("sk".to_owned(), AttributeValue::S(sk.to_owned()));
        fixture::wire(&row)
    }

    async fn read_all(items: Value) -> Result<Vec<Decision>, DecisionsError> {
        let replay = Replay::of([Answer::ok(&json!({ "Items": items }))]);
        let table = Table::new(&replay.config(), "approvals");
        let read = table.decisions(&fixture::id()).await;
        let sent = replay.only("Query");
        assert_eq!(sent["ConsistentRead"], true);
        assert_eq!(sent["ExpressionAttributeValues"][":prefix"]["S"], "DECISION#");
        read
    }

    #[tokio::test]
    async fn a_decision_is_read_as_it_was_written() {
        let read = read_all(json!([row("DECISION#ana")])).await.unwrap();
        assert_eq!(read, [fixture::decision("ana")]);
        assert!(read_all(json!([])).await.unwrap().is_empty());
    }

    #[tokio::test]
    async fn promise_5_a_decision_under_another_persons_key_is_malformed() {
        let read = read_all(json!([row("DECISION#ana"), row("DECISION#ben")])).await;
        assert!(matches!(read, Err(DecisionsError::Malformed)));
    }

    #[tokio::test]
    async fn the_comment_is_read_as_it_was_written() {
        let mut edited = row("DECISION#ana");
        assert_eq!(edited["comment"]["S"], fixture::decision("ana").comment);
        edited["comment"]["S"] = json!("");
        assert_eq!(read_all(json!([edited])).await.unwrap()[0].comment, "");
        let mut silent = row("DECISION#ana");
        silent.as_object_mut().unwrap().remove("comment");
        assert!(matches!(read_all(json!([silent])).await, Err(DecisionsError::Malformed)));
    }

    #[tokio::test]
    async fn a_row_that_is_no_decision_fails_all_of_them() {
        let mut odd = row("DECISION#ana");
        odd["verdict"]["S"] = json!("maybe");
        assert!(matches!(read_all(json!([odd])).await, Err(DecisionsError::Malformed)));
        let mut extra = row("DECISION#ana");
        extra["more"] = json!({"S": "x"});
        assert!(matches!(read_all(json!([extra])).await, Err(DecisionsError::Malformed)));
    }

    #[tokio::test]
    async fn an_unanswered_query_is_not_an_empty_one() {
        let replay = Replay::of([Answer::error(400, "ResourceNotFoundException", "no table")]);
        let table = Table::new(&replay.config(), "approvals");
        let read = table.decisions(&fixture::id()).await;
        assert!(matches!(read, Err(DecisionsError::Unavailable(_))));
    }
}
