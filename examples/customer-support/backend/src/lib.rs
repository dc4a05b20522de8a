//! A backend such as one has anyway: it refunds orders, changes subscriptions, closes accounts.
//!
//! It knows nothing of approval. It shows what Countersign asks of a target: the idempotency key is
//! honoured, and an error of the type `Countersign.NotExecuted` means that nothing was done.
//!
//! # Layout
//!
//! - [`books`]: what happened, in a table of its own, once per idempotency key
//! - [`tools`]: what each tool takes, and what is written for it
//! - [`amount`]: money, exactly

use approval_aws::runtime::Named;
use serde_json::{Value, json};

pub mod amount;
pub mod books;
pub mod tools;

use books::Books;
use tools::Work;

/// Why a call has no result.
#[derive(Debug, thiserror::Error)]
pub enum BackendError {
    /// Nothing was done, and asking again the same way is pointless.
    #[error("nothing was done: {0}")]
    NotExecuted(&'static str),
    /// The books did not answer; nobody knows whether they wrote.
    #[error("the books did not answer: {0}")]
    Unavailable(String),
}

impl Named for BackendError {
    fn name(&self) -> &'static str {
        match self {
            Self::NotExecuted(_) => "Countersign.NotExecuted",
            Self::Unavailable(_) => "Billing.Unavailable",
        }
    }
}

/// Does what the call says, once per idempotency key.
///
/// # Errors
///
/// The call is not one of a known tool, or the books do not answer.
pub async fn handle(books: &Books, call: &str) -> Result<Value, BackendError> {
    match tools::read(call)? {
        Work::Find(key) => {
            let found = books.find(&key).await?;
            // An example has no orders and accounts of its own, so they are made up.
            Ok(found.unwrap_or_else(|| json!({"found": key, "status": "open", "plan": "free"})))
        }
        Work::Record(entry) => books.record(entry).await,
    }
}
