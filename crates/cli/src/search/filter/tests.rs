//! Which rows a filter lets through, and how it stands in an address.

use approval_core::name::{RequestId, ToolName};

use super::*;

fn at(text: &str) -> Moment {
    Moment::parse(text).unwrap()
}

/// Asked at ten, to be decided until two.
fn queued(status: Status) -> Queued {
    Queued {
        id: RequestId::parse("r-1").unwrap(),
        status,
        tool: ToolName::parse("billing___refund_order").unwrap(),
        tier: Some(RiskTier::Medium),
        asked_at: at("2026-11-22T10:00:00Z"),
        decide_by: Some(at("2026-11-22T14:00:00Z")),
        place: String::new(),
        unread: Vec::new(),
    }
}

fn request() -> approval_core::request::ApprovalRequest {
    let text = r#"{"schema": 1, "id": "r-1", "version": 3, "status": "pending",
        "tool": "billing___refund_order", "requester": {"caller": "bedrock",
        "agent": "SUPPORT001/PRODALIAS1", "person": {"standing": "claimed", "name": "Dana Reyes"}},
        "digest": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "idempotent": true, "asked_at": "2026-11-22T10:00:00.000Z",
        "changed_at": "2026-11-22T10:00:00.000Z", "hard_limit": "2026-11-29T10:00:00.000Z",
        "assessment": {"answer": "pending", "tier": "medium", "rules": ["refund-over-100"],
            "requirements": [], "decide_by": "2026-11-22T14:00:00.000Z",
            "reason": "Refund above 100.00",
            "bundle": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
        "decide_by": "2026-11-22T14:00:00.000Z", "run_by": null, "claimed_until": null,
        "wait": null, "reason": null, "action": [], "result": null, "audit": {"count": 0,
            "hash": "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"}}"#;
    serde_json::from_str(text).unwrap()
}

fn row() -> Row {
    let headline = Some("Refund 480.00 to order A-1042".to_owned());
    Row { queued: queued(Status::Pending), request: Some(request()), headline }
}

fn filter(pairs: &[(&'static str, &'static str)]) -> Filter {
    Filter::from_pairs(pairs.iter().copied()).unwrap()
}

#[test]
fn a_row_matches_what_it_is_all_of() {
    let (row, now) = (row(), at("2026-11-22T10:30:00Z"));
    let matching: [&[(&str, &str)]; 13] = [
        &[],
        &[("tab", "open"), ("tab", "all")],
        &[("risk", "high,medium"), ("tool", "billing___refund_order")],
        &[("agent", "SUPPORT001")],
        &[("agent", "SUPPORT001/PRODALIAS1")],
        &[("requester", "dana")],
        &[("rule", "refund-over-100")],
        &[("q", "A-1042 refund")],
        &[("q", "REYES r-1")],
        &[("q", "above")],
        &[("due", "4h"), ("since", "PT30M")],
        &[("tab", ""), ("q", " "), ("after", "open~"), ("page", "2")],
        &[("tab", "stuck")],
    ];
    for pairs in matching {
        assert!(filter(pairs).matches(&row, now), "{pairs:?}");
    }
    let others: [&[(&str, &str)]; 11] = [
        &[("tab", "ended")],
        &[("tab", "soon")],
        &[("tab", "in_doubt")],
        &[("risk", "high")],
        &[("tool", "billing")],
        &[("agent", "SUPPORT00")],
        &[("requester", "lee")],
        &[("rule", "refund")],
        &[("q", "refund A-1043")],
        &[("due", "3h")],
        &[("since", "29m")],
    ];
    for pairs in others {
        assert!(!filter(pairs).matches(&row, now), "{pairs:?}");
    }
}

