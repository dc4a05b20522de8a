//! What is told of each answer.

use serde_json::json;

use super::*;
use crate::call::chain;
use crate::replay::{Answer, Replay};

#[tokio::test]
async fn each_part_says_whether_it_works() {
    let replay = Replay::of(
        [
            json!({"KeyMetadata": {"KeyId": "k", "Enabled": false}}),
            json!({"State": "Active", "LastUpdateStatus": "Failed"}),
            json!({"State": "Inactive"}),
            json!({"status": "DELETING"}),
            json!({"State": "DISABLED"}),
            json!({"State": "ENABLED"}),
        ]
        .map(|body| Answer::ok(&body)),
    );
    let config = replay.config();
    let probe = Probe::new(&config);
    assert!(!probe.key("k").await.unwrap());
    assert!(!probe.function("f").await.unwrap());
    assert!(probe.function("f").await.unwrap(), "an idle function wakes when it is invoked");
    assert!(!probe.workflow("arn:aws:states:eu-west-1:1:stateMachine:w").await.unwrap());
    assert!(!probe.rule("r").await.unwrap());
    assert!(probe.rule("r").await.unwrap());
}

#[tokio::test]
async fn mail_says_who_may_send_and_to_whom() {
    let missing = Answer::error(404, "NotFoundException", "no");
    let replay = Replay::of([
        Answer::ok(&json!({"SendingEnabled": true, "ProductionAccessEnabled": false})),
        Answer::ok(&json!({"VerifiedForSendingStatus": true})),
        missing,
        Answer::error(403, "AccessDeniedException", "no"),
    ]);
    let config = replay.config();
    let probe = Probe::new(&config);
    let account = Account { sends: true, sandbox: true };
    assert_eq!(probe.mail_account().await.unwrap(), account);
    let sender = Some(Sender { verified: true });
    assert_eq!(probe.sender("approvals@example.com").await.unwrap(), sender);
    assert_eq!(probe.sender("approvals@example.com").await.unwrap(), None);
    let text = chain(&probe.sender("approvals@example.com").await.unwrap_err());
    assert!(text.contains("ses:GetEmailIdentity failed: AccessDenied"), "{text}");
}

#[tokio::test]
async fn a_page_is_told_by_its_status_and_its_headers() {
    let headers = vec![("Cache-Control", "no-store")];
    let replay = Replay::of([Answer::Says(404, headers, "<html>".to_owned()), Answer::Breaks]);
    let config = replay.config();
    let page = Probe::new(&config).page("https://api.example/", "/a/x").await.unwrap();
    assert_eq!(page.status, 404);
    assert_eq!(page.headers.get("cache-control").map(String::as_str), Some("no-store"));
    assert_eq!(replay.all()[0].0, "https://api.example/a/x");
    assert!(Probe::new(&config).page("https://api.example", "/a/x").await.is_err());
}
