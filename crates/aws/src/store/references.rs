//! References, read.

use approval_core::digest::Digest;
use approval_core::name::RequestId;
use approval_core::ports::{References, Unavailable};

use super::Table;
use super::key::{Key, text};
use crate::call::unusable;

impl References for Table {
    async fn find(&self, reference: &Digest) -> Result<Option<RequestId>, Unavailable> {
        let Some(row) = self.get(Key::reference(reference)).await? else {
            return Ok(None);
        };
        let id = text(&row, "request").and_then(|id| RequestId::parse(id).ok());
        id.map(Some).ok_or_else(|| unusable("reading a reference", "the record cannot be read"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture;
    use crate::replay::{Answer, Replay};

    #[tokio::test]
    async fn a_reference_leads_to_its_request() {
        let found = json!({"Item": {"request": {"S": "r-1"}}});
        let replay = Replay::of([Answer::ok(&found), Answer::ok(&json!({}))]);
        let table = Table::new(&replay.config(), "approvals");
        let reference = Digest::of(b"reference");
        assert_eq!(table.find(&reference).await.unwrap(), Some(fixture::id()));
        assert_eq!(table.find(&reference).await.unwrap(), None);
        let key = &replay.sent("GetItem")[0]["Key"];
        assert_eq!(key["pk"]["S"], format!("REF#{reference}"));
        assert_eq!(key["sk"]["S"], "REF");
    }
}
