//! Orders: given once, with a reason, by a form of the console's own.

use approval_core::decision::Verdict;
use approval_core::status::Status;

use super::screens::SCREENS;
use super::world::{Asked, OPERATOR, browser, header};

#[tokio::test]
async fn promise_9_opening_any_screen_changes_nothing() {
    let browser = browser(true);
    let id = browser.outside.pending(&Asked::default()).await;
    let before = browser.stands(&id);
    for path in SCREENS {
        assert_eq!(browser.get(path).await.status, 200, "{path}");
        browser.get(&format!("{path}?reason=x&by=1h&order=freeze&kind=all&executed=yes")).await;
    }
    assert_eq!(browser.stands(&id), before);
    let state = browser.outside.memory.state();
    assert!(state.switches.is_empty());
    assert!(
        !state.calls.contains(&"commit")
            || state.calls.iter().filter(|c| **c == "commit").count() == 1
    );
}

#[tokio::test]
async fn a_request_is_cancelled_with_a_reason_and_the_answer_is_told_once() {
    let browser = browser(true);
    let id = browser.outside.pending(&Asked::default()).await;
    let page = browser.get("/requests/r-1/cancel").await.body;
    assert!(page.contains("cannot be undone") && page.contains("Refund 480.00 EUR"), "{page}");
    let reply = browser.post("/requests/r-1/cancel", &[("reason", "asked twice")]).await;
    assert_eq!((reply.status, header(&reply, "location")), (303, "/requests/r-1"));
    let stands = browser.stands(&id);
    assert_eq!((stands.status, stands.reason.as_deref()), (Status::Cancelled, Some("asked twice")));
    let page = browser.get("/requests/r-1").await.body;
    assert!(page.contains("<strong>Done.</strong> <bdi>r-1 is cancelled."), "{page}");
    assert!(page.contains(&format!("(by {OPERATOR}: asked twice)")), "{page}");
    assert!(!page.contains("/requests/r-1/cancel"), "nothing is left to be ordered");
    assert!(!browser.get("/requests/r-1").await.body.contains("<strong>Done.</strong>"));
    browser.post("/requests/r-1/cancel", &[("reason", "again")]).await;
    let page = browser.get("/").await.body;
    assert!(page.contains("Not done, or not known to be."), "{page}");
    assert!(page.contains("Nothing was changed: it is cancelled."), "{page}");
}

#[tokio::test]
async fn people_are_given_more_time_and_reminded() {
    let browser = browser(true);
    let id = browser.outside.pending(&Asked::default()).await;
    let by = |form: &'static [(&'static str, &'static str)]| {
        let browser = &browser;
        async move { browser.post("/requests/r-1/extend", form).await.status }
    };
    assert_eq!(by(&[("by", "1h"), ("reason", "ana is back at noon")]).await, 303);
    assert_eq!(browser.stands(&id).decide_by.unwrap().to_string(), "2026-11-22T15:00:00.000Z");
    let until = [("by", "until"), ("until", "2026-11-22T18:00:00Z"), ("reason", "as agreed")];
    assert_eq!(browser.post("/requests/r-1/extend", &until).await.status, 303);
    assert_eq!(browser.stands(&id).decide_by.unwrap().to_string(), "2026-11-22T18:00:00.000Z");
    browser.post("/requests/r-1/remind", &[("reason", "before the weekend")]).await;
    let page = browser.get("/requests/r-1").await.body;
    assert!(page.contains("had people reminded: before the weekend"), "{page}");
}

#[tokio::test]
async fn what_is_typed_wrong_does_nothing_and_is_kept() {
    let browser = browser(true);
    let id = browser.outside.pending(&Asked::default()).await;
    let before = browser.stands(&id);
    let long = "x".repeat(501);
    for (act, fields, why) in [
        ("cancel", vec![("reason", "  ")], "say why in one line"),
        ("cancel", vec![("reason", "a\nb")], "say why in one line"),
        ("cancel", vec![("reason", long.as_str())], "say why in one line"),
        ("extend", vec![("reason", "as \"agreed\"")], "choose how much more time"),
        ("extend", vec![("reason", "x"), ("by", "until"), ("until", "noon")], "not an instant"),
        ("resolve", vec![("reason", "x")], "say whether it was done"),
        ("remind", vec![], "say why in one line"),
    ] {
        let reply = browser.post(&format!("/requests/r-1/{act}"), &fields).await;
        assert_eq!(reply.status, 400, "{act} {fields:?}");
        assert!(reply.body.contains(why), "{why}: {}", reply.body);
        assert!(reply.body.contains("Error: "), "the title says so");
    }
    let later = [("by", "until"), ("until", "noon"), ("reason", "as \"agreed\"")];
    let reply = browser.post("/requests/r-1/extend", &later).await;
    assert!(reply.body.contains("value=\"until\" checked"), "{}", reply.body);
    assert!(reply.body.contains("value=\"as &#34;agreed&#34;\""), "{}", reply.body);
    assert_eq!(browser.stands(&id), before);
}