#[test]
fn the_short_name_that_a_mail_bears_finds_its_request() {
    let id = RequestId::parse("eb32930123456789abcdef0123456789").unwrap();
    let row = Row { queued: Queued { id, ..queued(Status::Pending) }, request: None, ..row() };
    let now = at("2026-11-22T10:30:00Z");
    for query in ["R-eb3293", "r-EB3293", "[R-eb3293]", "R-eb3293012", "R-eb3293 refund"] {
        assert!(filter(&[("q", query)]).matches(&row, now), "{query}");
    }
    for query in ["R-eb3294", "R-eb329", "R-3293012", "R-eb3293x", "R-eb3293 other"] {
        assert!(!filter(&[("q", query)]).matches(&row, now), "{query}");
    }
    let headline = Some("Cancel the reservation R-100200".to_owned());
    assert!(filter(&[("q", "R-100200")]).matches(&Row { headline, ..row }, now));
}

#[test]
fn a_record_that_cannot_be_read_matches_by_what_the_index_holds_alone() {
    let row = Row { request: None, headline: None, ..row() };
    let now = at("2026-11-22T10:30:00Z");
    assert!(filter(&[("risk", "medium"), ("q", "refund_order")]).matches(&row, now));
    for pair in [("agent", "SUPPORT001"), ("requester", "dana"), ("rule", "refund-over-100")] {
        assert!(!filter(&[pair]).matches(&row, now), "{pair:?}");
    }
}

#[test]
fn an_attribute_that_cannot_be_read_rules_nothing_out() {
    let now = at("2026-11-22T10:30:00Z");
    let cases = [
        ("tool", ("tool", "another")),
        ("tier", ("risk", "critical")),
        ("asked_at", ("since", "1m")),
        ("decide_by", ("due", "1m")),
    ];
    for (name, pair) in cases {
        let read = queued(Status::Pending);
        let unread = Queued { unread: vec![name], decide_by: None, ..read.clone() };
        assert!(filter(&[pair]).may_match(&unread, now), "{name}");
        assert!(!filter(&[pair]).may_match(&read, now), "{name}");
        for (_, other) in cases.iter().filter(|(other, _)| *other != name) {
            assert!(!filter(&[*other]).may_match(&unread, now), "{name}, {other:?}");
        }
    }
    let ended = Queued { unread: vec!["decide_by"], ..queued(Status::Expired) };
    assert!(!filter(&[("tab", "all"), ("due", "1m")]).may_match(&ended, now));
}

#[test]
fn little_time_is_less_than_a_quarter_of_it_and_only_who_waits_has_any() {
    let soon = filter(&[("tab", "soon")]);
    let waiting = queued(Status::Pending);
    assert!(!soon.may_match(&waiting, at("2026-11-22T13:00:00Z")));
    assert!(soon.may_match(&waiting, at("2026-11-22T13:00:01Z")));
    assert!(soon.may_match(&waiting, at("2026-11-22T15:00:00Z")), "it is over and still there");
    assert!(!soon.may_match(&queued(Status::Approved), at("2026-11-22T13:30:00Z")));
    let unassessed = Queued { decide_by: None, ..waiting };
    assert!(!soon.may_match(&unassessed, at("2026-11-22T13:30:00Z")));
}

#[test]
fn a_filter_stands_in_an_address_as_it_was() {
    let pairs = [
        ("tab", "in_doubt"),
        ("risk", "high,critical"),
        ("tool", "billing___refund_order"),
        ("agent", "SUPPORT001"),
        ("requester", "dana"),
        ("rule", "refund-over-100"),
        ("q", "A-1042 & more"),
        ("due", "90m"),
        ("since", "1d 12h"),
    ];
    let read = filter(&pairs);
    let written = read.to_pairs();
    let again = Filter::from_pairs(written.iter().map(|(key, value)| (*key, value.as_str())));
    assert_eq!(again.unwrap(), read);
    assert_eq!(written.len(), pairs.len());
    assert!(Filter::default().to_pairs().is_empty());
}

#[test]
fn an_address_that_asks_for_nonsense_is_told_what_is_wrong() {
    for (key, value) in [("tab", "late"), ("risk", "big"), ("due", "soon"), ("since", "-2h")] {
        let error = Filter::from_pairs([(key, value)]).unwrap_err().to_string();
        assert!(error.starts_with(&format!("`{key}` in the address: not ")), "{error}");
    }
}
