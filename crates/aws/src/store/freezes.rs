//! Freezes, read and switched. What stops a write is a condition in it; reading is for telling
//! people before.

use std::collections::HashMap;

use approval_core::commit::CommitError;
use approval_core::digest::Digest;
use approval_core::freeze::{Freeze, FreezeScope, Switch};
use approval_core::moment::Moment;
use approval_core::ports::{Freezes, Switches, Unavailable};
use aws_sdk_dynamodb::types::AttributeValue;

use super::Table;
use super::commit::unplanned;
use super::index::{BY_STATUS, FROZEN};
use super::key::{self, AUDIT, Key};
use super::plan;
use crate::call::{unavailable, unusable};

impl Freezes for Table {
    async fn frozen(&self, scopes: &[FreezeScope]) -> Result<bool, Unavailable> {
        for scope in scopes {
            if self.get(Key::freeze(scope)).await?.as_ref().is_some_and(holds) {
                return Ok(true);
            }
        }
        Ok(false)
    }
}

impl Switches for Table {
    async fn freeze(&self, scope: &FreezeScope) -> Result<Option<Freeze>, Unavailable> {
        let Some(mut row) = self.get(Key::freeze(scope)).await? else { return Ok(None) };
        let (frozen, version) = (holds(&row), version(&row));
        for index in ["pk", "sk", "by_status", "queue_at"] {
            row.remove(index);
        }
        match serde_dynamo::from_item::<_, Freeze>(row) {
            Ok(read) if read.scope == *scope => Ok(Some(read)),
            // What it stops is in its key, whatever else stands in it.
            Ok(_) | Err(_) => self.by_hand(scope, frozen, version).await.map(Some),
        }
    }

    async fn switch(&self, switch: &Switch) -> Result<(), CommitError> {
        let steps = plan::switch(&self.name, switch).map_err(|_| unplanned())?;
        self.transact(&steps).await
    }
}

impl Table {
    /// A row that somebody put or changed without this code: it can be let go on top of its own
    /// version, or else of the last switch that is on record.
    async fn by_hand(
        &self,
        scope: &FreezeScope,
        frozen: bool,
        version: Option<u64>,
    ) -> Result<Freeze, Unavailable> {
        let last = self.rows_in(key::freezes(scope), AUDIT).await?.pop();
        let (last, hash) = match last {
            None => (0, Digest::of(scope.key().as_bytes())),
            Some(mut row) => {
                row.retain(|name, _| name != "pk" && name != "sk");
                let read = serde_dynamo::from_item::<_, Switch>(row);
                let last = read.map_err(|_| unusable("reading a switch", "it cannot be read"))?;
                (last.freeze.version, last.freeze.hash)
            }
        };
        Ok(Freeze {
            scope: scope.clone(),
            frozen,
            version: version.unwrap_or(last),
            at: Moment::EPOCH,
            who: "unknown".to_owned(),
            reason: "written by hand".to_owned(),
            hash,
        })
    }

    /// The scopes that are frozen, by the keys of their rows. The index is behind by a second or
    /// so, and has no row that was put without it: whether everything is frozen is read from the
    /// row itself.
    ///
    /// # Errors
    ///
    /// The store does not answer.
    pub async fn frozen_scopes(&self) -> Result<Vec<FreezeScope>, Unavailable> {
        let call = self.client.query().table_name(&self.name).index_name(BY_STATUS);
        let page = call
            .key_condition_expression("#by_status = :frozen")
            .expression_attribute_names("#by_status", "by_status")
            .expression_attribute_values(":frozen", AttributeValue::S(FROZEN.to_owned()));
        let page = page.send().await.map_err(unavailable("dynamodb:Query"))?;
        let rows = page.items.unwrap_or_default();
        // A key that is no scope's is none that any claim asks for, so it stops nothing.
        let mut scopes: Vec<_> = rows.iter().filter_map(key::scope_of).collect();
        if !scopes.contains(&FreezeScope::All) && self.frozen(&[FreezeScope::All]).await? {
            scopes.insert(0, FreezeScope::All);
        }
        Ok(scopes)
    }
}

fn version(row: &HashMap<String, AttributeValue>) -> Option<u64> {
    row.get("version")?.as_n().ok()?.parse().ok()
}

/// A row that does not say that it was let go holds.
fn holds(row: &HashMap<String, AttributeValue>) -> bool {
    !matches!(row.get("frozen"), Some(AttributeValue::Bool(false)))
}

