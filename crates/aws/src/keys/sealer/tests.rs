use aws_lc_rs::aead::NONCE_LEN;
use serde_json::json;

use super::*;
use crate::fixture::{self, base64};
use crate::replay::{Answer, Replay};

fn staging(replay: &Replay) -> Sealer {
    let keys = PartKeys { action: Some("action-key".to_owned()), ..PartKeys::default() };
    Sealer::new(&replay.config(), "staging", keys)
}

fn made() -> Answer {
    Answer::ok(&json!({"CiphertextBlob": base64(b"wrapped")}))
}

async fn opened(answer: Answer) -> Result<Option<Vec<u8>>, Unavailable> {
    let replay = Replay::of([made(), answer]);
    let keys = staging(&replay);
    let sealed = keys.seal(Part::Action, &fixture::id(), b"refund").await?;
    keys.open(Part::Action, &fixture::id(), &sealed).await
}

#[tokio::test]
async fn what_was_sealed_opens_with_key_and_context_named_to_kms() {
    let id = fixture::id();
    let replay = Replay::of([made()]);
    let sealed = staging(&replay).seal(Part::Action, &id, b"refund").await.unwrap();
    assert!(!sealed.0.windows(6).any(|bytes| bytes == b"refund"));
    let mut seal = replay.only("Encrypt");
    let plaintext = seal["Plaintext"].take();
    let context = json!({"stack": "staging", "request": "r-1", "part": "action"});
    assert_eq!(
        seal,
        json!({"KeyId": "action-key", "Plaintext": null, "EncryptionContext": context})
    );
    let replay = Replay::of([Answer::ok(&json!({ "Plaintext": plaintext }))]);
    let opened = staging(&replay).open(Part::Action, &id, &sealed).await.unwrap();
    assert_eq!(opened.as_deref(), Some(b"refund".as_slice()));
    let wrapped = base64(b"wrapped");
    assert_eq!(
        replay.only("Decrypt"),
        json!({"KeyId": "action-key", "CiphertextBlob": wrapped, "EncryptionContext": context})
    );
}

#[tokio::test]
async fn sealing_the_same_twice_gives_different_bytes() {
    let replay = Replay::of([made(), made()]);
    let keys = staging(&replay);
    let first = keys.seal(Part::Action, &fixture::id(), b"refund").await.unwrap();
    let second = keys.seal(Part::Action, &fixture::id(), b"refund").await.unwrap();
    assert_ne!(first, second);
}

#[tokio::test]
async fn what_kms_does_not_recognise_is_none() {
    for code in ["InvalidCiphertextException", "IncorrectKeyException"] {
        assert_eq!(opened(Answer::error(400, code, "")).await.unwrap(), None, "{code}");
    }
    let other = Answer::ok(&json!({"Plaintext": base64(&[8; 64])}));
    assert_eq!(opened(other).await.unwrap(), None);
    let short = Answer::ok(&json!({"Plaintext": base64(&[7; 5])}));
    assert_eq!(opened(short).await.unwrap(), None);
}

#[tokio::test]
async fn f22_a_key_that_cannot_be_used_is_a_failure_and_never_none() {
    for code in [
        "AccessDeniedException",
        "DisabledException",
        "KMSInvalidStateException",
        "NotFoundException",
    ] {
        assert!(opened(Answer::error(400, code, "")).await.is_err(), "{code}");
    }
}

#[tokio::test]
async fn f21_a_throttled_key_is_tried_again_and_then_a_failure() {
    let throttled = || Answer::error(400, "ThrottlingException", "slow down");
    let replay = Replay::of([throttled(), made(), throttled(), throttled(), throttled()]);
    let keys = staging(&replay);
    assert!(keys.seal(Part::Action, &fixture::id(), b"x").await.is_ok());
    assert!(keys.seal(Part::Action, &fixture::id(), b"x").await.is_err());
    assert_eq!(replay.all().len(), 5);
}

#[tokio::test]
async fn an_answer_without_a_wrapped_key_that_fits_is_a_failure() {
    let long = json!({"CiphertextBlob": base64(&vec![0; 65_536])});
    let replay = Replay::of([Answer::ok(&json!({})), Answer::ok(&long)]);
    let keys = staging(&replay);
    assert!(keys.seal(Part::Action, &fixture::id(), b"x").await.is_err());
    assert!(keys.seal(Part::Action, &fixture::id(), b"x").await.is_err());
}

#[tokio::test]
async fn bytes_that_are_no_envelope_are_none_without_a_call() {
    let replay = Replay::of([]);
    let keys = staging(&replay);
    for bytes in [vec![], vec![2; 99], vec![1, 0, 0], vec![0; 3 + NONCE_LEN]] {
        let opened = keys.open(Part::Action, &fixture::id(), &Sealed(bytes)).await;
        assert_eq!(opened.unwrap(), None);
    }
}

#[tokio::test]
async fn a_function_without_the_parts_key_asks_nobody() {
    let replay = Replay::of([]);
    let keys = staging(&replay);
    assert!(keys.seal(Part::Result, &fixture::id(), b"x").await.is_err());
    assert!(keys.open(Part::Display, &fixture::id(), &Sealed(vec![1])).await.is_err());
}
