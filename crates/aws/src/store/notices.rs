//! Notices, read.

use std::collections::HashMap;

use approval_core::name::{ApproverId, RequestId};
use approval_core::notice::Notice;
use approval_core::ports::{Notices, Unavailable};
use aws_sdk_dynamodb::types::AttributeValue;

use super::Table;
use super::key::{Key, NOTICE, text};
use crate::call::unusable;

impl Notices for Table {
    async fn notices(&self, id: &RequestId) -> Result<Vec<Notice>, Unavailable> {
        let rows = self.rows(id, NOTICE).await?;
        rows.into_iter().map(|row| read(id, row)).collect()
    }

    async fn notice(
        &self,
        id: &RequestId,
        who: &ApproverId,
    ) -> Result<Option<Notice>, Unavailable> {
        let row = self.get(Key::notice(id, who)).await?;
        row.map(|row| read(id, row)).transpose()
    }
}

/// The notice of a row.
///
/// # Security
///
/// A row under another person's key would lend them that person's link, so the key must be the
/// notice's own.
pub(super) fn read(
    id: &RequestId,
    mut row: HashMap<String, AttributeValue>,
) -> Result<Notice, Unavailable> {
    let approver = text(&row, "sk").and_then(|sk| sk.strip_prefix(NOTICE)).map(str::to_owned);
    row.remove("pk");
    row.remove("sk");
    // The cause is dropped: it would quote what the row holds.
    let notice: Option<Notice> = serde_dynamo::from_item(row).ok();
    let own = |notice: &Notice| {
        notice.request == *id && approver.as_deref() == Some(notice.approver.as_str())
    };
    let unreadable = || unusable("reading a notice", "the row is malformed, or another's");
    notice.filter(own).ok_or_else(unreadable)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::call::chain;
    use crate::fixture;
    use crate::replay::{Answer, Replay};

    fn row(sk: &str) -> Value {
        let stored = fixture::notice("ana");
        let mut row = Key::notice(&stored.request, &stored.approver).row(&stored).unwrap();
        row.insert("sk".to_owned(), AttributeValue::S(sk.to_owned()));
        fixture::wire(&row)
    }

    async fn one(answer: Value) -> (Result<Option<Notice>, Unavailable>, Replay) {
        let replay = Replay::of([Answer::ok(&answer)]);
        let table = Table::new(&replay.config(), "approvals");
        let who = fixture::notice("ana").approver;
        (table.notice(&fixture::id(), &who).await, replay)
    }

    async fn all(items: Value) -> (Result<Vec<Notice>, Unavailable>, Replay) {
        let replay = Replay::of([Answer::ok(&json!({ "Items": items }))]);
        let table = Table::new(&replay.config(), "approvals");
        (table.notices(&fixture::id()).await, replay)
    }

    #[tokio::test]
    async fn a_notice_is_read_as_it_was_written() {
        let (read, replay) = one(json!({ "Item": row("NOTICE#ana") })).await;
        assert_eq!(read.unwrap(), Some(fixture::notice("ana")));
        let sent = replay.only("GetItem");
        assert_eq!(sent["ConsistentRead"], true);
        assert_eq!(sent["Key"], json!({"pk": {"S": "REQ#r-1"}, "sk": {"S": "NOTICE#ana"}}));
        assert_eq!(one(json!({})).await.0.unwrap(), None);
    }

    #[tokio::test]
    async fn the_notices_of_a_request_are_read_together() {
        let (read, replay) = all(json!([row("NOTICE#ana")])).await;
        assert_eq!(read.unwrap(), [fixture::notice("ana")]);
        let sent = replay.only("Query");
        assert_eq!(sent["ConsistentRead"], true);
        assert_eq!(sent["ExpressionAttributeValues"][":prefix"]["S"], "NOTICE#");
        assert!(all(json!([])).await.0.unwrap().is_empty());
    }

    #[tokio::test]
    async fn l08_a_row_of_another_person_or_request_is_not_believed() {
        assert!(one(json!({ "Item": row("NOTICE#ben") })).await.0.is_err());
        assert!(all(json!([row("NOTICE#ana"), row("NOTICE#ben")])).await.0.is_err());
        let mut foreign = row("NOTICE#ana");
        foreign["request"]["S"] = json!("r-2");
        assert!(one(json!({ "Item": foreign.clone() })).await.0.is_err());
        assert!(all(json!([foreign])).await.0.is_err());
    }

    #[tokio::test]
    async fn promise_10_a_row_that_is_no_notice_is_a_failure_that_does_not_quote_it() {
        for (name, value) in [("epoch", json!({"S": "hunter2"})), ("more", json!({"S": "hunter2"}))]
        {
            let mut odd = row("NOTICE#ana");
            odd[name] = value;
            let text = chain(&one(json!({ "Item": odd })).await.0.unwrap_err());
            assert!(text.contains("reading a notice") && !text.contains("hunter2"), "{text}");
        }
    }
}
