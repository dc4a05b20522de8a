//! The gate: nothing but one browser of this operator's gets in.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use approval_core::digest::hex;
use approval_core::ports::{Ids, Unavailable};
use approval_views::console::Link;
use approval_views::console::message::{self, Message};
use aws_lc_rs::constant_time::verify_slices_are_equal;

use super::wire::{Ask, Reply};

/// What was agreed with the one browser.
///
/// # Security
///
/// Other sites are open in the same browser, and other programs run on this machine. The host a
/// request is addressed to keeps out sites that point their own name here (DNS rebinding); the
/// cookie keeps out other programs and people; origin and the form's secret keep out what other
/// sites have the browser post. The address that is printed stands in a terminal and for a moment
/// in the list of processes, so it lets in one browser, once. Browsers send a cookie to every port
/// of a host, so the host is a name that no other server of this machine can guess; under a
/// [plain](Called::Plain) one, whoever serves a page on another port and has the operator open it
/// may take the session over.
pub(super) struct Gate {
    host: String,
    /// What the printed address carries, until it was used. It is called so in the address: nobody
    /// is to look for a token that belongs there.
    once: Mutex<Option<String>>,
    /// The cookie's name. Browsers tell no ports apart, so each console of a plain host has its own.
    cookie: String,
    session: String,
    csrf: String,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Gate").field("host", &self.host).finish_non_exhaustive()
    }
}

/// What browsers call the console.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Called {
    /// By a random name under `localhost`, which browsers look for on this machine.
    Randomly,
    /// 127.0.0.1, as every other server of this machine.
    Plain,
}

/// Why somebody is not let in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Stranger {
    Host,
    Nobody,
    Used,
    Origin,
    Form,
}

impl Gate {
    /// The gate of a console on that port.
    pub(super) fn new(called: Called, port: u16, ids: &impl Ids) -> Result<Self, Unavailable> {
        let name = match called {
            // 128 bits: a label of a name has at most 63 characters.
            Called::Randomly => {
                let bits: String = hex(&ids.random()?).chars().take(32).collect();
                format!("{bits}.localhost")
            }
            Called::Plain => "127.0.0.1".to_owned(),
        };
        Ok(Self {
            host: format!("{name}:{port}"),
            once: Mutex::new(Some(hex(&ids.random()?))),
            cookie: format!("countersign_console_{port}"),
            session: hex(&ids.random()?),
            csrf: hex(&ids.random()?),
        })
    }

    /// The address that lets one browser in, once.
    pub(super) fn address(&self) -> String {
        let once = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        format!("http://{}/?once={}", self.host, once.as_deref().unwrap_or_default())
    }

    /// What a form must bring back.
    pub(super) fn csrf(&self) -> &str {
        &self.csrf
    }

    /// Nothing, where whoever asks may go on; otherwise what they are answered.
    pub(super) fn stops(&self, ask: &Ask) -> Option<Reply> {
        if ask.host.as_ref() != Some(&self.host) {
            return Some(turned_away(Stranger::Host));
        }
        let known = ask.cookie.as_deref().is_some_and(|cookie| self.knows(cookie));
        let pairs = ask.pairs();
        let once = pairs.get("once").filter(|_| ask.path == "/" && ask.method == "GET");
        if let Some(once) = once {
            return Some(self.enter(once, known));
        }
        if !known {
            return Some(turned_away(Stranger::Nobody));
        }
        if ask.method != "POST" {
            return None;
        }
        if !is_own(ask, &self.host) {
            return Some(turned_away(Stranger::Origin));
        }
        let brought = ask.form();
        let brought = brought.get("csrf").is_some_and(|csrf| same(csrf, &self.csrf));
        (!brought).then(|| turned_away(Stranger::Form))
    }

    /// Gives the cookie for what the printed address carries, once.
    fn enter(&self, once: &str, known: bool) -> Reply {
        let mut kept = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.as_ref().is_some_and(|kept| same(kept, once)) {
            *kept = None;
            let mut reply = Reply::see("/");
            let cookie =
                format!("{}={}; HttpOnly; SameSite=Strict; Path=/", self.cookie, self.session);
            reply.set("set-cookie", cookie);
            return reply;
        }
        // Whoever is in already merely typed the address again.
        if known { Reply::see("/") } else { turned_away(Stranger::Used) }
    }

    fn knows(&self, cookies: &str) -> bool {
        let pairs = cookies.split(';').filter_map(|pair| pair.trim().split_once('='));
        let mut ours = pairs.filter(|(name, _)| *name == self.cookie);
        ours.next().is_some_and(|(_, value)| same(value, &self.session)) && ours.next().is_none()
    }
}

/// Whether the browser says that a page of this console posts.
fn is_own(ask: &Ask, host: &str) -> bool {
    let site = ask.site.as_deref();
    if site.is_some_and(|site| site != "same-origin") {
        return false;
    }
    match ask.origin.as_deref() {
        Some(origin) => origin.strip_prefix("http://") == Some(host),
        None => site.is_some(),
    }
}

/// Whether both are the same text, in a time that tells nothing of where they differ.
fn same(one: &str, other: &str) -> bool {
    verify_slices_are_equal(one.as_bytes(), other.as_bytes()).is_ok()
}

fn turned_away(who: Stranger) -> Reply {
    let (title, line) = match who {
        Stranger::Host => (
            "This console is not at that address",
            "Open the address that `countersign console` printed.",
        ),
        Stranger::Nobody => (
            "This console does not know your browser",
            "Open the address that `countersign console` printed. If you just did, go on here.",
        ),
        Stranger::Used => (
            "This address was used already",
            "It lets in one browser, once. If that was not yours, end the console with Ctrl-C: \
             somebody else on this machine is in. Then start it again.",
        ),
        Stranger::Origin => (
            "This did not come from a page of this console",
            "Nothing was done. Go back to the console, and send it from there.",
        ),
        Stranger::Form => (
            "This page is older than the console",
            "Nothing was done. Load the page again, and send it once more.",
        ),
    };
    let next = (who == Stranger::Nobody).then(|| Link::new("Go on", "/"));
    let message = Message { title, lines: vec![line.to_owned()], next };
    Reply::page(403, message::bare(&message))
}

#[cfg(test)]
mod tests;
