//! Freezes, read. What stops a write is a condition in it; this is for telling people before.

use approval_core::freeze::FreezeScope;
use approval_core::ports::{Freezes, Unavailable};

use super::Table;
use super::key::Key;

impl Freezes for Table {
    async fn frozen(&self, scopes: &[FreezeScope]) -> Result<bool, Unavailable> {
        for scope in scopes {
            if self.get(Key::freeze(scope)).await?.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::fixture;
    use crate::replay::{Answer, Replay};

    async fn frozen(answers: &[Answer]) -> (Result<bool, Unavailable>, Replay) {
        let replay = Replay::of(answers.to_vec());
        let table = Table::new(&replay.config(), "approvals");
        let scopes = FreezeScope::concerning(&fixture::request().tool, "support/live");
        (table.frozen(&scopes).await, replay)
    }

    #[tokio::test]
    async fn f41_every_scope_is_asked_until_one_holds() {
        let none = Answer::ok(&json!({}));
        let (free, replay) =
            frozen(&[none.clone(), none.clone(), none.clone(), none.clone()]).await;
        assert!(!free.unwrap());
        let keys = replay.sent("GetItem").into_iter().map(|sent| {
            assert_eq!(sent["ConsistentRead"], true);
            assert_eq!(sent["Key"]["sk"]["S"], "FREEZE");
            sent["Key"]["pk"]["S"].as_str().unwrap().to_owned()
        });
        let scopes = ["all", "tool#billing___refund_order", "agent#support/live", "agent#support"];
        assert!(keys.eq(scopes.map(|scope| format!("CONTROL#freeze#{scope}"))));
        let held = Answer::ok(&json!({"Item": {"pk": {"S": "x"}, "sk": {"S": "FREEZE"}}}));
        assert!(frozen(&[none, held]).await.0.unwrap());
    }

    #[tokio::test]
    async fn f41_a_freeze_that_cannot_be_read_is_not_no_freeze() {
        let denied = Answer::error(400, "AccessDeniedException", "no");
        assert!(frozen(&[Answer::ok(&json!({})), denied]).await.0.is_err());
    }
}
