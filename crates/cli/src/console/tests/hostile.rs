//! Text of others in every field of every screen.

use approval_core::decision::Verdict;
use approval_core::freeze::FreezeScope;

use super::screens::SCREENS;
use super::world::{Asked, browser, freeze};

/// What must never be shown as it is.
const HOSTILE: [&str; 8] = [
    "<script>window.pwned=1</script>",
    "<img src=x onerror=\"window.pwned=1\">",
    "\"><form action=//evil.example>",
    "<a href=\"https://evil.example\">click</a>",
    "pay\u{202e}001 RUE",
    "zero\u{200b}width",
    "{{ 7*7 }}</textarea>",
    "\u{1b}[2Jterminal",
];

#[tokio::test]
async fn g03_g04_hostile_text_in_every_field_of_every_screen_is_shown_and_does_nothing() {
    for hostile in HOSTILE {
        for opens in [true, false] {
            let browser = browser(opens);
            let world = &browser.outside;
            let asked = Asked {
                agent: hostile,
                person: hostile,
                order: hostile,
                why: hostile,
                ..Asked::default()
            };
            let id = world.pending(&asked).await;
            world.writes_to(&id, "ben", Some(hostile));
            world.decides(&id, "ana", Verdict::Approve, hostile).await;
            let second = world.pending(&Asked { id: "r-2", ..asked }).await;
            world.decides(&second, "ana", Verdict::Reject, hostile).await;
            if !hostile.contains('\u{1b}') {
                freeze(world, FreezeScope::Agent(hostile.to_owned()), hostile).await;
            }
            browser.flashes.keep(super::super::outside::Outside::now(&**world), false, hostile);
            let typed = [("reason", hostile), ("until", hostile), ("by", "until")];
            let freezes =
                [("kind", "tool"), ("name", hostile), ("reason", hostile), ("order", "freeze")];
            let mut pages = Vec::new();
            for path in SCREENS.into_iter().chain(["/requests/r-2"]) {
                pages.push((path, browser.get(path).await));
            }
            let search = super::super::wire::address("/", [("q", hostile), ("tool", hostile)]);
            pages.push(("search", browser.get(&search).await));
            let search = super::super::wire::address("/", [("risk", hostile)]);
            pages.push(("wrong search", browser.get(&search).await));
            pages.push(("extend", browser.post("/requests/r-1/extend", &typed).await));
            pages.push(("freeze", browser.post("/freezes", &freezes).await));
            for (path, reply) in pages {
                let body = reply.body.split("<style>").next().unwrap_or_default().to_owned()
                    + reply.body.split("</style>").nth(1).unwrap_or(&reply.body);
                let body = body.rsplit_once("<script>").map_or(body.as_str(), |(before, _)| before);
                for bad in [
                    "<script",
                    "<img",
                    "<form action",
                    "<a href=\"https://evil",
                    "\u{202e}",
                    "\u{200b}",
                    "\u{1b}",
                ] {
                    // What was typed comes back in its field as it came, escaped.
                    let typed =
                        ["search", "wrong search", "extend", "freeze", "/freezes"].contains(&path);
                    if typed && !bad.starts_with('<') {
                        continue;
                    }
                    assert!(!body.contains(bad), "{path} shows {bad:?}: {body}");
                }
                assert!(!body.contains("</textarea></"), "{path}");
            }
        }
    }
}
