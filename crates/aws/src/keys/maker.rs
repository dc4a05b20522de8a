//! Making codes under the one key that this function holds.

use approval_core::ports::{Mac, MakeMac, Unavailable};
use aws_config::SdkConfig;
use aws_sdk_kms::Client;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::MacAlgorithmSpec;

use crate::call::{unavailable, unusable};

const OPERATION: &str = "kms:GenerateMac";
/// The length of a code.
const CODE: usize = 32;
/// The most bytes KMS authenticates.
const MOST_MESSAGE: usize = 4096;

/// Makes codes with KMS. The key never leaves it.
#[derive(Clone, Debug)]
pub struct MacMaker {
    client: Client,
    key: String,
}

impl MacMaker {
    /// Makes codes under the KMS key of that id.
    #[must_use]
    pub fn new(config: &SdkConfig, key: impl Into<String>) -> Self {
        let (client, key) = (Client::new(config), key.into());
        Self { client, key }
    }
}

impl MakeMac for MacMaker {
    fn key(&self) -> &str {
        &self.key
    }

    async fn make(&self, message: &[u8]) -> Result<Mac, Unavailable> {
        if !(1..=MOST_MESSAGE).contains(&message.len()) {
            return Err(unusable(OPERATION, "the message is not of 1 to 4096 bytes"));
        }
        let call = self.client.generate_mac().key_id(&self.key);
        let call = call.mac_algorithm(MacAlgorithmSpec::HmacSha256);
        let made = call.message(Blob::new(message)).send().await;
        let mac = made.map_err(unavailable(OPERATION))?.mac.map(Blob::into_inner);
        let mac = mac.filter(|mac| mac.len() == CODE);
        mac.map(Mac).ok_or_else(|| unusable(OPERATION, "no code of 32 bytes in the answer"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::replay::{Answer, Replay};

    async fn make(message: &[u8], answers: Vec<Answer>) -> (Result<Mac, Unavailable>, Replay) {
        let replay = Replay::of(answers);
        let made = MacMaker::new(&replay.config(), "link").make(message).await;
        (made, replay)
    }

    #[tokio::test]
    async fn a_code_is_made_under_the_one_key() {
        let mac = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let (made, replay) = make(b"message", vec![Answer::ok(&json!({"Mac": mac}))]).await;
        assert_eq!(made.unwrap(), Mac(vec![0; 32]));
        let sent = replay.only("GenerateMac");
        let expected =
            json!({"KeyId": "link", "MacAlgorithm": "HMAC_SHA_256", "Message": "bWVzc2FnZQ=="});
        assert_eq!(sent, expected);
    }

    #[tokio::test]
    async fn f22_no_code_of_the_right_length_is_a_failure() {
        for answer in [json!({}), json!({"Mac": "AAAA"})] {
            assert!(make(b"message", vec![Answer::ok(&answer)]).await.0.is_err());
        }
        let refused = Answer::error(400, "AccessDeniedException", "no");
        assert!(make(b"message", vec![refused]).await.0.is_err());
    }

    #[tokio::test]
    async fn what_kms_cannot_take_is_not_sent() {
        assert!(make(b"", vec![]).await.0.is_err());
        assert!(make(&[0; 4097], vec![]).await.0.is_err());
    }
}
