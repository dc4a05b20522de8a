//! The beginning of a screen: it stands while what the screen shows is read.

use askama::Template;

use super::{Frame, Place, Shell};

/// Where what a screen shows begins.
const MAIN: &str = "<main id=\"main\" tabindex=\"-1\">\n";
/// The stylesheet hides it once something follows.
const READING: &str = "<p class=\"reading soft\">Reading …</p>\n";

#[derive(Template)]
#[template(path = "console/opening.html")]
struct Html<'a> {
    frame: Frame<'a>,
    title: &'static str,
}

/// The screen of that place up to what it shows.
#[must_use]
pub fn opening(shell: &Shell, place: Place) -> String {
    let named = Place::NAMED.into_iter().find(|(one, _, _)| *one == place);
    let title = named.map_or("", |(_, name, _)| name);
    // INVARIANT: what the template writes to cannot fail.
    let page = Html { frame: Frame::new(shell, place), title }.render().unwrap_or_default();
    let head = page.split_once(MAIN).map_or("", |(head, _)| head);
    format!("{head}{MAIN}{READING}")
}

/// What follows of a screen that was begun so: the whole of a page that is none.
#[must_use]
pub fn rest(screen: &str) -> &str {
    screen.split_once(MAIN).map_or(screen, |(_, rest)| rest)
}
