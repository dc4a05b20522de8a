//! What people were sent about a request and what they answered, read together.

use approval_core::decision::Decision;
use approval_core::name::RequestId;
use approval_core::notice::Notice;
use approval_core::ports::Unavailable;

use super::key::{self, DECISION, NOTICE, text};
use super::{Table, decisions, notices};

/// Behind every notice.
const END: &str = "NOTICE$";

/// Decisions and notices of a request; each none where a row of them is malformed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Asked {
    /// The decisions, genuine or not.
    pub decisions: Option<Vec<Decision>>,
    /// The notices.
    pub notices: Option<Vec<Notice>>,
}

impl Table {
    /// Decisions and notices of a request in one query, for lists. It reads the record between
    /// them as well, which costs less than a second query.
    ///
    /// # Errors
    ///
    /// The store does not answer.
    pub async fn asked(&self, id: &RequestId) -> Result<Asked, Unavailable> {
        let rows = self.rows_between(key::request(id), DECISION, END).await?;
        let (mut said, mut sent) = (Some(Vec::new()), Some(Vec::new()));
        for row in rows {
            let sk = text(&row, "sk").unwrap_or_default();
            if sk.starts_with(DECISION) {
                let one = decisions::read(id, row);
                said = said.zip(one).map(|(known, one)| [known, vec![one]].concat());
            } else if sk.starts_with(NOTICE) {
                let one = notices::read(id, row).ok();
                sent = sent.zip(one).map(|(known, one)| [known, vec![one]].concat());
            }
        }
        Ok(Asked { decisions: said, notices: sent })
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::types::AttributeValue;
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture;
    use crate::replay::{Answer, Replay};
    use crate::store::key::Key;

    fn notice() -> Value {
        let stored = fixture::notice("ana");
        fixture::wire(&Key::notice(&stored.request, &stored.approver).row(&stored).unwrap())
    }

    fn decision() -> Value {
        let mut row: std::collections::HashMap<String, AttributeValue> =
            serde_dynamo::to_item(fixture::decision("ana")).unwrap();
        for (name, text) in [("pk", "REQ#r-1"), ("sk", "DECISION#ana")] {
            row.insert(name.to_owned(), AttributeValue::S(text.to_owned()));
        }
        fixture::wire(&row)
    }

    async fn asked(rows: Value) -> (Asked, Replay) {
        let replay = Replay::of([Answer::ok(&json!({ "Items": rows }))]);
        let table = Table::new(&replay.config(), "approvals");
        (table.asked(&fixture::id()).await.unwrap(), replay)
    }

    #[tokio::test]
    async fn both_are_read_in_one_query_and_the_record_between_them_is_passed_over() {
        let meta = json!({"pk": {"S": "REQ#r-1"}, "sk": {"S": "META"}});
        let (read, replay) = asked(json!([decision(), meta, notice()])).await;
        assert_eq!(read.decisions, Some(vec![fixture::decision("ana")]));
        assert_eq!(read.notices, Some(vec![fixture::notice("ana")]));
        let values = &replay.only("Query")["ExpressionAttributeValues"];
        assert_eq!(
            (&values[":from"]["S"], &values[":to"]["S"]),
            (&json!("DECISION#"), &json!(END))
        );
    }

    #[tokio::test]
    async fn a_malformed_row_hides_its_kind_and_not_the_other() {
        let odd = json!({"pk": {"S": "REQ#r-1"}, "sk": {"S": "DECISION#ben"}});
        let (read, _) = asked(json!([decision(), odd, notice()])).await;
        assert_eq!((read.decisions, read.notices.map(|all| all.len())), (None, Some(1)));
    }
}
