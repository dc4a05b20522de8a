//! Keys of rows, and how rows are written.

use std::collections::HashMap;

use approval_core::digest::Digest;
use approval_core::freeze::FreezeScope;
use approval_core::name::{ApproverId, RequestId};
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Serialize;

const REQUEST: &str = "REQ#";
const FREEZES: &str = "CONTROL#freeze#";
pub(super) const AUDIT: &str = "AUDIT#";
pub(super) const DECISION: &str = "DECISION#";
pub(super) const NOTICE: &str = "NOTICE#";

/// The key of a row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Key {
    pk: String,
    sk: String,
}

impl Key {
    pub(super) fn meta(id: &RequestId) -> Self {
        Self::of(request(id), "META")
    }

    pub(super) fn claim(id: &RequestId) -> Self {
        Self::of(request(id), "CLAIM")
    }

    /// Ten digits, so that the order of the text is the order of the trail.
    pub(super) fn audit(id: &RequestId, seq: u64) -> Self {
        Self::of(request(id), format!("{AUDIT}{seq:010}"))
    }

    pub(super) fn decision(id: &RequestId, who: &ApproverId) -> Self {
        Self::of(request(id), format!("{DECISION}{who}"))
    }

    pub(super) fn notice(id: &RequestId, who: &ApproverId) -> Self {
        Self::of(request(id), format!("{NOTICE}{who}"))
    }

    pub(super) fn ask(ask: &Digest) -> Self {
        Self::of(format!("ASK#{ask}"), "ASK")
    }

    pub(super) fn reference(reference: &Digest) -> Self {
        Self::of(format!("REF#{reference}"), "REF")
    }

    pub(super) fn freeze(scope: &FreezeScope) -> Self {
        Self::of(freezes(scope), "FREEZE")
    }

    pub(super) fn switch(scope: &FreezeScope, version: u64) -> Self {
        Self::of(freezes(scope), format!("{AUDIT}{version:010}"))
    }

    fn of(pk: String, sk: impl Into<String>) -> Self {
        let sk = sk.into();
        Self { pk, sk }
    }

    /// The key alone, as an item.
    pub(super) fn item(self) -> HashMap<String, AttributeValue> {
        [("pk", self.pk), ("sk", self.sk)]
            .map(|(name, text)| (name.to_owned(), AttributeValue::S(text)))
            .into()
    }

    /// The row: what is stored, under this key.
    pub(super) fn row(
        self,
        stored: &impl Serialize,
    ) -> Result<HashMap<String, AttributeValue>, serde_dynamo::Error> {
        let mut row: HashMap<String, AttributeValue> = serde_dynamo::to_item(stored)?;
        row.extend(self.item());
        Ok(row)
    }
}

/// The partition of a scope's freeze and its switches.
pub(super) fn freezes(scope: &FreezeScope) -> String {
    format!("{FREEZES}{}", scope.key())
}

/// The scope whose partition a row lies in.
pub(super) fn scope_of(row: &HashMap<String, AttributeValue>) -> Option<FreezeScope> {
    text(row, "pk")?.strip_prefix(FREEZES)?.parse().ok()
}

/// The partition of a request.
pub(super) fn request(id: &RequestId) -> String {
    format!("{REQUEST}{id}")
}

/// The request whose partition a row lies in.
pub(super) fn request_of(row: &HashMap<String, AttributeValue>) -> Option<RequestId> {
    let id = text(row, "pk")?.strip_prefix(REQUEST)?;
    RequestId::parse(id).ok()
}

/// An attribute that is text.
pub(super) fn text<'a>(row: &'a HashMap<String, AttributeValue>, name: &str) -> Option<&'a str> {
    let text = row.get(name)?.as_s().ok()?;
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_order_of_audit_keys_is_the_order_of_the_trail() {
        let id = RequestId::parse("r-1").unwrap();
        assert_eq!(Key::audit(&id, 7).sk, "AUDIT#0000000007");
        assert!(Key::audit(&id, 9).sk < Key::audit(&id, 10).sk);
    }

    #[test]
    fn a_row_knows_its_request() {
        let id = RequestId::parse("r-1").unwrap();
        assert_eq!(request_of(&Key::meta(&id).item()), Some(id));
        let freeze = Key::freeze(&FreezeScope::All);
        assert_eq!(freeze.pk, "CONTROL#freeze#all");
        assert_eq!(request_of(&freeze.item()), None);
    }
}