#[tokio::test]
async fn a_scope_is_frozen_and_let_go() {
    let browser = browser(true);
    let tool = [("kind", "tool"), ("name", "billing___refund_order")];
    let with =
        |order: &'static str| [&tool[..], &[("order", order), ("reason", "INC-4711")]].concat();
    let reply = browser.post("/freezes", &with("freeze")).await;
    assert_eq!((reply.status, header(&reply, "location")), (303, "/freezes"));
    let page = browser.get("/freezes").await.body;
    for shown in ["tool billing___refund_order", OPERATOR, "INC-4711", "is frozen: nothing of it"] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    browser.post("/freezes", &with("unfreeze")).await;
    assert!(browser.get("/freezes").await.body.contains("Nothing is frozen."));
    let all = [("kind", "all"), ("name", "left over"), ("order", "freeze"), ("reason", "x")];
    assert_eq!(browser.post("/freezes", &all).await.status, 303);
    assert!(browser.outside.memory.state().freezes.contains("all"));
    for wrong in [
        vec![("kind", "tool"), ("name", "a tool"), ("order", "freeze"), ("reason", "x")],
        vec![("kind", "tool"), ("order", "freeze"), ("reason", "x")],
        vec![("kind", "every"), ("name", "y"), ("order", "freeze"), ("reason", "x")],
        vec![("kind", "all"), ("order", "freeze")],
        vec![("kind", "all"), ("order", "thaw"), ("reason", "x")],
    ] {
        let reply = browser.post("/freezes", &wrong).await;
        assert_eq!(reply.status, 400, "{wrong:?}");
        assert!(reply.body.contains("Nothing was done"), "{}", reply.body);
    }
    assert_eq!(browser.outside.memory.state().switches.len(), 3);
}

#[tokio::test]
async fn w13_nothing_here_approves_rejects_or_takes_what_it_does_not_show() {
    let browser = browser(true);
    let id = browser.outside.pending(&Asked::default()).await;
    let before = browser.stands(&id);
    let approve = [("verdict", "approve"), ("reason", "x"), ("code", "7F3K")];
    for (path, status) in [
        ("/requests/r-1", 405),
        ("/requests/r-1/approve", 404),
        ("/requests/r-1/reject", 404),
        ("/", 405),
        ("/queue/news", 405),
        ("/audit", 405),
        ("/health", 405),
        ("/operator", 404),
    ] {
        let reply = browser.post(path, &approve).await;
        assert_eq!(reply.status, status, "{path}");
        if status == 405 {
            assert_eq!(header(&reply, "allow"), "GET, HEAD");
        }
    }
    assert_eq!(browser.stands(&id), before);
}

#[tokio::test]
async fn what_is_not_there_and_what_does_not_answer_is_said_with_what_to_do() {
    let browser = browser(true);
    let reply = browser.get("/requests/r-9").await;
    assert_eq!(reply.status, 404);
    assert!(reply.body.contains("check the reference or id"), "{}", reply.body);
    for path in ["/requests/a%20b", "/requests/r-1/approve", "/nowhere", "/requests/", "/../etc"] {
        assert_eq!(browser.get(path).await.status, 404, "{path}");
    }
    let id = browser.outside.pending(&Asked::default()).await;
    browser.outside.decides(&id, "ana", Verdict::Approve, "").await;
    for path in SCREENS {
        let calls = browser.outside.memory.state().calls.len();
        browser.get(path).await;
        let made = browser.outside.memory.state().calls.len() - calls;
        for at in 0..made {
            let next = browser.outside.memory.state().calls.len() + at;
            browser.outside.memory.state().fails_at = Some(next);
            let reply = browser.get(path).await;
            browser.outside.memory.state().fails_at = None;
            // Without the display part the rest is shown.
            assert!([200, 502, 503].contains(&reply.status), "{path}: {}", reply.status);
            assert!(!reply.body.is_empty());
        }
    }
}
