//! The keyed hash of asks.

use std::fmt;

use approval_core::digest::{Digest, hex};
use approval_core::ports::{AskHash, Unavailable};
use aws_config::SdkConfig;
use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::MacAlgorithmSpec;
use tokio::sync::OnceCell;

use crate::call::{unavailable, unusable};

const LABEL: &[u8] = b"countersign-ask-v1";
const OPERATION: &str = "kms:GenerateMac";

/// Hashes asks under a key that only the door holds, so that stored asks reveal no argument to
/// whoever can read the table.
///
/// The KMS key is asked once in the life of the process, for a key of our own; the hashes are then
/// made here.
pub struct AskKey {
    client: Client,
    id: String,
    derived: OnceCell<Key>,
}

impl AskKey {
    /// Hashes under the KMS key of that id.
    #[must_use]
    pub fn new(config: &SdkConfig, id: impl Into<String>) -> Self {
        let client = Client::new(config);
        let (id, derived) = (id.into(), OnceCell::new());
        Self { client, id, derived }
    }

    async fn derive(&self) -> Result<Key, Unavailable> {
        let call = self.client.generate_mac().key_id(&self.id);
        let call = call.mac_algorithm(MacAlgorithmSpec::HmacSha256);
        let made = call.message(Blob::new(LABEL)).send().await;
        let mac = made.map_err(unavailable(OPERATION))?.mac;
        let key = mac.map(Blob::into_inner).filter(|mac| mac.len() == 32);
        let key = key.ok_or_else(|| unusable(OPERATION, "no code of 32 bytes in the answer"))?;
        Ok(Key::new(HMAC_SHA256, &key))
    }
}

impl AskHash for AskKey {
    async fn hash(&self, message: &[u8]) -> Result<Digest, Unavailable> {
        let key = self.derived.get_or_try_init(|| self.derive()).await?;
        let hash = sign(key, message);
        Digest::parse(&hex(hash.as_ref())).map_err(|error| Unavailable(error.into()))
    }
}

impl fmt::Debug for AskKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AskKey").field("id", &self.id).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::replay::{Answer, Replay};

    /// 32 bytes of 7.
    const DERIVED: &str = "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=";

    #[tokio::test]
    async fn f21_kms_is_asked_once_in_the_life_of_the_process() {
        let replay = Replay::of([Answer::ok(&json!({"Mac": DERIVED}))]);
        let key = AskKey::new(&replay.config(), "ask-key");
        let first = key.hash(b"refund").await.unwrap();
        assert_eq!(first, key.hash(b"refund").await.unwrap());
        assert_ne!(first, key.hash(b"cancel").await.unwrap());
        assert_eq!(
            replay.only("GenerateMac"),
            json!({"KeyId": "ask-key", "MacAlgorithm": "HMAC_SHA_256", "Message": "Y291bnRlcnNpZ24tYXNrLXYx"})
        );
    }

    #[tokio::test]
    async fn f22_a_key_that_does_not_answer_is_asked_again() {
        let disabled = Answer::error(400, "DisabledException", "disabled");
        let replay = Replay::of([disabled, Answer::ok(&json!({"Mac": DERIVED}))]);
        let key = AskKey::new(&replay.config(), "ask-key");
        assert!(key.hash(b"refund").await.is_err());
        assert!(key.hash(b"refund").await.is_ok());
    }

    #[tokio::test]
    async fn promise_10_the_derived_key_is_not_shown() {
        let replay = Replay::of([Answer::ok(&json!({"Mac": DERIVED}))]);
        let key = AskKey::new(&replay.config(), "ask-key");
        key.hash(b"refund").await.unwrap();
        assert_eq!(format!("{key:?}"), r#"AskKey { id: "ask-key", .. }"#);
    }
}
