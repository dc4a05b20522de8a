//! Queues: what stands in a status, soonest deadline first.

use std::collections::HashMap;

use approval_core::moment::Moment;
use approval_core::name::{RequestId, ToolName};
use approval_core::ports::Unavailable;
use approval_core::request::ApprovalRequest;
use approval_core::risk::RiskTier;
use approval_core::status::Status;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

use super::Table;
use super::index::{BY_STATUS, place};
use super::key::{Key, request_of, text};
use super::load;
use crate::call::unavailable;

/// What the index holds of a request.
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
    /// Its place in the queue, which no other request has. Text order is the order of deadlines.
    #[serde(skip)]
    pub place: String,
    /// The attributes that cannot be read: what stands here for them is made up, or nothing.
    #[serde(skip)]
    pub unread: Vec<&'static str>,
}

impl From<&ApprovalRequest> for Queued {
    fn from(request: &ApprovalRequest) -> Self {
        Self {
            id: request.id.clone(),
            status: request.status,
            tool: request.tool.clone(),
            tier: request.assessment.as_ref().map(|assessment| assessment.tier),
            asked_at: request.asked_at,
            decide_by: request.decide_by,
            place: place(request),
            unread: Vec::new(),
        }
    }
}

/// Some rows of one shard of a queue, in order.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Queued>,
    /// How many rows were read.
    pub read: usize,
    /// Where to go on; none at the end of the shard.
    pub next: Option<String>,
}

impl Table {
    /// At most `most` requests that stand in that status, of one of [`SHARDS`](super::SHARDS)
    /// shards, behind the place `after`: soonest deadline first, or, where the status is terminal,
    /// latest first. It may lag behind by a second or so.
    ///
    /// # Errors
    ///
    /// The store does not answer.
    pub async fn queue(
        &self,
        status: Status,
        shard: u8,
        after: Option<&str>,
        most: usize,
    ) -> Result<Page, Unavailable> {
        let beyond = if status.is_terminal() { "<" } else { ">" };
        let behind = after.map(|_| format!(" AND #queue_at {beyond} :after")).unwrap_or_default();
        let mut call = self.client.query().table_name(&self.name).index_name(BY_STATUS);
        if let Some(after) = after {
            call = call
                .expression_attribute_names("#queue_at", "queue_at")
                .expression_attribute_values(":after", AttributeValue::S(after.to_owned()));
        }
        let call = call
            .key_condition_expression(format!("#by_status = :queue{behind}"))
            .expression_attribute_names("#by_status", "by_status")
            .expression_attribute_values(":queue", AttributeValue::S(format!("{status}#{shard}")))
            .scan_index_forward(!status.is_terminal())
            .limit(i32::try_from(most).unwrap_or(i32::MAX));
        let page = call.send().await.map_err(unavailable("dynamodb:Query"))?;
        let items = page.items.unwrap_or_default();
        let next = page.last_evaluated_key.as_ref().and_then(|last| text(last, "queue_at"));
        let next = next.map(str::to_owned);
        let rows = items.iter().filter_map(|row| read(row, status)).collect();
        Ok(Page { rows, read: items.len(), next })
    }

    /// The row of a request as of every acknowledged write, as a queue would show it, and the
    /// request where it can be read; none where there is no row.
    ///
    /// # Errors
    ///
    /// The store does not answer.
    pub async fn row(
        &self,
        id: &RequestId,
    ) -> Result<Option<(Queued, Option<ApprovalRequest>)>, Unavailable> {
        let Some(row) = self.get(Key::meta(id)).await? else { return Ok(None) };
        let known = |text: &str| Status::ALL.into_iter().find(|one| one.as_str() == text);
        let queue = text(&row, "by_status").and_then(|queue| queue.split('#').next());
        // What became of one that stands nowhere is for somebody to find out.
        let status = queue.and_then(known).unwrap_or(Status::InDoubt);
        let Some(queued) = read(&row, status) else { return Ok(None) };
        let request = load::read(id, row).ok().flatten();
        Ok(Some((queued, request)))
    }
}

