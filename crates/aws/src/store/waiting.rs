//! How much waits for people.

use approval_core::metric::{Queue, Waiting};
use approval_core::moment::Moment;
use approval_core::ports::Unavailable;
use approval_core::status::Status;
use aws_sdk_dynamodb::types::AttributeValue;

use super::Table;
use super::index::{BY_STATUS, SHARDS};
use super::key::text;
use crate::call::unavailable;

/// The most rows one look reads of each of [`SHARDS`] partitions.
const MOST: i32 = 100;

impl Queue for Table {
    async fn waiting(&self) -> Result<Waiting, Unavailable> {
        let mut waiting = Waiting::default();
        for shard in 0..SHARDS {
            let queue = AttributeValue::S(format!("{}#{shard}", Status::Pending));
            let call = self.client.query().table_name(&self.name).index_name(BY_STATUS);
            let page = call
                .key_condition_expression("#by_status = :queue")
                .expression_attribute_names("#by_status", "by_status")
                .expression_attribute_values(":queue", queue)
                .limit(MOST);
            let page = page.send().await.map_err(unavailable("dynamodb:Query"))?;
            let rows = page.items.unwrap_or_default();
            let asked = |row| Moment::parse(text(row, "asked_at")?).ok();
            let oldest = rows.iter().filter_map(asked).chain(waiting.oldest).min();
            waiting = Waiting { count: waiting.count.saturating_add(rows.len()), oldest };
        }
        Ok(waiting)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::replay::{Answer, Replay};

    #[tokio::test]
    async fn a_look_reads_a_bounded_page_of_each_shard_and_finds_the_oldest() {
        let row = |at: &str| json!({"asked_at": {"S": at}, "pk": {"S": "REQ#a"}});
        let (early, late) = ("2026-11-22T10:00:00.000Z", "2026-11-22T12:00:00.000Z");
        let pages = [json!([row(late)]), json!([]), json!([row(late), row(early)]), json!([])];
        let replay = Replay::of(pages.map(|rows| Answer::ok(&json!({ "Items": rows }))));
        let waiting = Table::new(&replay.config(), "approvals").waiting().await.unwrap();
        let oldest = Some(Moment::parse(early).unwrap());
        assert_eq!(waiting, Waiting { count: 3, oldest });
        let sent = replay.sent("Query");
        assert_eq!(sent.len(), 4);
        for (shard, query) in sent.iter().enumerate() {
            assert_eq!((&query["IndexName"], &query["Limit"]), (&json!("by-status"), &json!(100)));
            let queue = &query["ExpressionAttributeValues"][":queue"]["S"];
            assert_eq!(*queue, format!("pending#{shard}"));
        }
    }

    #[tokio::test]
    async fn where_nothing_waits_there_is_no_oldest() {
        let replay = Replay::of([0; 4].map(|_| Answer::ok(&json!({"Items": []}))));
        let table = Table::new(&replay.config(), "approvals");
        assert_eq!(table.waiting().await.unwrap(), Waiting::default());
    }
}
