//! The attributes by which the indexes find a request.

use std::collections::HashMap;

use approval_core::digest::Digest;
use approval_core::due::next_due;
use approval_core::freeze::Freeze;
use approval_core::name::RequestId;
use approval_core::request::ApprovalRequest;
use aws_sdk_dynamodb::types::AttributeValue;

/// Over how many partitions each index is spread.
pub const SHARDS: u8 = 4;

/// The index of what stands where.
pub(super) const BY_STATUS: &str = "by-status";
/// The index of what is owed.
pub(super) const DUE: &str = "due";

/// The index attributes of a request. It is in `due` only while something is owed.
pub(super) fn attributes(request: &ApprovalRequest) -> HashMap<String, AttributeValue> {
    let shard = shard(&request.id);
    let mut texts =
        vec![("by_status", format!("{}#{shard}", request.status)), ("queue_at", place(request))];
    if let Some(assessment) = &request.assessment {
        texts.push(("tier", assessment.tier.to_string()));
    }
    if let Some(due) = next_due(request) {
        texts.push(("due_shard", shard));
        texts.push(("due_at", due.to_string()));
    }
    let attribute = |(name, text): (&str, String)| (name.to_owned(), AttributeValue::S(text));
    texts.into_iter().map(attribute).collect()
}

/// The place of a request in the queue of its status.
pub(super) fn place(request: &ApprovalRequest) -> String {
    format!("{}#{}", request.decide_by.unwrap_or(request.asked_at), request.id)
}

/// By what the freezes that hold are found: they stand in the queue of a status of their own.
pub(super) const FROZEN: &str = "frozen";

/// The index attributes of a freeze: in the queue only while it holds.
pub(super) fn of_freeze(freeze: &Freeze) -> HashMap<String, AttributeValue> {
    if !freeze.frozen {
        return HashMap::new();
    }
    [("by_status", FROZEN.to_owned()), ("queue_at", freeze.scope.key())]
        .map(|(name, text)| (name.to_owned(), AttributeValue::S(text)))
        .into()
}

/// The shard of a request: always the same one.
fn shard(id: &RequestId) -> String {
    let [first, ..] = *Digest::of(id.as_str().as_bytes()).as_bytes();
    (first % SHARDS).to_string()
}

#[cfg(test)]
mod tests {
    use approval_core::status::Status;

    use super::*;
    use crate::fixture;
    use crate::store::key::text;

    #[test]
    fn a_request_is_queued_by_deadline_and_due_while_something_is_owed() {
        let request = fixture::request();
        let found = attributes(&request);
        assert_eq!(text(&found, "by_status"), Some("received#1"));
        assert_eq!(text(&found, "queue_at"), Some("2026-11-22T10:00:00.000Z#r-1"));
        assert_eq!(text(&found, "due_shard"), Some("1"));
        assert_eq!(text(&found, "due_at"), Some("2026-11-22T10:01:00.000Z"));
    }

    #[test]
    fn f20_a_closed_request_owes_nothing_and_no_record_carries_a_ttl() {
        let mut request = fixture::request();
        request.status = Status::Refused;
        let found = attributes(&request);
        assert_eq!(text(&found, "due_shard"), None);
        assert_eq!(text(&found, "due_at"), None);
        assert!(!found.contains_key("expires_at"));
    }

    #[test]
    fn every_shard_is_used() {
        let ids = (0..64).map(|n| RequestId::parse(&format!("r-{n}")).unwrap());
        let shards: std::collections::BTreeSet<_> = ids.map(|id| shard(&id)).collect();
        assert_eq!(shards.len(), usize::from(SHARDS));
    }
}
