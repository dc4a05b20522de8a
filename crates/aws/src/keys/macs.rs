//! Verifying the codes that authenticate links and decisions.

use approval_core::ports::{Mac, MacKey, Unavailable, VerifyMac};
use aws_config::SdkConfig;
use aws_sdk_kms::Client;
use aws_sdk_kms::operation::verify_mac::VerifyMacError;
use aws_sdk_kms::primitives::Blob;
use aws_sdk_kms::types::MacAlgorithmSpec;

use crate::call::unavailable;

/// The length of a code.
const CODE: usize = 32;
/// The most bytes KMS authenticates.
const MOST_MESSAGE: usize = 4096;

/// Verifies codes with KMS, under accepted keys only. A replaced key stays accepted until the last
/// hard limit of what was made under it.
#[derive(Clone, Debug)]
pub struct Macs {
    client: Client,
    link: Vec<String>,
    decision: Vec<String>,
}

impl Macs {
    /// Accepts codes made under these keys.
    #[must_use]
    pub fn new(config: &SdkConfig, link: Vec<String>, decision: Vec<String>) -> Self {
        let client = Client::new(config);
        Self { client, link, decision }
    }
}

impl VerifyMac for Macs {
    fn accepted(&self, key: MacKey) -> &[String] {
        match key {
            MacKey::Link => &self.link,
            MacKey::Decision => &self.decision,
        }
    }

    async fn verify(
        &self,
        key: MacKey,
        id: &str,
        message: &[u8],
        mac: &Mac,
    ) -> Result<bool, Unavailable> {
        let accepted = self.accepted(key);
        // What cannot be genuine costs no call, whoever wrote it.
        let possible = accepted.iter().any(|accepted| accepted == id)
            && mac.0.len() == CODE
            && (1..=MOST_MESSAGE).contains(&message.len());
        if !possible {
            return Ok(false);
        }
        let call = self.client.verify_mac().key_id(id);
        let call = call.mac_algorithm(MacAlgorithmSpec::HmacSha256);
        let call = call.message(Blob::new(message)).mac(Blob::new(mac.0.clone()));
        match call.send().await {
            Ok(verified) => Ok(verified.mac_valid()),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(VerifyMacError::is_kms_invalid_mac_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(unavailable("kms:VerifyMac")(error)),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::replay::{Answer, Replay};

    fn macs(replay: &Replay) -> Macs {
        let link = vec!["old".to_owned(), "link".to_owned()];
        Macs::new(&replay.config(), link, vec!["decision".to_owned()])
    }

    async fn verify(answer: Answer) -> Result<bool, Unavailable> {
        let replay = Replay::of([answer]);
        let mac = Mac(vec![0; CODE]);
        macs(&replay).verify(MacKey::Link, "link", b"message", &mac).await
    }

    #[tokio::test]
    async fn a_code_is_verified_under_the_key_it_names() {
        let replay = Replay::of([Answer::ok(&json!({"MacValid": true}))]);
        let mac = Mac(vec![0; CODE]);
        let verified = macs(&replay).verify(MacKey::Link, "old", b"message", &mac).await;
        assert!(verified.unwrap());
        let sent = replay.only("VerifyMac");
        assert_eq!(sent["KeyId"], "old");
        assert_eq!(sent["MacAlgorithm"], "HMAC_SHA_256");
        assert_eq!(sent["Message"], "bWVzc2FnZQ==");
    }

    #[tokio::test]
    async fn a_code_that_does_not_verify_is_false_and_no_failure() {
        assert!(!verify(Answer::error(400, "KMSInvalidMacException", "bad")).await.unwrap());
        assert!(!verify(Answer::ok(&json!({"MacValid": false}))).await.unwrap());
        assert!(!verify(Answer::ok(&json!({}))).await.unwrap());
    }

    #[tokio::test]
    async fn f22_a_key_that_does_not_answer_says_neither() {
        for code in [
            "DisabledException",
            "KMSInvalidStateException",
            "AccessDeniedException",
            "NotFoundException",
        ] {
            assert!(verify(Answer::error(400, code, "no")).await.is_err(), "{code}");
        }
    }

    #[tokio::test]
    async fn keys_that_are_not_accepted_are_false_without_a_call() {
        let replay = Replay::of([]);
        let (macs, mac) = (macs(&replay), Mac(vec![0; CODE]));
        for (key, id) in
            [(MacKey::Link, "attacker"), (MacKey::Link, "decision"), (MacKey::Decision, "link")]
        {
            assert!(!macs.verify(key, id, b"message", &mac).await.unwrap());
        }
        let short = Mac(vec![0; CODE - 1]);
        assert!(!macs.verify(MacKey::Link, "link", b"message", &short).await.unwrap());
        assert!(!macs.verify(MacKey::Link, "link", &[0; 4097], &mac).await.unwrap());
    }
}
