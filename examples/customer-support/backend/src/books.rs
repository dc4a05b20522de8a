//! The books: what happened, once per idempotency key.

use std::collections::{BTreeMap, HashMap};

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_dynamodb::types::{AttributeValue, ReturnValue};
use jiff::Timestamp;
use serde_json::{Map, Value};

use crate::BackendError;
use crate::tools::Entry;

/// The books, in a table of their own.
#[derive(Clone, Debug)]
pub struct Books {
    client: Client,
    table: String,
}

impl Books {
    /// The books in that table.
    #[must_use]
    pub fn new(config: &SdkConfig, table: String) -> Self {
        let client = Client::new(config);
        Self { client, table }
    }

    /// What stands under that key.
    ///
    /// # Errors
    ///
    /// The books do not answer.
    pub async fn find(&self, pk: &str) -> Result<Option<Value>, BackendError> {
        let call = self.client.get_item().table_name(&self.table);
        let found = call.key("pk", text(pk)).send().await.map_err(unanswered)?;
        Ok(found.item.as_ref().map(receipt))
    }

    /// Writes the entry down, unless its key was used before: then what stands there is the answer
    /// and only the call is counted.
    ///
    /// # Errors
    ///
    /// The key was used for something else, or the books do not answer.
    pub async fn record(&self, entry: Entry) -> Result<Value, BackendError> {
        let Entry { kind, prefix, key, details } = entry;
        let pk = format!("{kind}#{key}");
        let number: String = key.chars().take(10).collect();
        let number = format!("{prefix}-{}", number.to_uppercase());
        let mut item: HashMap<_, _> = [
            ("pk", text(&pk)),
            ("number", text(&number)),
            ("at", text(&Timestamp::now().to_string())),
            ("calls", AttributeValue::N("1".to_owned())),
        ]
        .map(|(name, value)| (name.to_owned(), value))
        .into();
        item.extend(details.iter().map(|(name, value)| (name.clone(), text(value))));
        let call = self.client.put_item().table_name(&self.table);
        let call =
            call.set_item(Some(item.clone())).condition_expression("attribute_not_exists(pk)");
        match call.send().await {
            Ok(_) => {
                self.follow(kind, &details).await?;
                return Ok(receipt(&item));
            }
            Err(error) if error.code() == Some("ConditionalCheckFailedException") => {}
            Err(error) => return Err(unanswered(error)),
        }
        let before = self.count(&pk).await?;
        let same = |(name, value): (&String, &String)| before.get(name) == Some(&text(value));
        if !details.iter().all(same) {
            return Err(BackendError::NotExecuted("the key was used for something else"));
        }
        Ok(receipt(&before))
    }

    /// Notes how an account stands after a change that takes effect at once.
    async fn follow(
        &self,
        kind: &str,
        details: &BTreeMap<String, String>,
    ) -> Result<(), BackendError> {
        let at_once = details.get("effective").is_some_and(|when| when == "immediately");
        let (Some(account), Some(plan)) = (details.get("account_id"), details.get("plan")) else {
            return Ok(());
        };
        if kind != "CHANGE" || !at_once {
            return Ok(());
        }
        let call = self.client.put_item().table_name(&self.table);
        let call = call.item("pk", text(&format!("ACCOUNT#{account}")));
        let call = call.item("plan", text(plan)).item("status", text("open"));
        call.send().await.map(drop).map_err(unanswered)
    }

    /// Counts one more call of an entry.
    async fn count(&self, pk: &str) -> Result<HashMap<String, AttributeValue>, BackendError> {
        let call = self.client.update_item().table_name(&self.table).key("pk", text(pk));
        let call =
            call.update_expression("ADD #calls :one").expression_attribute_names("#calls", "calls");
        let call = call.expression_attribute_values(":one", AttributeValue::N("1".to_owned()));
        let counted = call.return_values(ReturnValue::AllNew).send().await;
        Ok(counted.map_err(unanswered)?.attributes.unwrap_or_default())
    }
}

/// An entry as it is told.
fn receipt(item: &HashMap<String, AttributeValue>) -> Value {
    let told = item.iter().filter(|(name, _)| *name != "pk");
    let told =
        told.filter_map(|(name, value)| Some((name.clone(), value.as_s().ok()?.clone().into())));
    Value::Object(told.collect::<Map<_, _>>())
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

#[expect(clippy::needless_pass_by_value, reason = "it is what `map_err` gives")]
fn unanswered<E: ProvideErrorMetadata, R>(error: SdkError<E, R>) -> BackendError {
    BackendError::Unavailable(error.code().unwrap_or("no answer").to_owned())
}
