use approval_core::status::Status;

use super::*;
use crate::fixture::{now, pending, refund};

fn shell() -> Shell {
    Shell { stack: "demo".to_owned(), csrf: String::new(), flash: None, now: now() }
}

#[tokio::test]
async fn the_queue_says_on_whose_behalf_where_that_is_known_and_nothing_where_it_is_not() {
    let (request, _) = pending(refund(), "dana").await;
    let entry = queue::Entry {
        id: request.id.clone(),
        status: Status::Pending,
        tool: request.tool.clone(),
        tier: None,
        asked_at: request.asked_at,
        decide_by: None,
        request: Some(request),
        headline: None,
        decisions: None,
        notices: None,
        alike: queue::Alike::default(),
    };
    let unread = queue::Entry { request: None, ..entry.clone() };
    let shown = |entry| {
        queue::render(&shell(), &queue::Queue { entries: vec![entry], ..queue::Queue::default() })
    };
    let cell = "<td data-name=\"On behalf of\">";
    let known = shown(entry);
    assert!(known.contains("<th scope=\"col\">On behalf of</th>"), "{known}");
    assert!(known.contains(&format!("{cell}<bdi lang=\"\">claimed, not proven: dana")), "{known}");
    assert!(shown(unread).contains(&format!("{cell}</td>")), "no name for nothing");
}

#[tokio::test]
async fn the_audit_gives_no_reason_where_there_is_none() {
    let (request, _) = pending(refund(), "dana").await;
    let ended = |reason: Option<&str>| {
        let mut request = request.clone();
        request.reason = reason.map(str::to_owned);
        let ended = audit::Ended { request, headline: None, trail: None };
        audit::render(&shell(), &[], &[ended], None)
    };
    let cell = "<td data-name=\"Reason\">";
    assert!(ended(None).contains(&format!("{cell}</td>")));
    assert!(ended(Some("twice")).contains(&format!("{cell}<bdi lang=\"\">twice</bdi>")));
}

#[test]
fn the_policy_allows_the_stylesheet_and_the_script_by_hash_and_nothing_else() {
    let headers = headers();
    let policy = &headers.iter().find(|(name, _)| *name == "content-security-policy").unwrap().1;
    let hash = |text: &str| BASE64_STANDARD.encode(Digest::of(text.as_bytes()).as_bytes());
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    for text in [STYLE, SCRIPT] {
        assert!(policy.contains(&hash(text)), "{policy}");
    }
    for loose in ["unsafe", "*", "http", "data:"] {
        assert!(!policy.contains(loose), "{policy}");
    }
}

#[test]
fn the_script_is_small_and_no_key_gives_an_order() {
    assert!(SCRIPT.len() < 2048, "{}", SCRIPT.len());
    for never in ["submit", "innerHTML", "eval", "localStorage", "POST", "approve"] {
        assert!(!SCRIPT.contains(never), "{never}");
    }
}
