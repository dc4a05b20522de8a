//! Personal links: what scanners, thieves and late clickers can do with them.

use approval_core::status::Status;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use countersign_tests::events;
use countersign_tests::letter::Personal;
use countersign_tests::world::{World, edited};
use jiff::SignedDuration;

const ANA: &str = "billing-manager-1";
const BEN: &str = "billing-manager-2";

/// A world in which a refund waits, and what the first manager finds in their mail.
async fn asked() -> (World, Personal) {
    let world = World::default();
    let answer = world.ask(&events::refund("O-1", "480.00")).await;
    assert_eq!(answer["status"], "pending", "{answer}");
    let mail = world.mail_of(ANA);
    (world, mail)
}

fn writes(world: &World) -> usize {
    world.memory.state().calls.iter().filter(|call| **call == "commit").count()
}

#[tokio::test]
async fn l01_l02_l03_a_scanner_that_opens_and_presses_everything_writes_nothing() {
    let (world, mail) = asked().await;
    let (before, request) = (writes(&world), world.request(&world.newest()));
    for _ in 0..20 {
        for method in ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PROPFIND"] {
            world.visit(method, mail.path(), None).await;
        }
        for verdict in ["approve", "reject"] {
            let page = world.visit("POST", mail.path(), Some(&world.form(verdict, "", ""))).await;
            assert_eq!(page.status, 400);
        }
    }
    assert_eq!(writes(&world), before, "promise 9: nothing was written");
    assert_eq!(world.request(&world.newest()), request);
    assert_eq!(world.decide(ANA, "approve", "").await.status, 200, "the link still works");
}

#[tokio::test]
async fn whom_to_ask_for_help_stands_below_every_mail_and_page() {
    let (world, mail) = asked().await;
    let help = "Help: approvals-help@example.com";
    assert!(world.letters().iter().all(|letter| letter.text.contains(help)));
    for path in [mail.path(), "/a/AAAA", "/"] {
        let page = world.visit("GET", path, None).await;
        assert!(page.body.contains("Help: <a href=\"mailto:"), "{path}: {}", page.body);
    }
}

#[tokio::test]
async fn l02_head_is_get_without_a_body_and_options_says_what_there_is() {
    let (world, mail) = asked().await;
    let (get, head) =
        (world.visit("GET", mail.path(), None).await, world.visit("HEAD", mail.path(), None).await);
    assert_eq!((get.status, head.status), (200, 200));
    assert_eq!((get.headers, head.body.as_str()), (head.headers, ""));
    let options = world.visit("OPTIONS", mail.path(), None).await;
    assert_eq!(
        (options.status, options.headers["allow"].as_str()),
        (204, "GET, HEAD, OPTIONS, POST")
    );
    assert_eq!(world.visit("PATCH", mail.path(), None).await.status, 405);
}

#[tokio::test]
async fn l04_l05_whoever_holds_no_proven_link_sees_nothing_of_any_request() {
    let (world, _) = asked().await;
    let page = world.visit("GET", "/a/AAAA", None).await;
    assert_eq!(page.status, 404);
    for said in ["Refund", "O-1", "480", "billing", "demo", "og:"] {
        assert!(!page.body.contains(said), "{said}: {}", page.body);
    }
    assert_eq!(page.headers["x-robots-tag"], "noindex, nofollow");
}

#[tokio::test]
async fn l06_h01_the_person_behind_the_agent_is_not_asked_and_cannot_decide() {
    let world = World::default();
    let mut event = events::refund("O-1", "480.00");
    event["sessionAttributes"]["requested_for"] = "Billing-Manager-1+x@example.com".into();
    world.ask(&event).await;
    assert_eq!(world.mailed(), [BEN, "billing-manager-3"]);
    // The roster learns only afterwards that they are the same person: the page refuses them.
    let mut world = World::default();
    event["sessionAttributes"]["requested_for"] = "dana".into();
    world.ask(&event).await;
    let mail = world.mail_of(ANA);
    world.policy = edited("approvers.toml", "\"Billing manager 1\"", "\"Dana\"");
    let page = world.visit("GET", mail.path(), None).await;
    assert_eq!(page.status, 403);
    assert!(page.body.contains("somebody else has to decide"), "{}", page.body);
    assert!(!page.body.contains("O-1"), "{}", page.body);
    let post = world.answer(ANA, &world.form("approve", "", &mail.code)).await;
    assert_eq!(post.status, 403);
    assert!(world.memory.state().decisions.is_empty());
}

