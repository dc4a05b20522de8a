//! The second page of an approval of high risk, what a form must bring, and what the record
//! notes of it.

use approval_core::risk::RiskTier;
use approval_core::status::Status;
use countersign_tests::events;
use countersign_tests::letter::{Personal, encoded};
use countersign_tests::world::World;
use jiff::SignedDuration;
use serde_json::json;

const ANA: &str = "billing-manager-1";

/// A world in which a refund waits, and what the first manager finds in their mail.
async fn asked() -> (World, Personal) {
    let world = World::default();
    world.ask(&events::refund("O-1", "480.00")).await;
    let mail = world.mail_of(ANA);
    (world, mail)
}

/// The same, where the refund is of high risk.
async fn serious() -> (World, Personal) {
    let (world, mail) = asked().await;
    world.tamper(&world.newest(), |request| {
        request.assessment.as_mut().expect("it was assessed").tier = RiskTier::High;
    });
    (world, mail)
}

fn misses(world: &World) -> u32 {
    let who = approval_core::name::ApproverId::parse(ANA).unwrap();
    let key = (world.newest(), who);
    world.memory.state().notices[&key].misses
}

fn note(world: &World) -> Option<String> {
    let id = world.newest();
    let state = world.memory.state();
    state.trails[&id].last().and_then(|record| record.note.clone())
}

#[tokio::test]
async fn w16_an_approval_of_high_risk_is_recorded_once_it_is_confirmed() {
    let (world, mail) = serious().await;
    let id = world.newest();
    let page = world.visit("GET", mail.path(), None).await;
    let typed = [("verdict", "approve"), ("comment", "It\n\"fits\""), ("code", &mail.code)];
    let commits =
        |world: &World| world.memory.state().calls.iter().filter(|call| **call == "commit").count();
    let before = commits(&world);
    let check = world.visit("POST", mail.path(), Some(&page.filled(&typed))).await;
    assert_eq!(check.status, 200, "{}", check.body);
    assert!(check.body.contains("Check your decision") && check.asks_once_more());
    assert!(check.body.contains("USD 480.00") && check.body.contains("&#34;fits&#34;"));
    assert_eq!(check.headers["cache-control"], "no-store");
    assert_eq!(commits(&world), before, "nothing is written before it is confirmed");
    assert_eq!(world.request(&id).status, Status::Pending);

    let back = check.filled(&[("back", "yes")]);
    let back = world.visit("POST", mail.path(), Some(&back)).await;
    assert_eq!(back.status, 200);
    assert!(back.body.contains("&#34;fits&#34;</textarea>"), "what was typed is kept");
    assert!(!back.body.contains(&mail.code), "the code is not");
    assert_eq!((commits(&world), misses(&world)), (before, 0));

    let done = world.visit("POST", mail.path(), Some(&check.filled(&[]))).await;
    assert_eq!(done.status, 303);
    assert_eq!(world.memory.state().decisions[&id][0].comment, "It\n\"fits\"");
    assert_eq!(world.request(&id).status, Status::Approved);
    let again = world.visit("POST", mail.path(), Some(&check.filled(&[]))).await;
    assert_eq!(again.status, 303, "the same answer twice is one answer");
    assert_eq!(world.memory.state().decisions[&id].len(), 1);
}

#[tokio::test]
async fn w16_the_code_is_checked_on_both_pages_and_a_wrong_one_is_a_miss_on_both() {
    let (world, mail) = serious().await;
    let page = world.visit("GET", mail.path(), None).await;
    let typed = |code| [("verdict", "approve"), ("comment", "It fits."), ("code", code)];
    let wrong = page.filled(&typed(mail.wrong_code()));
    assert_eq!(world.visit("POST", mail.path(), Some(&wrong)).await.status, 400);
    assert_eq!(misses(&world), 1);
    let check = world.visit("POST", mail.path(), Some(&page.filled(&typed(&mail.code)))).await;
    let forged = check.filled(&[("code", mail.wrong_code())]);
    assert_eq!(world.visit("POST", mail.path(), Some(&forged)).await.status, 400);
    assert_eq!(misses(&world), 2);
    for odd in [("confirmed", "maybe"), ("back", "maybe")] {
        let odd = check.filled(&[odd]);
        assert_eq!(world.visit("POST", mail.path(), Some(&odd)).await.status, 400);
    }
    assert!(world.memory.state().decisions.is_empty());
}

#[tokio::test]
async fn a_rejection_and_an_approval_of_less_risk_are_asked_for_once() {
    let (world, mail) = serious().await;
    let page = world.visit("GET", mail.path(), None).await;
    let no = [("verdict", "reject"), ("comment", "No."), ("code", mail.code.as_str())];
    assert_eq!(world.visit("POST", mail.path(), Some(&page.filled(&no))).await.status, 303);
    let (world, mail) = asked().await;
    let page = world.visit("GET", mail.path(), None).await;
    let yes = [("verdict", "approve"), ("comment", ""), ("code", mail.code.as_str())];
    assert_eq!(world.visit("POST", mail.path(), Some(&page.filled(&yes))).await.status, 303);
}

