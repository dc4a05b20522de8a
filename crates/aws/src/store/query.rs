//! Rows of one request, read in order of their keys.

use std::collections::HashMap;

use approval_core::name::RequestId;
use approval_core::ports::Unavailable;
use aws_sdk_dynamodb::types::AttributeValue;

use super::Table;
use super::key;
use crate::call::unavailable;

impl Table {
    /// All rows of the request whose sort key begins so, as of every acknowledged write.
    pub(super) async fn rows(
        &self,
        id: &RequestId,
        prefix: &'static str,
    ) -> Result<Vec<HashMap<String, AttributeValue>>, Unavailable> {
        self.rows_in(key::request(id), prefix).await
    }

    /// The same of any partition.
    pub(super) async fn rows_in(
        &self,
        pk: String,
        prefix: &'static str,
    ) -> Result<Vec<HashMap<String, AttributeValue>>, Unavailable> {
        let values = [(":pk", pk), (":prefix", prefix.to_owned())];
        self.rows_where("#pk = :pk AND begins_with(#sk, :prefix)", values.into()).await
    }

    /// The same from one sort key to another, both included.
    pub(super) async fn rows_between(
        &self,
        pk: String,
        from: &'static str,
        to: &'static str,
    ) -> Result<Vec<HashMap<String, AttributeValue>>, Unavailable> {
        let values = [(":pk", pk), (":from", from.to_owned()), (":to", to.to_owned())];
        self.rows_where("#pk = :pk AND #sk BETWEEN :from AND :to", values.into()).await
    }

    async fn rows_where(
        &self,
        condition: &'static str,
        values: Vec<(&'static str, String)>,
    ) -> Result<Vec<HashMap<String, AttributeValue>>, Unavailable> {
        let value = |(name, text): (&str, String)| (name.to_owned(), AttributeValue::S(text));
        let values: HashMap<_, _> = values.into_iter().map(value).collect();
        let mut rows = Vec::new();
        let mut from = None;
        loop {
            let call = self.client.query().table_name(&self.name);
            let page = call
                .key_condition_expression(condition)
                .expression_attribute_names("#pk", "pk")
                .expression_attribute_names("#sk", "sk")
                .set_expression_attribute_values(Some(values.clone()))
                .consistent_read(true)
                .set_exclusive_start_key(from);
            let page = page.send().await.map_err(unavailable("dynamodb:Query"))?;
            rows.extend(page.items.unwrap_or_default());
            from = page.last_evaluated_key;
            if from.is_none() {
                return Ok(rows);
            }
        }
    }
}
