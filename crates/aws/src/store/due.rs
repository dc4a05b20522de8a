//! What is due.

use std::collections::HashMap;

use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::{DueIndex, Unavailable};
use aws_sdk_dynamodb::types::AttributeValue;

use super::Table;
use super::index::{DUE, SHARDS};
use super::key::{request_of, text};
use crate::call::unavailable;

impl DueIndex for Table {
    async fn due(&self, now: Moment, most: usize) -> Result<Vec<RequestId>, Unavailable> {
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            found.extend(self.due_in(shard, now, most).await?);
        }
        found.sort_unstable();
        found.truncate(most);
        Ok(found.into_iter().map(|(_, id)| id).collect())
    }
}

impl Table {
    /// What is due in one shard, with the instant, oldest first.
    async fn due_in(
        &self,
        shard: u8,
        now: Moment,
        most: usize,
    ) -> Result<Vec<(String, RequestId)>, Unavailable> {
        let mut found = Vec::new();
        let mut from = None;
        loop {
            let left = most.saturating_sub(found.len());
            if left == 0 {
                return Ok(found);
            }
            let call = self.client.query().table_name(&self.name).index_name(DUE);
            let page = call
                .key_condition_expression("#due_shard = :shard AND #due_at <= :now")
                .expression_attribute_names("#due_shard", "due_shard")
                .expression_attribute_names("#due_at", "due_at")
                .expression_attribute_values(":shard", AttributeValue::S(shard.to_string()))
                .expression_attribute_values(":now", AttributeValue::S(now.to_string()))
                .limit(i32::try_from(left).unwrap_or(i32::MAX))
                .set_exclusive_start_key(from);
            let page = page.send().await.map_err(unavailable("dynamodb:Query"))?;
            found.extend(page.items.unwrap_or_default().iter().filter_map(read));
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(found);
            }
        }
    }
}

fn read(row: &HashMap<String, AttributeValue>) -> Option<(String, RequestId)> {
    Some((text(row, "due_at")?.to_owned(), request_of(row)?))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture;
    use crate::replay::{Answer, Replay};

    fn row(id: &str, due_at: &str) -> Value {
        json!({"pk": {"S": format!("REQ#{id}")}, "sk": {"S": "META"}, "due_at": {"S": due_at}})
    }

    fn page(rows: &[Value]) -> Answer {
        Answer::ok(&json!({ "Items": rows }))
    }

    #[tokio::test]
    async fn what_is_due_comes_oldest_first_out_of_all_shards() {
        let early = "2026-11-22T09:00:00.000Z";
        let late = "2026-11-22T09:30:00.000Z";
        let replay = Replay::of([
            page(&[row("b", late)]),
            page(&[]),
            page(&[row("a", early), row("d", "2026-11-22T09:45:00.000Z")]),
            page(&[row("c", "2026-11-22T09:10:00.000Z")]),
        ]);
        let table = Table::new(&replay.config(), "approvals");
        let due = table.due(fixture::now(), 3).await.unwrap();
        let due: Vec<_> = due.iter().map(RequestId::as_str).collect();
        assert_eq!(due, ["a", "c", "b"]);
        let sent = replay.sent("Query");
        assert_eq!(sent.len(), 4);
        for (shard, query) in sent.iter().enumerate() {
            assert_eq!(query["IndexName"], "due");
            assert_eq!(query["Limit"], 3);
            let values = &query["ExpressionAttributeValues"];
            assert_eq!(values[":shard"]["S"], shard.to_string());
            assert_eq!(values[":now"]["S"], "2026-11-22T10:00:00.000Z");
        }
    }

    #[tokio::test]
    async fn asking_for_nothing_asks_nobody() {
        let replay = Replay::of([]);
        let table = Table::new(&replay.config(), "approvals");
        assert!(table.due(fixture::now(), 0).await.unwrap().is_empty());
    }
}
