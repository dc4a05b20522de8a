//! Queues: what stands in a status, soonest deadline first.

use std::collections::HashMap;

use approval_core::moment::Moment;
use approval_core::name::{RequestId, ToolName};
use approval_core::ports::Unavailable;
use approval_core::risk::RiskTier;
use approval_core::status::Status;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

use super::Table;
use super::index::{BY_STATUS, SHARDS};
use super::key::{request_of, text};
use crate::call::unavailable;

/// What a queue shows of a request before it is opened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Queued {
    /// The request.
    pub id: RequestId,
    /// Where it stands.
    pub status: Status,
    /// The tool.
    pub tool: ToolName,
    /// The risk tier, once it was assessed.
    pub tier: Option<RiskTier>,
    /// When it was asked.
    pub asked_at: Moment,
    /// When waiting ends.
    pub decide_by: Option<Moment>,
}

impl Table {
    /// The first requests in that status: soonest deadline first, or, where the status is terminal,
    /// latest first. It may lag behind by a second or so. However many there are, it reads at most
    /// `most` rows of each of [`SHARDS`] partitions.
    ///
    /// # Errors
    ///
    /// The store does not answer.
    pub async fn queue(&self, status: Status, most: usize) -> Result<Vec<Queued>, Unavailable> {
        let mut found = Vec::new();
        for shard in 0..SHARDS {
            let call = self.client.query().table_name(&self.name).index_name(BY_STATUS);
            let page = call
                .key_condition_expression("#by_status = :queue")
                .expression_attribute_names("#by_status", "by_status")
                .expression_attribute_values(
                    ":queue",
                    AttributeValue::S(format!("{status}#{shard}")),
                )
                .scan_index_forward(!status.is_terminal())
                .limit(i32::try_from(most).unwrap_or(i32::MAX));
            let page = page.send().await.map_err(unavailable("dynamodb:Query"))?;
            found.extend(page.items.unwrap_or_default().iter().filter_map(read));
        }
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        if status.is_terminal() {
            found.reverse();
        }
        found.truncate(most);
        Ok(found.into_iter().map(|(_, queued)| queued).collect())
    }
}

/// The row with its place. One that cannot be read is passed over: `show` says what is wrong.
fn read(row: &HashMap<String, AttributeValue>) -> Option<(String, Queued)> {
    let moment = |name| text(row, name).and_then(|at| Moment::parse(at).ok());
    let queued = Queued {
        id: request_of(row)?,
        status: Status::ALL.into_iter().find(|one| Some(one.as_str()) == text(row, "status"))?,
        tool: ToolName::parse(text(row, "tool")?).ok()?,
        tier: text(row, "tier").and_then(|tier| tier.parse().ok()),
        asked_at: moment("asked_at")?,
        decide_by: moment("decide_by"),
    };
    Some((text(row, "queue_at")?.to_owned(), queued))
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::replay::{Answer, Replay};

    fn row(id: &str, decide_by: &str) -> Value {
        json!({
            "pk": {"S": format!("REQ#{id}")}, "queue_at": {"S": format!("{decide_by}#{id}")},
            "status": {"S": "pending"}, "tool": {"S": "billing___refund_order"},
            "tier": {"S": "medium"}, "asked_at": {"S": "2026-11-22T10:00:00.000Z"},
            "decide_by": {"S": decide_by},
        })
    }

    #[tokio::test]
    async fn a_queue_comes_soonest_deadline_first_and_reads_no_more_than_asked_for() {
        let (early, late) = ("2026-11-22T11:00:00.000Z", "2026-11-22T12:00:00.000Z");
        let pages = [json!([row("b", late)]), json!([row("a", early)]), json!([]), json!([{}])];
        let pages = pages.map(|rows| Answer::ok(&json!({ "Items": rows })));
        for (status, forward, order) in
            [(Status::Pending, true, ["a", "b"]), (Status::Executed, false, ["b", "a"])]
        {
            let replay = Replay::of(pages.clone());
            let table = Table::new(&replay.config(), "approvals");
            let queue = table.queue(status, 2).await.unwrap();
            let ids: Vec<_> = queue.iter().map(|queued| queued.id.as_str()).collect();
            assert_eq!(ids, order);
            let sent = replay.sent("Query");
            assert_eq!(sent.len(), 4);
            for (shard, query) in sent.iter().enumerate() {
                assert_eq!(query["IndexName"], "by-status");
                assert_eq!(
                    (&query["Limit"], &query["ScanIndexForward"]),
                    (&json!(2), &json!(forward))
                );
                let queue = &query["ExpressionAttributeValues"][":queue"]["S"];
                assert_eq!(*queue, format!("{status}#{shard}"));
            }
        }
    }
}
