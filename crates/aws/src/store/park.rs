//! Putting a request aside: only its place in the index of what is due is moved.

use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::{Park, Unavailable};
use aws_sdk_dynamodb::types::AttributeValue;

use super::Table;
use super::key::Key;
use crate::call::unavailable;

impl Park for Table {
    /// The row is written back as it was read, whatever it holds: a record of a newer version or a
    /// broken one is put aside too, and nothing of it is lost.
    async fn park(&self, id: &RequestId, until: Moment) -> Result<(), Unavailable> {
        let Some(mut row) = self.get(Key::meta(id)).await? else { return Ok(()) };
        row.insert("due_at".to_owned(), AttributeValue::S(until.to_string()));
        let version = row.get("version").cloned();
        let condition = if version.is_some() {
            "#version = :version"
        } else {
            "attribute_not_exists(#version)"
        };
        let put = self.client.put_item().table_name(&self.name).set_item(Some(row));
        let put = put
            .condition_expression(condition)
            .expression_attribute_names("#version", "version")
            .set_expression_attribute_values(
                version.map(|at| [(":version".to_owned(), at)].into()),
            );
        match put.send().await {
            Err(error)
                if error.as_service_error().is_some_and(
                    aws_sdk_dynamodb::operation::put_item::PutItemError::is_conditional_check_failed_exception,
                ) =>
            {
                // Somebody wrote it meanwhile, so it stands where it should.
                Ok(())
            }
            Err(error) => Err(unavailable("dynamodb:PutItem")(error)),
            Ok(_) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture;
    use crate::replay::{Answer, Replay};

    #[tokio::test]
    async fn f34_what_cannot_be_read_is_put_aside_as_it_is() {
        let item = json!({
            "pk": {"S": "REQ#r-1"}, "sk": {"S": "META"}, "schema": {"N": "2"},
            "version": {"N": "7"}, "due_shard": {"S": "1"}, "due_at": {"S": "2026"},
            "new": {"M": {"kept": {"BOOL": true}}},
        });
        let replay = Replay::of([Answer::ok(&json!({"Item": item})), Answer::ok(&json!({}))]);
        let table = Table::new(&replay.config(), "approvals");
        table.park(&fixture::id(), fixture::now()).await.unwrap();
        let [_, (operation, sent)] = replay.all().try_into().unwrap();
        assert_eq!(operation, "PutItem");
        let mut wanted = item.clone();
        wanted["due_at"]["S"] = json!("2026-11-22T10:00:00.000Z");
        assert_eq!(sent["Item"], wanted);
        assert_eq!(sent["ConditionExpression"], "#version = :version");
        assert_eq!(sent["ExpressionAttributeValues"], json!({":version": {"N": "7"}}));
    }

    #[tokio::test]
    async fn whoever_wrote_meanwhile_is_right() {
        let item = json!({"Item": {"pk": {"S": "REQ#r-1"}, "version": {"N": "7"}}});
        let lost = Answer::error(400, "ConditionalCheckFailedException", "no");
        let replay = Replay::of([Answer::ok(&item), lost]);
        let table = Table::new(&replay.config(), "approvals");
        assert!(table.park(&fixture::id(), fixture::now()).await.is_ok());
        let replay = Replay::of([Answer::ok(&json!({}))]);
        let table = Table::new(&replay.config(), "approvals");
        assert!(table.park(&fixture::id(), fixture::now()).await.is_ok(), "it is gone");
    }
}
