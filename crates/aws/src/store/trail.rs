//! Audit trails, read.

use approval_core::audit::AuditRecord;
use approval_core::name::RequestId;
use approval_core::ports::{AuditTrail, Unavailable};

use super::Table;
use super::key::AUDIT;
use crate::call::unusable;

impl AuditTrail for Table {
    async fn trail(&self, id: &RequestId) -> Result<Vec<AuditRecord>, Unavailable> {
        let rows = self.rows(id, AUDIT).await?.into_iter();
        let records = rows.map(|mut row| {
            row.remove("pk");
            row.remove("sk");
            serde_dynamo::from_item(row)
                .map_err(|_| unusable("reading an audit trail", "a record cannot be read"))
        });
        records.collect()
    }
}

#[cfg(test)]
mod tests {
    use approval_core::audit;
    use serde_json::json;

    use super::*;
    use crate::fixture;
    use crate::replay::{Answer, Replay};
    use crate::store::key::Key;

    #[tokio::test]
    async fn a_trail_is_read_over_all_its_pages_and_still_holds() {
        let (request, records) = fixture::trail();
        let pages = records.iter().map(|record| {
            let row = Key::audit(&request.id, record.seq).row(record).unwrap();
            let more = (record.seq == 0).then(|| json!({"pk": {"S": "REQ#r-1"}, "sk": {"S": "x"}}));
            Answer::ok(&json!({"Items": [fixture::wire(&row)], "LastEvaluatedKey": more}))
        });
        let replay = Replay::of(pages);
        let table = Table::new(&replay.config(), "approvals");
        let trail = table.trail(&request.id).await.unwrap();
        assert_eq!(trail, records);
        audit::check(&request, &trail).unwrap();
        let sent = replay.sent("Query");
        assert_eq!(sent.len(), 2);
        assert_eq!(sent[0]["ExpressionAttributeValues"][":prefix"]["S"], "AUDIT#");
        assert_eq!(sent[1]["ExclusiveStartKey"]["sk"]["S"], "x");
        assert_eq!(sent[0]["ConsistentRead"], true);
    }

    #[tokio::test]
    async fn a_record_that_is_none_fails_the_trail() {
        let items = json!({"Items": [{"pk": {"S": "REQ#r-1"}, "sk": {"S": "AUDIT#0000000000"}}]});
        let replay = Replay::of([Answer::ok(&items)]);
        let table = Table::new(&replay.config(), "approvals");
        assert!(table.trail(&fixture::id()).await.is_err());
    }
}