#[tokio::test]
async fn w15_a_form_of_another_action_is_refused_and_costs_no_try() {
    let (world, mail) = asked().await;
    let page = world.visit("GET", mail.path(), None).await;
    let typed = [("verdict", "approve"), ("comment", "typed"), ("code", mail.code.as_str())];
    let other = "0".repeat(64);
    let changed = page.filled(&[&typed[..], &[("digest", &other)]].concat());
    let page = world.visit("POST", mail.path(), Some(&changed)).await;
    assert_eq!(page.status, 409);
    assert!(page.body.contains("another action than the one you saw"), "{}", page.body);
    assert!(page.body.contains("typed</textarea>") && page.body.contains("480.00"));
    for bare in [encoded(typed), encoded(typed) + "&digest=0"] {
        assert_eq!(world.visit("POST", mail.path(), Some(&bare)).await.status, 400, "{bare}");
    }
    assert_eq!(misses(&world), 0);
    assert!(world.memory.state().decisions.is_empty());
    assert_eq!(world.decide(ANA, "approve", "").await.status, 200, "the present page works");
}

#[tokio::test]
async fn h07_the_trail_notes_how_long_after_opening_the_page_somebody_decided() {
    let (world, mail) = asked().await;
    let page = world.visit("GET", mail.path(), None).await;
    world.clock.advance(SignedDuration::from_secs(30));
    // A form that comes back for a fault still counts from the first look.
    let typed = |code| [("verdict", "approve"), ("comment", ""), ("code", code)];
    let faulty = world.visit("POST", mail.path(), Some(&page.filled(&typed("")))).await;
    world.clock.advance(SignedDuration::from_secs(11));
    let whole = faulty.filled(&typed(&mail.code));
    assert_eq!(world.visit("POST", mail.path(), Some(&whole)).await.status, 303);
    assert_eq!(note(&world).unwrap(), "billing-manager-1 approved, 41 s after opening the page");
    for (seen, said) in [
        ("garbage", "billing-manager-1 rejected"),
        ("", "billing-manager-1 rejected"),
        ("99999999999999999999", "billing-manager-1 rejected"),
        ("-1", "billing-manager-1 rejected, 0 s after opening the page"),
        ("9999999999999", "billing-manager-1 rejected, 0 s after opening the page"),
    ] {
        let (world, mail) = asked().await;
        let page = world.visit("GET", mail.path(), None).await;
        let typed =
            [("verdict", "reject"), ("comment", "no"), ("code", &mail.code), ("seen", seen)];
        let done = world.visit("POST", mail.path(), Some(&page.filled(&typed))).await;
        assert_eq!(done.status, 303, "{seen}");
        assert_eq!(note(&world).unwrap(), said, "{seen}");
    }
}

#[tokio::test]
async fn w01_w13_w18_w19_what_is_no_form_of_ours_is_turned_away_alike_for_every_link() {
    let (world, mail) = asked().await;
    let form = world.form("approve", "", &mail.code);
    let large = format!("{form}&comment={}", "x".repeat(17 * 1024));
    for path in [mail.path(), "/a/AAAA"] {
        for (status, name, value, body) in [
            (403, "sec-fetch-site", "cross-site", form.as_str()),
            (403, "origin", "https://evil.example", form.as_str()),
            (415, "content-type", "text/plain", form.as_str()),
            (415, "content-type", "multipart/form-data; boundary=x", form.as_str()),
            (413, "accept", "*/*", large.as_str()),
        ] {
            let mut event = events::http("POST", path, Some(body));
            event["headers"][name] = json!(value);
            let page = world.visit_with(&event).await;
            assert_eq!(page.status, status, "{name}: {value}");
            for inside in
                ["O-1", "480", "arn:", "panicked", "Unavailable", "billing", "000000000000"]
            {
                assert!(!page.body.contains(inside), "{inside}: {}", page.body);
            }
        }
    }
    for method in ["PUT", "DELETE", "TRACE", "PATCH", "CONNECT"] {
        assert_eq!(world.visit(method, mail.path(), Some(&form)).await.status, 405, "{method}");
    }
    let disguised = format!("{form}&_method=GET");
    assert_eq!(world.visit("POST", mail.path(), Some(&disguised)).await.status, 400);
    assert!(world.memory.state().decisions.is_empty());
    assert_eq!(misses(&world), 0);
}

#[tokio::test]
async fn w18_a_page_says_nothing_of_what_went_wrong_inside() {
    let (world, mail) = asked().await;
    let form = world.form("approve", "", &mail.code);
    for method in ["GET", "POST"] {
        for at in 0..8 {
            let next = world.memory.state().calls.len();
            world.memory.state().fails_at = Some(next + at);
            let body = (method == "POST").then_some(form.as_str());
            let page = world.visit(method, mail.path(), body).await;
            if page.status == 503 {
                assert_eq!(page.headers["retry-after"], "60");
                for inside in ["O-1", "480", "arn:", "fail", "dynamo", "kms", "request-", "error"] {
                    let said = page.body.split("</style>").nth(1).unwrap().to_lowercase();
                    let said = said.split("<script>").next().unwrap();
                    assert!(!said.contains(inside), "{inside}: {said}");
                }
            }
        }
    }
}