#[tokio::test]
async fn l07_l14_every_changed_bit_dropped_byte_and_swapped_half_is_the_same_404() {
    let (world, mail) = asked().await;
    let nothing = world.visit("GET", "/a/AAAA", None).await;
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(mail.token()).unwrap();
    let mut forged = Vec::new();
    for at in 0..bytes.len() {
        forged.extend((0..8).map(|bit| {
            let mut changed = bytes.clone();
            changed[at] ^= 1 << bit;
            changed
        }));
        let mut shorter = bytes.clone();
        shorter.remove(at);
        forged.push(shorter);
    }
    let (head, tail) = bytes.split_at(bytes.len() / 2);
    forged.push([tail, head].concat());
    for bytes in forged {
        let path = format!("/a/{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
        assert_eq!(world.visit("GET", &path, None).await, nothing, "{path}");
        let post = world.visit("POST", &path, Some(&world.form("approve", "", &mail.code))).await;
        assert_eq!(post, nothing, "{path}");
    }
    assert!(world.memory.state().decisions.is_empty());
}

#[tokio::test]
async fn l08_l21_a_token_holds_for_one_request_in_one_stack() {
    let (world, mail) = asked().await;
    let first = world.newest();
    world.ask(&events::refund("O-2", "490.00")).await;
    let second = world.newest();
    // The same token, as if it were about the other request: its own digest tells.
    let digest = world.request(&second).digest;
    world.tamper(&first, |request| request.digest = digest);
    assert_eq!(world.visit("GET", mail.path(), None).await.status, 404);
    let (mut elsewhere, mail) = asked().await;
    elsewhere.stack = "staging".to_owned();
    assert_eq!(elsewhere.visit("GET", mail.path(), None).await.status, 404, "another stack's");
}

#[tokio::test]
async fn l09_the_url_carries_no_verdict_and_its_query_says_nothing() {
    let (world, mail) = asked().await;
    for more in
        ["?decision=approve", "?verdict=approve&code=AAAA", "/approve", "?next=//evil.example"]
    {
        let page = world.visit("GET", &format!("{}{more}", mail.path()), None).await;
        assert_eq!(page.status, 404, "{more}");
    }
    assert!(world.memory.state().decisions.is_empty());
}

#[tokio::test]
async fn l12_a_clock_that_is_off_decides_nothing_beyond_the_stored_deadline() {
    for skew in [SignedDuration::from_mins(5), SignedDuration::from_hours(24)] {
        let (world, _) = asked().await;
        let left = world.request(&world.newest()).decide_by.unwrap().since(world.now());
        world.clock.advance(left + skew);
        assert_eq!(world.decide(ANA, "approve", "").await.status, 410);
        assert!(world.memory.state().decisions.is_empty());
    }
}

#[tokio::test]
async fn l13_a_link_under_a_key_that_is_not_accepted_is_none_of_ours() {
    let (world, mail) = asked().await;
    let mut bytes = BASE64_URL_SAFE_NO_PAD.decode(mail.token()).unwrap();
    let tag = approval_core::digest::Digest::of(b"../../x");
    bytes[1..5].copy_from_slice(&tag.as_bytes()[..4]);
    let calls = world.memory.state().calls.len();
    let path = format!("/a/{}", BASE64_URL_SAFE_NO_PAD.encode(bytes));
    assert_eq!(world.visit("GET", &path, None).await.status, 404);
    assert_eq!(world.memory.state().calls.len(), calls, "no row was read and no key asked");
}

#[tokio::test]
async fn l15_a_path_has_one_spelling() {
    let (world, mail) = asked().await;
    let token = mail.token();
    let spelt = [
        format!("/a/{token}/"),
        format!("/a//{token}"),
        format!("/A/{token}"),
        format!("/a/{token}="),
        format!("/a/{token}%00"),
        format!("/a/{token}+"),
        format!("/a/%{:02X}{}", token.as_bytes()[0], &token[1..]),
        format!("/a/{}", "A".repeat(100_000)),
        "/a/".to_owned(),
        "/".to_owned(),
    ];
    for path in spelt {
        assert_eq!(world.visit("GET", &path, None).await.status, 404, "{path:.80}");
    }
}

#[tokio::test]
async fn l16_l19_the_page_leads_nowhere_and_loads_nothing() {
    let (world, mail) = asked().await;
    let page = world.visit("GET", mail.path(), None).await;
    assert_eq!(page.headers["referrer-policy"], "no-referrer");
    assert_eq!(page.headers["cache-control"], "no-store");
    assert!(page.headers["content-security-policy"].starts_with("default-src 'none'"));
    assert!(!page.headers.contains_key("set-cookie"));
    assert_eq!(page.body.matches("<script").count(), 1, "the one whose hash the policy has");
    for outside in ["http:", "https:", "src=", "url(", "@import"] {
        assert!(!page.body.contains(outside), "{outside}");
    }
    let mail = world.mail_of(ANA);
    let next = world.form("approve", "", &mail.code) + "&next=https%3A%2F%2Fevil.example";
    assert_eq!(world.answer(ANA, &next).await.status, 400, "an unknown field");
    let done = world.answer(ANA, &world.form("approve", "", &mail.code)).await;
    assert_eq!((done.status, done.headers["location"].as_str()), (303, mail.path()));
}

#[tokio::test]
async fn l17_unknown_forged_and_revoked_keys_get_one_answer_and_five_guesses_kill_a_link() {
    let (world, mail) = asked().await;
    for left in (1..5).rev() {
        let page = world.answer(ANA, &world.form("approve", "", mail.wrong_code())).await;
        assert_eq!(page.status, 400);
        assert!(page.body.contains(&format!("{left} more time")), "{}", page.body);
    }
    let fifth =
        world.visit("POST", mail.path(), Some(&world.form("approve", "", mail.wrong_code()))).await;
    assert_eq!(fifth.status, 410);
    let right =
        world.visit("POST", mail.path(), Some(&world.form("approve", "", &mail.code))).await;
    assert_eq!(right.status, 410, "the right code comes too late");
    assert!(world.memory.state().decisions.is_empty());
}

#[tokio::test]
async fn l17_guesses_made_at_the_same_time_do_not_outrun_the_count() {
    let (world, mail) = asked().await;
    world.memory.state().jitter = 7;
    let wrong = world.form("approve", "", mail.wrong_code());
    let guess = || world.visit("POST", mail.path(), Some(&wrong));
    let (a, b, c, d) = tokio::join!(guess(), guess(), guess(), guess());
    assert!([&a, &b, &c, &d].iter().all(|page| page.status == 400 || page.status == 503));
    let recorded = [a, b, c, d].iter().filter(|page| page.status == 400).count();
    let who = approval_core::name::ApproverId::parse(ANA).unwrap();
    let key = (world.newest(), who);
    let misses = world.memory.state().notices[&key].misses;
    assert_eq!(misses as usize, recorded, "every guess that was answered was counted");
}

#[tokio::test]
async fn l18_links_are_built_from_configuration_whatever_the_host_header_says() {
    let (world, mail) = asked().await;
    assert!(mail.link.starts_with("https://approvals.example/a/"), "{}", mail.link);
    let page = world.visit("GET", mail.path(), None).await;
    assert!(!page.body.contains("elsewhere.example"));
    let done = world.answer(ANA, &world.form("approve", "", &mail.code)).await;
    assert!(done.headers["location"].starts_with("/a/"));
}

#[tokio::test]
async fn l22_a_mail_that_was_long_on_its_way_leads_to_the_true_state() {
    let (world, mail) = asked().await;
    world.decide(BEN, "reject", "Not this one.").await;
    world.finish(&world.newest()).await;
    let page = world.visit("GET", mail.path(), None).await;
    assert_eq!(page.status, 200);
    assert!(page.body.contains("Billing manager 2 rejected this"), "{}", page.body);
    assert!(page.body.contains("Not this one.") && !page.body.contains("<form"));
    let late = world.decide(ANA, "approve", "").await;
    assert_eq!(late.status, 409);
    assert!(late.body.contains("Your decision had no effect"), "{}", late.body);
}

#[tokio::test]
async fn h02_an_approver_who_left_the_group_is_told_so_and_shown_nothing() {
    let (mut world, mail) = asked().await;
    let members = r#"["billing-manager-1", "billing-manager-2", "billing-manager-3"]"#;
    let left = r#"["billing-manager-2", "billing-manager-3"]"#;
    world.policy = edited("approvers.toml", members, left);
    let page = world.visit("GET", mail.path(), None).await;
    assert_eq!(page.status, 403);
    assert!(!page.body.contains("O-1"), "{}", page.body);
    let post = world.visit("POST", mail.path(), Some(&world.form("approve", "", &mail.code))).await;
    assert_eq!(post.status, 403);
    assert!(world.memory.state().decisions.is_empty());
}

#[tokio::test]
async fn h03_one_person_with_two_tabs_counts_once() {
    let world = World::default();
    world.ask(&events::refund("O-1", "2500.00")).await;
    let id = world.newest();
    world.memory.state().jitter = 3;
    let (one, other) =
        tokio::join!(world.press(ANA, "approve", ""), world.press(ANA, "approve", ""));
    assert_eq!((one.status, other.status), (200, 200), "the same answer twice is one answer");
    assert_eq!(world.memory.state().decisions[&id].len(), 1);
    assert_eq!(world.request(&id).status, Status::Pending);
}

#[tokio::test]
async fn a_form_that_lacks_something_keeps_what_was_typed_and_costs_no_try() {
    let (world, mail) = asked().await;
    let typed = "The customer &  the <order>\nsecond line";
    for (body, says) in [
        (world.form("reject", "", &mail.code), "Say why"),
        (world.form("maybe", typed, &mail.code), "Choose one of the two buttons"),
        (world.form("reject", &"x".repeat(1001), &mail.code), "more than 1000 characters"),
        (world.form("approve", typed, ""), "Type the code"),
        ("verdict=approve&verdict=reject&code=AAAA".to_owned(), "not the form"),
        ("{\"verdict\": \"approve\"}".to_owned(), "not the form"),
        ("verdict=approve&comment=%ff&code=AAAA".to_owned(), "not the form"),
    ] {
        let page = world.answer(ANA, &body).await;
        assert_eq!(page.status, 400, "{says}");
        assert!(page.body.contains(says), "{says}: {}", page.body);
        assert!(!page.body.contains(&mail.code), "the code is never on the page");
        if body.contains("second") {
            assert!(page.body.contains("&lt;order&gt;") || page.body.contains("&#60;order&#62;"));
        }
    }
    let who = approval_core::name::ApproverId::parse(ANA).unwrap();
    let key = (world.newest(), who);
    assert_eq!(world.memory.state().notices[&key].misses, 0);
}

#[tokio::test]
async fn f01_whatever_call_fails_while_deciding_the_decision_is_recorded_once_or_not_at_all() {
    for lost in [false, true] {
        for at in 0..40 {
            let (world, mail) = asked().await;
            let id = world.newest();
            let first = world.memory.state().calls.len();
            if lost {
                world.memory.state().lost_at = Some(first + at);
            } else {
                world.memory.state().fails_at = Some(first + at);
            }
            let body = world.form("approve", "", &mail.code);
            let page = world.visit("POST", mail.path(), Some(&body)).await;
            let recorded = world.memory.state().decisions.contains_key(&id);
            assert!([303, 503].contains(&page.status), "{at} {lost}: {}", page.status);
            assert!(recorded || page.status == 503, "{at} {lost}: told it was recorded");
            // Trying again is what the page says, and is harmless.
            world.memory.state().fails_at = None;
            world.memory.state().lost_at = None;
            assert_eq!(world.decide(ANA, "approve", "").await.status, 200, "{at} {lost}");
            assert_eq!(world.memory.state().decisions[&id].len(), 1, "{at} {lost}");
            world.finish(&id).await;
            assert_eq!(world.request(&id).status, Status::Executed, "{at} {lost}");
            assert_eq!(world.performed().len(), 1);
        }
    }
}
