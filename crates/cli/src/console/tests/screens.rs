//! What each screen shows.

use approval_core::decision::Verdict;
use approval_core::freeze::FreezeScope;
use approval_core::order::Order;
use approval_core::risk::RiskTier;
use jiff::SignedDuration;

use super::super::outside::Outside;
use super::world::{Asked, Ends, TOKEN, browser, freeze, header};

/// Every address that can be opened.
pub(super) const SCREENS: [&str; 14] = [
    "/",
    "/?tab=soon",
    "/?tab=stuck",
    "/?tab=in_doubt",
    "/?tab=ended",
    "/?tab=all",
    "/requests/r-1",
    "/requests/r-1/cancel",
    "/requests/r-1/extend",
    "/freezes",
    "/audit",
    "/policy",
    "/health",
    "/queue/news?from=2026-11-22T09:00:00Z",
];

#[tokio::test]
async fn an_empty_stack_has_words_on_every_screen() {
    let browser = browser(true);
    for (path, words) in [
        ("/", "Nothing waits for people."),
        ("/?tab=soon", "Nothing that waits is close to its deadline."),
        ("/?tab=stuck", "Nothing is stuck."),
        ("/?tab=ended", "Nothing has ended yet."),
        ("/?tab=in_doubt", "Nothing is in doubt."),
        ("/?q=nothing", "Nothing here matches the search."),
        ("/freezes", "Nothing is frozen."),
        ("/audit", "Nothing has ended yet."),
        ("/policy", "What risk-classify has deployed: bundle"),
        ("/health", "What stands where"),
    ] {
        let reply = browser.get(path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert!(reply.body.contains(words), "{path}: {}", reply.body);
    }
}

#[tokio::test]
async fn the_queue_says_what_waits_for_whom_and_who_answered() {
    let browser = browser(true);
    let world = &browser.outside;
    let id = world.pending(&Asked { tier: RiskTier::High, ..Asked::default() }).await;
    world.writes_to(&id, "ana", None);
    world.writes_to(&id, "ben", Some("MessageRejected"));
    world.decides(&id, "ana", Verdict::Approve, "").await;
    let page = browser.get("/").await.body;
    for shown in [
        "Refund 480.00 EUR for order A-1042",
        "class=\"mark serious\">high</td>",
        ">3 h</time>",
        "support/live",
        "/?tab=pending&#38;agent=support%2Flive",
        "claimed, not proven: dana",
        "1 of 2: ana",
        "refund-over-100",
        "not reached: ben",
        "Waiting <span class=\"soft\">(1)</span>",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for (query, found) in [
        ("?risk=high", true),
        ("?risk=low", false),
        ("?q=A-1042", true),
        ("?q=other", false),
        ("?agent=support", true),
        ("?rule=refund-over-100&due=4h", true),
        ("?due=1h", false),
        ("?approver=ana", true),
        ("?approver=ben", false),
        ("?delivery=failed", true),
        ("?tab=soon", false),
        ("?tab=all", true),
    ] {
        let page = browser.get(&format!("/{query}")).await.body;
        assert_eq!(page.contains("/requests/r-1"), found, "{query}");
    }
    for wrong in ["?risk=odd", "?tab=mine", "?due=soon", "?delivery=ok", "?after=x"] {
        let reply = browser.get(&format!("/{wrong}")).await;
        assert_eq!(reply.status, 400, "{wrong}");
        assert!(reply.body.contains("Nothing was searched for."), "{wrong}");
    }
}

#[tokio::test]
async fn a_long_queue_is_shown_a_page_at_a_time_and_counted_no_further_than_it_must_be() {
    let browser = browser(false);
    for number in 100..230 {
        let id = format!("r-{number}");
        browser.outside.pending(&Asked { id: &id, ..Asked::default() }).await;
    }
    let rows = |page: &str| page.matches("<a data-row").count();
    let first = browser.get("/?risk=medium").await.body;
    assert_eq!(rows(&first), 25);
    assert!(first.contains("(100+)") && first.contains("/requests/r-124\""), "{first}");
    let links = |page: &str| page.split("href=\"").map(str::to_owned).collect::<Vec<_>>();
    let next = links(&first).into_iter().find(|link| link.contains("Next page")).unwrap();
    let next = next.split('"').next().unwrap().replace("&#38;", "&");
    assert!(next.starts_with("/?risk=medium&after=open%7E2026"), "{next}");
    let second = browser.get(&next).await.body;
    assert_eq!(rows(&second), 25);
    assert!(second.contains("/requests/r-125\"") && !second.contains("/requests/r-124\""));
    assert!(second.contains(">First page<"), "{second}");
    assert!(first.contains("&#38;shape=") && !second.contains("&#38;shape="), "{second}");
}

#[tokio::test]
async fn what_is_sealed_stays_sealed_and_the_screen_says_how_to_open_it() {
    let browser = browser(false);
    browser.outside.pending(&Asked::default()).await;
    for path in ["/", "/requests/r-1"] {
        let page = browser.get(path).await.body;
        assert!(
            page.contains("--display-key") && page.contains("billing___refund_order"),
            "{path}"
        );
        assert!(!page.contains("A-1042"), "{path}");
    }
}

#[tokio::test]
async fn a_request_is_shown_with_its_trail_its_deliveries_and_its_execution() {
    let browser = browser(true);
    let world = &browser.outside;
    let id = world.pending(&Asked::default()).await;
    world.writes_to(&id, "ben", Some("MessageRejected"));
    world.decides(&id, "ana", Verdict::Approve, "Looks right.").await;
    freeze(world, FreezeScope::All, "INC-4711").await;
    let page = browser.get("/requests/r-1").await.body;
    for shown in [
        "Refund 480.00 EUR for order A-1042",
        "pending: waits for people to decide",
        "(secret: it is there, and not shown)",
        "The parcel was lost.",
        "Needs 2 of billing-managers",
        "<strong>ana</strong> approved",
        "Looks right.",
        "not taken: MessageRejected",
        "No channel took a message",
        "The audit trail holds.",
        "ana approved",
        "Frozen:</strong> <bdi>all</bdi>",
        "/requests/r-1/remind",
        "/requests/r-1/extend",
        "/requests/r-1/cancel",
        "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/executions/",
        "demo-approvals:r-1",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
    for never in ["/requests/r-1/resolve", "value=\"approve\"", "value=\"reject\""] {
        assert!(!page.contains(never), "{never}");
    }
}

#[tokio::test]
async fn a_trail_that_was_tampered_with_is_said_to_be_on_every_screen_that_reads_it() {
    let browser = browser(true);
    let world = &browser.outside;
    let id = world.pending(&Asked::default()).await;
    world.decides(&id, "ana", Verdict::Reject, "No.").await;
    let page = browser.get("/audit").await.body;
    assert!(page.contains("Every audit trail below holds."), "{page}");
    if let Some(record) = world.memory.state().trails.get_mut(&id).and_then(|t| t.last_mut()) {
        record.who = Some("mallory".to_owned());
    }
    let page = browser.get("/audit").await.body;
    assert!(page.contains("1 of the audit trails below does not hold."), "{page}");
    let page = browser.get("/requests/r-1").await.body;
    assert!(page.contains("The audit trail does not hold: audit record"), "{page}");
}

#[tokio::test]
async fn health_counts_what_stands_and_how_people_answered() {
    let browser = browser(true);
    let world = &browser.outside;
    let id = world.pending(&Asked::default()).await;
    world.pending(&Asked { id: "r-2", ..Asked::default() }).await;
    world.pending(&Asked { id: "r-3", hours: 1, ..Asked::default() }).await;
    world.decides(&id, "ana", Verdict::Reject, "No.").await;
    world.clock.advance(SignedDuration::from_mins(10));
    let page = browser.get("/health").await.body;
    for shown in [
        // One that should have expired, and one whose wait should have been ended.
        "<a href=\"/?tab=stuck\">2</a>",
        "Stuck: 2, each is owed something for too long",
        "1 h 10 min",
        "1 that ended last, of which people were asked about 1",
        "<bdi>ana</bdi>",
        "refund-over-100",
    ] {
        assert!(page.contains(shown), "{shown}: {page}");
    }
}

#[tokio::test]
async fn news_is_told_in_words_and_only_where_there_is_any() {
    let browser = browser(true);
    let world = &browser.outside;
    let id = world.pending(&Asked::default()).await;
    let page = browser.get("/").await.body;
    let news = page.split("data-href=\"").nth(1).unwrap().split('"').next().unwrap();
    let news = news.replace("&#38;", "&");
    let reply = browser.get(&news).await;
    assert_eq!(header(&reply, "content-type"), "application/json");
    assert_eq!(reply.body, r#"{"words":null}"#);
    world.clock.advance(SignedDuration::from_hours(2));
    world.pending(&Asked { id: "r-2", ..Asked::default() }).await;
    assert_eq!(browser.get(&news).await.body, r#"{"words":"1 new: show"}"#);
    let reason = "asked twice".parse().unwrap();
    let cancel = |request| Order::Cancel { request, reason };
    let second = approval_core::name::RequestId::parse("r-2").unwrap();
    world.memory.state().requests.remove(&second);
    world.order(&cancel(id)).await.unwrap();
    assert_eq!(browser.get(&news).await.body, r#"{"words":"The list has changed: show"}"#);
}

#[tokio::test]
async fn the_rules_are_shown_and_asked_without_submitting_anything() {
    let browser = browser(true);
    browser.outside.pending(&Asked::default()).await;
    let page = browser.get("/policy").await.body;
    for shown in ["refund-over-100", "billing-managers", "billing___refund_order"] {
        assert!(page.contains(shown), "{shown}");
    }
    let ask = |tool: &'static str, arguments: &'static str| {
        let fields = [("tool", tool), ("arguments", arguments), ("agent", "support/live")];
        let browser = &browser;
        async move { browser.post("/policy", &fields).await }
    };
    let plan = r#"{"account_id": "AC-7", "plan": "premium", "effective": "immediately"}"#;
    let reply = ask("billing___change_subscription", plan).await;
    assert_eq!(reply.status, 200);
    for shown in [
        "pending: people would be asked",
        "1 of billing-managers",
        "plan-change-at-once",
        "billing-managers: ",
    ] {
        assert!(reply.body.contains(shown), "{shown}: {}", reply.body);
    }
    for (tool, arguments, why) in [
        ("billing___nothing", "{}", "the bundle has no tool"),
        ("billing___change_subscription", "{", "the arguments"),
        ("billing___change_subscription", r#"{"plan": 1, "plan": 2}"#, "the arguments"),
        ("a tool", "{}", "is no tool name"),
    ] {
        let reply = ask(tool, arguments).await;
        assert_eq!(reply.status, 400, "{tool} {arguments}");
        assert!(reply.body.contains(why), "{why}: {}", reply.body);
    }
    assert_eq!(browser.outside.memory.state().requests.len(), 1);
}

#[tokio::test]
async fn where_the_rules_cannot_be_asked_it_is_said_and_nothing_else_is_lost() {
    let browser = browser(false);
    let id = browser.outside.pending(&Asked::default()).await;
    let page = browser.get("/policy").await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("start the console with <code>--stack NAME</code>"));
    let page = browser.get(&format!("/requests/{id}")).await.body;
    assert!(page.contains("Needs 2 of billing-managers."), "{page}");
    assert!(page.contains("Who fills which is not known"), "{page}");
}

#[tokio::test]
async fn a_request_says_who_fills_which_requirement_and_who_is_silent() {
    let browser = browser(true);
    let world = &browser.outside;
    let id = world.pending(&Asked::default()).await;
    let path = format!("/requests/{id}");
    for who in ["billing-manager-1", "billing-manager-2", "support-lead-1"] {
        world.writes_to(&id, who, None);
    }
    let page = browser.get(&path).await.body;
    let silent = "asked and silent: billing-manager-1, billing-manager-2.";
    assert!(page.contains(&format!("Filled by nobody; 2 missing; {silent}")), "{page}");
    world.decides(&id, "billing-manager-1", Verdict::Approve, "").await;
    let page = browser.get(&path).await.body;
    let filled =
        "Filled by billing-manager-1; 1 more missing; asked and silent: billing-manager-2.";
    assert!(page.contains(filled), "{page}");
    // Whom no message reached, and whom the roster that is deployed does not have in the group.
    world.writes_to(&id, "billing-manager-3", Some("MessageRejected"));
    let page = browser.get(&path).await.body;
    assert!(page.contains(filled), "{page}");
    world.decides(&id, "support-lead-1", Verdict::Approve, "").await;
    let page = browser.get(&path).await.body;
    assert!(page.contains("Needs 2 of billing-managers.</li>"), "who filled it is over: {page}");
}

#[tokio::test]
async fn promise_10_no_screen_shows_a_task_token_or_a_sealed_part() {
    let browser = browser(true);
    let id = browser.outside.pending(&Asked::default()).await;
    browser.outside.writes_to(&id, "ana", None);
    for path in SCREENS {
        let body = browser.get(path).await.body;
        for never in [TOKEN, "\"action\"", "\"wait\"", "sealed\":"] {
            assert!(!body.contains(never), "{path}: {never}");
        }
    }
}

#[tokio::test]
async fn the_list_is_exported_as_it_is_filtered_and_no_cell_is_a_formula() {
    let browser = browser(true);
    let formula = "=HYPERLINK(\"https://evil.example\")";
    browser.outside.pending(&Asked { agent: formula, ..Asked::default() }).await;
    browser.outside.pending(&Asked { id: "r-2", tier: RiskTier::High, ..Asked::default() }).await;
    let reply = browser.get("/export.csv").await;
    assert_eq!(header(&reply, "content-type"), "text/csv; charset=utf-8");
    assert_eq!(header(&reply, "content-disposition"), "attachment; filename=\"requests.csv\"");
    assert_eq!(reply.body.lines().count(), 3, "{}", reply.body);
    assert!(reply.body.contains(",\"'=HYPERLINK("), "{}", reply.body);
    let sealed = super::world::browser(false);
    sealed.outside.pending(&Asked::default()).await;
    let reply = sealed.get("/export.jsonl").await;
    let name = "attachment; filename=\"requests-without-all-headlines.jsonl\"";
    assert_eq!(header(&reply, "content-disposition"), name);
    let lines = browser.get("/export.jsonl?risk=high").await.body;
    assert!(lines.starts_with(r#"{"id":"r-2","status":"pending""#), "{lines}");
    assert_eq!(lines.lines().count(), 1, "{lines}");
    let page = browser.get("/?risk=high").await.body;
    assert!(page.contains("href=\"/export.csv?risk=high\""), "{page}");
}

#[tokio::test]
async fn what_is_not_the_whole_list_is_no_file() {
    for (ends, status, why) in [
        (Ends::Early, 400, "no file, more are stuck than one holds: see to those first"),
        (Ends::Never, 503, "the list does not go on"),
    ] {
        let browser = browser(true);
        browser.outside.pending(&Asked::default()).await;
        browser.outside.ends.set(ends).unwrap();
        for path in ["/export.csv", "/export.jsonl"] {
            let reply = browser.get(path).await;
            assert_eq!(reply.status, status, "{path} {ends:?}");
            assert!(reply.body.contains(why), "{path} {ends:?}: {}", reply.body);
            assert!(!reply.headers.iter().any(|(name, _)| *name == "content-disposition"));
        }
    }
}

#[tokio::test]
async fn a_screen_that_is_long_to_read_begins_at_once_for_whoever_may_see_it() {
    let browser = browser(true);
    for path in ["/", "/?tab=stuck&q=A-1042", "/audit", "/health"] {
        let begun = browser.console.opening(&browser.ask("GET", path)).unwrap();
        let whole = browser.get(path).await;
        let head = begun.trim_end_matches("<p class=\"reading soft\">Reading …</p>\n");
        assert!(whole.body.starts_with(head) && begun.contains("Reading …"), "{path}");
    }
    for (method, path) in [
        ("HEAD", "/"),
        ("POST", "/freezes"),
        ("GET", "/?due=soon"),
        ("GET", "/?once=x"),
        ("GET", "/requests/r-1"),
        ("GET", "/export.csv"),
    ] {
        assert_eq!(browser.console.opening(&browser.ask(method, path)), None, "{method} {path}");
    }
    let mut stranger = browser.ask("GET", "/");
    stranger.cookie = None;
    assert_eq!(browser.console.opening(&stranger), None);
}
