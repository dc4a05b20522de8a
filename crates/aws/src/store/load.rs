//! Requests, read.

use std::collections::HashMap;

use approval_core::name::RequestId;
use approval_core::ports::{Requests, Unavailable};
use approval_core::request::{ApprovalRequest, SCHEMA};
use aws_sdk_dynamodb::types::AttributeValue;

use super::Table;
use super::key::Key;
use crate::call::{unavailable, unusable};

impl Requests for Table {
    async fn load(&self, id: &RequestId) -> Result<Option<ApprovalRequest>, Unavailable> {
        match self.get(Key::meta(id)).await? {
            Some(row) => read(id, row),
            None => Ok(None),
        }
    }
}

impl Table {
    /// The row, as of every write that was acknowledged before.
    pub(super) async fn get(
        &self,
        key: Key,
    ) -> Result<Option<HashMap<String, AttributeValue>>, Unavailable> {
        let call = self.client.get_item().table_name(&self.name);
        let call = call.set_key(Some(key.item())).consistent_read(true);
        let answer = call.send().await.map_err(unavailable("dynamodb:GetItem"))?;
        Ok(answer.item)
    }
}

pub(super) fn read(
    id: &RequestId,
    row: HashMap<String, AttributeValue>,
) -> Result<Option<ApprovalRequest>, Unavailable> {
    let schema = row.get("schema").and_then(|value| value.as_n().ok());
    if schema.and_then(|schema| schema.parse().ok()) != Some(SCHEMA) {
        tracing::warn!(request = %id, "left alone: the record has a schema this code does not know");
        return Ok(None);
    }
    // The cause is dropped: it would quote what the record holds.
    match serde_dynamo::from_item::<_, ApprovalRequest>(row) {
        Ok(request) if request.id == *id => Ok(Some(request)),
        Ok(_) => Err(unusable("reading a request", "the record is another request's")),
        Err(_) => Err(unusable("reading a request", "the record cannot be read")),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::call::chain;
    use crate::fixture;
    use crate::replay::{Answer, Replay};

    fn stored(change: impl FnOnce(&mut serde_json::Value)) -> Answer {
        let row = Key::meta(&fixture::id()).row(&fixture::full_request()).unwrap();
        let mut item = fixture::wire(&row);
        change(&mut item);
        Answer::ok(&json!({ "Item": item }))
    }

    async fn load(answer: Answer) -> (Result<Option<ApprovalRequest>, Unavailable>, Replay) {
        let replay = Replay::of([answer]);
        let table = Table::new(&replay.config(), "approvals");
        (table.load(&fixture::id()).await, replay)
    }

    #[tokio::test]
    async fn a_request_is_read_as_it_was_written() {
        let (loaded, replay) = load(stored(|_| ())).await;
        assert_eq!(loaded.unwrap(), Some(fixture::full_request()));
        let sent = replay.only("GetItem");
        assert_eq!(sent["TableName"], "approvals");
        assert_eq!(sent["ConsistentRead"], true);
        assert_eq!(sent["Key"], json!({"pk": {"S": "REQ#r-1"}, "sk": {"S": "META"}}));
    }

    #[tokio::test]
    async fn what_is_not_there_is_none() {
        let (loaded, _) = load(Answer::ok(&json!({}))).await;
        assert_eq!(loaded.unwrap(), None);
    }

    #[tokio::test]
    async fn a_record_of_an_unknown_schema_is_left_alone() {
        let (loaded, _) = load(stored(|item| item["schema"]["N"] = json!("2"))).await;
        assert_eq!(loaded.unwrap(), None);
    }

    #[tokio::test]
    async fn promise_10_a_broken_record_is_not_quoted_in_the_error() {
        let (loaded, _) = load(stored(|item| item["status"]["S"] = json!("hunter2"))).await;
        let text = chain(&loaded.unwrap_err());
        assert_eq!(text, "unavailable: reading a request failed: the record cannot be read");
    }

    #[tokio::test]
    async fn a_record_under_another_requests_key_is_not_believed() {
        let (loaded, _) = load(stored(|item| item["id"]["S"] = json!("r-2"))).await;
        assert!(loaded.is_err());
    }

    #[tokio::test]
    async fn promise_10_a_service_error_keeps_its_code_and_loses_its_message() {
        let (loaded, _) = load(Answer::error(400, "AccessDeniedException", "secret 123")).await;
        let text = chain(&loaded.unwrap_err());
        assert!(text.contains("dynamodb:GetItem failed: AccessDeniedException"), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }

    #[tokio::test]
    async fn f19_what_a_write_rests_on_is_read_as_of_every_acknowledged_write() {
        use approval_core::ports::{AuditTrail, Decisions, Notices};
        let none = || Answer::ok(&json!({}));
        let replay = Replay::of([none(), none(), none(), none(), none()]);
        let (table, id) = (Table::new(&replay.config(), "approvals"), fixture::id());
        table.load(&id).await.unwrap();
        table.decisions(&id).await.unwrap();
        table.notices(&id).await.unwrap();
        table.trail(&id).await.unwrap();
        table.notice(&id, &fixture::decision("ana").link.approver).await.unwrap();
        let sent = replay.all();
        assert_eq!(sent.len(), 5);
        assert!(sent.iter().all(|(_, body)| body["ConsistentRead"] == true), "{sent:?}");
    }

    #[test]
    fn sealed_parts_are_binary_and_versions_are_numbers() {
        let row = Key::meta(&fixture::id()).row(&fixture::full_request()).unwrap();
        assert!(row["action"].is_b() && row["display"].is_b() && row["result"].is_b());
        assert_eq!(row["version"], AttributeValue::N("3".to_owned()));
    }
}
