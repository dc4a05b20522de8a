//! Text of others in every field of every screen.

use approval_core::decision::Verdict;
use approval_core::freeze::FreezeScope;
use approval_core::order::Order;

use super::super::outside::Outside;
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
async fn w03_g03_g04_hostile_text_in_every_field_of_every_screen_is_shown_and_does_nothing() {
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
            let third = world.pending(&Asked { id: "r-3", ..asked }).await;
            if let Ok(reason) = hostile.parse() {
                world.order(&Order::Cancel { request: third, reason }).await.unwrap();
                freeze(world, FreezeScope::Agent(hostile.to_owned()), hostile).await;
            }
            browser.flashes.keep(world.now(), false, hostile);
            let typed = [("reason", hostile), ("until", hostile), ("by", "until")];
            let freezes =
                [("kind", "tool"), ("name", hostile), ("reason", hostile), ("order", "freeze")];
            let mut pages = Vec::new();
            for path in SCREENS.into_iter().chain(["/requests/r-2", "/requests/r-3"]) {
                pages.push((path, browser.get(path).await));
            }
            let search = super::super::wire::address("/", [("q", hostile), ("tool", hostile)]);
            pages.push(("search", browser.get(&search).await));
            let search = super::super::wire::address("/", [("risk", hostile)]);
            pages.push(("wrong search", browser.get(&search).await));
            pages.push(("extend", browser.post("/requests/r-1/extend", &typed).await));
            pages.push(("freeze", browser.post("/freezes", &freezes).await));
            for (path, reply) in pages {
                let body = shown(&reply.body);
                for bad in [
                    "<script",
                    "<img",
                    "<form action",
                    "<a href=\"https://evil",
                    "</textarea></",
                    "\u{202e}",
                    "\u{200b}",
                    "\u{1b}",
                ] {
                    assert!(!body.contains(bad), "{path} shows {bad:?}: {body}");
                }
            }
        }
    }
}

/// The page without its own style and script, and without what stands in fields: that comes back
/// as it was typed, escaped.
fn shown(page: &str) -> String {
    let own = page.split("<style>").chain([""]).next().unwrap_or_default();
    let rest = page.split_once("</style>").map_or(page, |(_, rest)| rest);
    let rest = rest.rsplit_once("<script>").map_or(rest, |(rest, _)| rest);
    let mut shown = own.to_owned();
    for (at, part) in rest.split(" value=\"").enumerate() {
        let text = part.split_once('"').map_or(part, |(_, text)| text);
        shown.push_str(if at == 0 { part } else { text });
    }
    shown
}