/// What can be told of a row of the queue of that status. Whatever is malformed in it, the row is
/// there: who writes nonsense into a record does not take it out of sight.
fn read(row: &HashMap<String, AttributeValue>, status: Status) -> Option<Queued> {
    let moment = |name| text(row, name).and_then(|at| Moment::parse(at).ok());
    let id = request_of(row)?;
    let asked_at = moment("asked_at").unwrap_or(Moment::EPOCH);
    let place = text(row, "queue_at").map(str::to_owned);
    let tool = text(row, "tool").and_then(|tool| ToolName::parse(tool).ok());
    let tier: Option<RiskTier> = text(row, "tier").and_then(|tier| tier.parse().ok());
    let decide_by = moment("decide_by");
    let is_there = |name| row.get(name).is_some_and(|value| !value.is_null());
    let unread = [
        ("tool", tool.is_none()),
        ("tier", tier.is_none() && is_there("tier")),
        ("asked_at", moment("asked_at").is_none()),
        ("decide_by", decide_by.is_none() && is_there("decide_by")),
    ];
    Some(Queued {
        status,
        tool: tool.or_else(|| ToolName::parse("unknown").ok())?,
        tier,
        asked_at,
        decide_by,
        unread: unread.into_iter().filter_map(|(name, unread)| unread.then_some(name)).collect(),
        place: place.unwrap_or_else(|| format!("{asked_at}#{id}")),
        id,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture;
    use crate::replay::{Answer, Replay};

    const AT: &str = "2026-11-22T11:00:00.000Z";

    fn row(id: &str) -> Value {
        json!({
            "pk": {"S": format!("REQ#{id}")}, "queue_at": {"S": format!("{AT}#{id}")},
            "status": {"S": "pending"}, "tool": {"S": "billing___refund_order"},
            "tier": {"S": "medium"}, "asked_at": {"S": "2026-11-22T10:00:00.000Z"},
            "decide_by": {"S": AT},
        })
    }

    async fn page(status: Status, after: Option<&str>, answer: Value) -> (Page, Value) {
        let replay = Replay::of([Answer::ok(&answer)]);
        let table = Table::new(&replay.config(), "approvals");
        (table.queue(status, 2, after, 3).await.unwrap(), replay.only("Query"))
    }

    #[tokio::test]
    async fn a_shard_is_read_from_its_front_and_no_further_than_asked_for() {
        let last = json!({"queue_at": {"S": "the last place"}, "pk": {"S": "REQ#b"}});
        let answer = json!({"Items": [row("a"), {}], "LastEvaluatedKey": last});
        let (page, sent) = page(Status::Pending, None, answer).await;
        let [a] = page.rows.as_slice() else { panic!("{page:?}") };
        assert_eq!((a.id.as_str(), a.place.as_str()), ("a", format!("{AT}#a").as_str()));
        assert_eq!((page.read, page.next.as_deref()), (2, Some("the last place")));
        assert_eq!((&sent["IndexName"], &sent["Limit"]), (&json!("by-status"), &json!(3)));
        assert_eq!(sent["ScanIndexForward"], true);
        assert_eq!(sent["KeyConditionExpression"], "#by_status = :queue");
        assert_eq!(sent["ExpressionAttributeValues"], json!({":queue": {"S": "pending#2"}}));
    }

    #[tokio::test]
    async fn a_malformed_attribute_takes_no_row_out_of_its_queue() {
        for name in ["status", "tool", "tier", "asked_at", "decide_by"] {
            let mut broken = row("a");
            broken[name] = json!({"N": "7"});
            let (page, _) = page(Status::Pending, None, json!({"Items": [broken]})).await;
            let [a] = page.rows.as_slice() else { panic!("{name}: {page:?}") };
            assert_eq!((a.id.as_str(), a.status), ("a", Status::Pending), "{name}");
            // Which status it is in, the queue says.
            let unread: &[&str] = if name == "status" { &[] } else { &[name] };
            assert_eq!(a.unread, unread);
        }
    }

    #[tokio::test]
    async fn an_attribute_that_each_request_has_cannot_be_read_where_it_is_missing() {
        let of = async |row| {
            let (page, _) = page(Status::Pending, None, json!({"Items": [row]})).await;
            let [a] = page.rows.as_slice() else { panic!("{page:?}") };
            a.unread.clone()
        };
        assert!(of(row("a")).await.is_empty());
        let mut nulls = row("a");
        for name in ["tool", "tier", "asked_at", "decide_by"] {
            nulls[name] = json!({"NULL": true});
        }
        assert_eq!(of(nulls).await, ["tool", "asked_at"]);
        let bare = json!({"pk": {"S": "REQ#a"}, "queue_at": {"S": AT}});
        assert_eq!(of(bare).await, ["tool", "asked_at"]);
    }

    #[tokio::test]
    async fn a_row_is_told_of_whether_or_not_its_record_can_be_read() {
        let seen = async |change: fn(&mut Value)| {
            let request = fixture::full_request();
            let mut row = Key::meta(&request.id).row(&request).unwrap();
            row.extend(crate::store::index::attributes(&request));
            let mut item = fixture::wire(&row);
            change(&mut item);
            let replay = Replay::of([Answer::ok(&json!({"Item": item}))]);
            let table = Table::new(&replay.config(), "approvals");
            let (queued, read) = table.row(&request.id).await.unwrap().unwrap();
            assert_eq!(replay.only("GetItem")["ConsistentRead"], true);
            (queued, read.is_some(), request)
        };
        let (queued, read, request) = seen(|_| ()).await;
        assert_eq!((queued, read), (Queued::from(&request), true));
        let (queued, read, request) = seen(|item| item["schema"]["N"] = json!("2")).await;
        assert_eq!((queued, read), (Queued::from(&request), false));
        let (queued, read, _) = seen(|item| item["by_status"]["S"] = json!("odd")).await;
        assert_eq!((queued.status, read), (Status::InDoubt, true));
        let replay = Replay::of([Answer::ok(&json!({}))]);
        let table = Table::new(&replay.config(), "approvals");
        assert_eq!(table.row(&fixture::id()).await.unwrap(), None);
    }

    #[tokio::test]
    async fn reading_goes_on_behind_a_place_in_the_direction_of_the_queue() {
        let cases = [(Status::Pending, ">", true), (Status::Executed, "<", false)];
        for (status, beyond, forward) in cases {
            let (page, sent) = page(status, Some("here"), json!({"Items": []})).await;
            assert_eq!(page, Page::default());
            assert_eq!(sent["ScanIndexForward"], forward);
            let condition = format!("#by_status = :queue AND #queue_at {beyond} :after");
            assert_eq!(sent["KeyConditionExpression"], condition);
            assert_eq!(sent["ExpressionAttributeValues"][":after"]["S"], "here");
        }
    }
}
