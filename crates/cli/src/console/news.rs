//! What is new in a list since it was shown.

use approval_core::moment::Moment;
use serde_json::json;

use super::Console;
use super::outside::Outside;
use super::queue::{filter, shape};
use super::wire::{Ask, Reply};
use crate::failure::Failure;

/// How many of a list are looked at.
const MOST: usize = 100;

impl<O: Outside> Console<O> {
    /// Says in words what is new, or nothing. The list itself does not move.
    pub(super) async fn news(&self, ask: &Ask) -> Result<Reply, Failure> {
        let pairs = ask.pairs();
        let filter = filter(&pairs)?;
        let from = pairs.get("from").and_then(|from| Moment::parse(from).ok());
        let found = self.outside.find(&filter, None, MOST, false).await?;
        let new = |at: Moment| from.is_some_and(|from| at > from);
        let count = found.rows.iter().filter(|row| new(row.queued.asked_at)).count();
        let words = if count > 0 {
            let more = if found.next.is_some() { "+" } else { "" };
            Some(format!("{count}{more} new: show"))
        } else if pairs.get("shape").is_some_and(|seen| seen != shape(&found.rows)) {
            Some("The list has changed: show".to_owned())
        } else {
            None
        };
        let body = json!({ "words": words }).to_string();
        Ok(Reply::data("application/json", body))
    }
}
