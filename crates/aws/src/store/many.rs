//! Requests, read many at a time to be listed.

use std::collections::HashMap;
use std::time::Duration;

use approval_core::name::RequestId;
use approval_core::ports::Unavailable;
use approval_core::request::ApprovalRequest;
use aws_sdk_dynamodb::types::KeysAndAttributes;

use super::Table;
use super::key::{Key, request_of};
use super::load::read;
use crate::call::{unavailable, unusable};

/// How many rows one call may ask for.
const MOST: usize = 100;
/// How often what was left out is asked for again.
const TRIES: u32 = 5;

impl Table {
    /// The requests among these that are there and can be read, as of a second or so ago. A record
    /// that is broken or of another schema is left out.
    ///
    /// # Errors
    ///
    /// The store does not answer, or not for all of them.
    pub async fn requests(
        &self,
        ids: &[RequestId],
    ) -> Result<HashMap<RequestId, ApprovalRequest>, Unavailable> {
        const OPERATION: &str = "dynamodb:BatchGetItem";
        let mut found = HashMap::new();
        for some in ids.chunks(MOST) {
            let keys = some.iter().map(|id| Key::meta(id).item()).collect();
            let keys = KeysAndAttributes::builder().set_keys(Some(keys)).build();
            let mut left = Some(keys.map_err(|_| unusable(OPERATION, "no keys"))?);
            let mut tries = 0;
            while let Some(keys) = left.take() {
                let call = self.client.batch_get_item().request_items(&self.name, keys);
                let answer = call.send().await.map_err(unavailable(OPERATION))?;
                let rows = answer.responses.unwrap_or_default().remove(&self.name);
                for row in rows.unwrap_or_default() {
                    let Some(id) = request_of(&row) else { continue };
                    if let Ok(Some(request)) = read(&id, row) {
                        found.insert(id, request);
                    }
                }
                left = answer.unprocessed_keys.unwrap_or_default().remove(&self.name);
                if left.is_some() {
                    if tries == TRIES {
                        return Err(unusable(OPERATION, "the table is too busy"));
                    }
                    tokio::time::sleep(Duration::from_millis(50_u64 << tries)).await;
                    tries = tries.saturating_add(1);
                }
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture;
    use crate::replay::{Answer, Replay};

    fn ids(count: usize) -> Vec<RequestId> {
        (0..count).map(|n| RequestId::parse(&format!("r-{n}")).unwrap()).collect()
    }

    fn stored(id: &RequestId) -> Value {
        let request = ApprovalRequest { id: id.clone(), ..fixture::full_request() };
        fixture::wire(&Key::meta(id).row(&request).unwrap())
    }

    fn some(rows: &[Value], left: Option<&RequestId>) -> Answer {
        let left =
            left.map(|id| json!({"approvals": {"Keys": [fixture::wire(&Key::meta(id).item())]}}));
        Answer::ok(&json!({"Responses": {"approvals": rows}, "UnprocessedKeys": left}))
    }

    #[tokio::test]
    async fn what_the_table_leaves_out_is_asked_for_again_and_what_is_broken_is_passed_over() {
        let ids = ids(3);
        let mut broken = stored(&ids[1]);
        broken["status"]["S"] = json!("hunter2");
        let replay = Replay::of([
            some(&[stored(&ids[0]), broken], Some(&ids[2])),
            some(&[stored(&ids[2])], None),
        ]);
        let table = Table::new(&replay.config(), "approvals");
        let found = table.requests(&ids).await.unwrap();
        assert!(found.contains_key(&ids[0]) && found.contains_key(&ids[2]));
        assert_eq!(found.len(), 2);
        let sent = replay.sent("BatchGetItem");
        let keys =
            |body: &Value| body["RequestItems"]["approvals"]["Keys"].as_array().unwrap().len();
        assert_eq!(sent.iter().map(keys).collect::<Vec<_>>(), [3, 1]);
    }

    #[tokio::test]
    async fn a_call_asks_for_a_hundred_and_none_for_nothing() {
        let replay = Replay::of([some(&[], None), some(&[], None)]);
        let table = Table::new(&replay.config(), "approvals");
        assert!(table.requests(&ids(101)).await.unwrap().is_empty());
        assert_eq!(replay.all().len(), 2);
        let replay = Replay::of([]);
        assert!(Table::new(&replay.config(), "approvals").requests(&[]).await.unwrap().is_empty());
    }
}