#[cfg(test)]
mod tests {
    use approval_core::steering::Operator;
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
        assert!(frozen(&[none.clone(), held]).await.0.unwrap());
        let gone = Answer::ok(&json!({"Item": {"sk": {"S": "FREEZE"}, "frozen": {"BOOL": false}}}));
        assert!(!frozen(&[gone, none.clone(), none.clone(), none]).await.0.unwrap());
    }

    #[tokio::test]
    async fn k03_a_switch_stands_on_the_one_before_and_leaves_its_record() {
        let by = Operator { who: "arn:operator", reason: "an incident" };
        let on = Switch::make(FreezeScope::All, None, true, &by, fixture::now()).unwrap();
        let off =
            Switch::make(FreezeScope::All, Some(&on.freeze), false, &by, fixture::now()).unwrap();
        for (switch, condition, queued) in [
            (&on, "attribute_not_exists(#version)", json!({"S": "frozen"})),
            (&off, "attribute_not_exists(#version) OR #version = :version", json!(null)),
        ] {
            let replay = Replay::of([Answer::ok(&json!({}))]);
            Table::new(&replay.config(), "approvals").switch(switch).await.unwrap();
            let sent = replay.only("TransactWriteItems");
            let puts = sent["TransactItems"].as_array().unwrap();
            assert_eq!(puts.len(), 2);
            let row = &puts[0]["Put"];
            assert_eq!(row["ConditionExpression"], condition);
            assert_eq!(row["Item"]["pk"]["S"], "CONTROL#freeze#all");
            assert_eq!(row["Item"]["by_status"], queued);
            let version = switch.freeze.version;
            let record = &puts[1]["Put"]["Item"];
            assert_eq!(record["sk"]["S"], format!("AUDIT#{version:010}"));
        }
    }

    #[tokio::test]
    async fn a_freeze_is_read_as_it_was_written() {
        let by = Operator { who: "arn:operator", reason: "an incident" };
        let on = Switch::make(FreezeScope::All, None, true, &by, fixture::now()).unwrap();
        let mut row = Key::freeze(&FreezeScope::All).row(&on.freeze).unwrap();
        row.extend(crate::store::index::of_freeze(&on.freeze));
        let replay = Replay::of([Answer::ok(&json!({"Item": fixture::wire(&row)}))]);
        let table = Table::new(&replay.config(), "approvals");
        assert_eq!(table.freeze(&FreezeScope::All).await.unwrap(), Some(on.freeze));
    }

    #[tokio::test]
    async fn a_freeze_is_of_the_scope_of_its_key_whatever_stands_in_it() {
        let by = Operator { who: "arn:operator", reason: "an incident" };
        let tool: FreezeScope = "tool#cancel".parse().unwrap();
        let on = Switch::make(tool, None, true, &by, fixture::now()).unwrap();
        let mut copied = fixture::wire(&Key::freeze(&FreezeScope::All).row(&on.freeze).unwrap());
        let mut malformed = copied.clone();
        malformed["at"] = json!({"S": "noon"});
        copied["pk"]["S"] = json!("CONTROL#freeze#all");
        for row in [copied, malformed] {
            let answers = [json!({"Item": row}), json!({"Items": []})].map(|one| Answer::ok(&one));
            let replay = Replay::of(answers);
            let table = Table::new(&replay.config(), "approvals");
            let found = table.freeze(&FreezeScope::All).await.unwrap().unwrap();
            assert_eq!((found.scope, found.frozen), (FreezeScope::All, true));
            assert_eq!(found.version, 1, "its own, which a switch stands on");
        }
    }

    #[tokio::test]
    async fn a_freeze_that_was_written_by_hand_holds_and_can_be_let_go() {
        let item = json!({"Item": {"pk": {"S": "CONTROL#freeze#all"}, "sk": {"S": "FREEZE"}}});
        let by = Operator { who: "arn:operator", reason: "it is over" };
        let on = Switch::make(FreezeScope::All, None, true, &by, fixture::now()).unwrap();
        let off =
            Switch::make(FreezeScope::All, Some(&on.freeze), false, &by, fixture::now()).unwrap();
        for (before, version, previous) in
            [(vec![], 1, Digest::of(b"all")), (vec![&on, &off], 3, off.freeze.hash)]
        {
            let trail = before.iter().map(|switch| {
                fixture::wire(
                    &Key::switch(&FreezeScope::All, switch.freeze.version).row(switch).unwrap(),
                )
            });
            let trail = json!({"Items": trail.collect::<Vec<_>>()});
            let replay = Replay::of([Answer::ok(&item), Answer::ok(&trail)]);
            let table = Table::new(&replay.config(), "approvals");
            let found = table.freeze(&FreezeScope::All).await.unwrap().unwrap();
            assert!(found.frozen);
            let gone = Switch::make(FreezeScope::All, Some(&found), false, &by, fixture::now());
            let gone = gone.unwrap();
            assert_eq!((gone.freeze.version, gone.previous), (version, previous));
        }
    }

    #[tokio::test]
    async fn whatever_holds_is_listed_by_the_key_of_its_row() {
        let row = |scope: &str, place: &str| {
            let pk = format!("CONTROL#freeze#{scope}");
            json!({"pk": {"S": pk}, "sk": {"S": "FREEZE"}, "queue_at": {"S": place}})
        };
        let all = json!({"Item": {"pk": {"S": "CONTROL#freeze#all"}, "sk": {"S": "FREEZE"}}});
        let listed = async |rows: &[serde_json::Value], item: &serde_json::Value| {
            let replay = Replay::of([Answer::ok(&json!({"Items": rows})), Answer::ok(item)]);
            let table = Table::new(&replay.config(), "approvals");
            let scopes = table.frozen_scopes().await.unwrap();
            scopes.iter().map(FreezeScope::key).collect::<Vec<_>>()
        };
        let (none, misplaced) =
            (json!({}), [row("tool#cancel", "mislaid"), row("odd", "agent#A1")]);
        assert_eq!(listed(&[], &all).await, ["all"], "put by hand, so the index has none");
        assert_eq!(listed(&misplaced, &none).await, ["tool#cancel"]);
        let of_index = [row("all", "all"), row("agent#A1", "agent#A1")];
        assert_eq!(listed(&of_index, &none).await, ["all", "agent#A1"], "once");
    }

    #[tokio::test]
    async fn f41_k02_a_freeze_that_cannot_be_read_is_not_no_freeze() {
        let denied = Answer::error(400, "AccessDeniedException", "no");
        assert!(frozen(&[Answer::ok(&json!({})), denied]).await.0.is_err());
    }
}
