//! Which address is answered by what.

use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_views::console::message::{self, Message};
use approval_views::console::request::Act;
use approval_views::console::{Link, Place, Shell, opening};

use super::Console;
use super::outside::Outside;
use super::queue;
use super::wire::{Ask, Reply};
use crate::cli::ExportForm;
use crate::failure::Failure;

const READ: &str = "GET, HEAD";
const WRITE: &str = "GET, HEAD, POST";

/// What stands at an address.
#[derive(Debug)]
enum Spot {
    Queue,
    News,
    Export(ExportForm),
    Request(RequestId),
    Act(RequestId, Act),
    Freezes,
    Audit,
    Policy,
    Health,
}

impl Spot {
    fn at(path: &str) -> Option<Self> {
        let parts: Vec<_> = path.strip_prefix('/')?.split('/').collect();
        Some(match parts.as_slice() {
            [""] => Self::Queue,
            ["queue", "news"] => Self::News,
            ["export.csv"] => Self::Export(ExportForm::Csv),
            ["export.jsonl"] => Self::Export(ExportForm::Jsonl),
            ["requests", id] => Self::Request(RequestId::parse(id).ok()?),
            ["requests", id, act] => {
                let act = Act::ALL.into_iter().find(|one| one.as_str() == *act)?;
                Self::Act(RequestId::parse(id).ok()?, act)
            }
            ["freezes"] => Self::Freezes,
            ["audit"] => Self::Audit,
            ["policy"] => Self::Policy,
            ["health"] => Self::Health,
            _ => return None,
        })
    }

    /// Whether something can be posted there.
    fn takes(&self) -> bool {
        match self {
            Self::Act(..) | Self::Freezes | Self::Policy => true,
            Self::Queue | Self::News | Self::Export(_) | Self::Request(_) => false,
            Self::Audit | Self::Health => false,
        }
    }
}

impl<O: Outside> Console<O> {
    /// Answers whoever asks. Reading changes nothing.
    pub(super) async fn answer(&self, ask: Ask) -> Reply {
        if let Some(reply) = self.gate.stops(&ask) {
            return reply;
        }
        let Some(spot) = Spot::at(&ask.path) else {
            return self.says(404, "There is nothing here", Vec::new());
        };
        let answered = match ask.method.as_str() {
            "GET" | "HEAD" => self.shows(spot, &ask).await,
            "POST" if spot.takes() => self.takes(spot, &ask).await,
            _ => {
                let allow = if spot.takes() { WRITE } else { READ };
                let mut reply = self.says(405, "That is not how this page works", Vec::new());
                reply.set("allow", allow);
                return reply;
            }
        };
        answered.unwrap_or_else(|failure| self.failed(&failure))
    }

    /// The beginning of a screen that takes a while to read, for whoever may see it; none where
    /// the answer may be something else than that screen.
    pub(super) fn opening(&self, ask: &Ask) -> Option<String> {
        let place = match (ask.method.as_str(), Spot::at(&ask.path)?) {
            ("GET", Spot::Queue) if queue::is_sound(&ask.pairs()) => Place::Queue,
            ("GET", Spot::Audit) => Place::Audit,
            ("GET", Spot::Health) => Place::Health,
            _ => return None,
        };
        let enters = ask.pairs().get("once").is_some();
        if enters || self.gate.stops(ask).is_some() {
            return None;
        }
        let (stack, csrf) = (self.stack.clone(), self.gate.csrf().to_owned());
        // What came of the last order is told by what follows.
        let shell = Shell { stack, csrf, flash: None, now: self.outside.now() };
        Some(opening::opening(&shell, place))
    }

    async fn shows(&self, spot: Spot, ask: &Ask) -> Result<Reply, Failure> {
        match spot {
            Spot::Queue => self.queue(ask).await,
            Spot::News => self.news(ask).await,
            Spot::Export(form) => self.export(ask, form).await,
            Spot::Request(id) => self.request(&id).await,
            Spot::Act(id, act) => self.confirm(&id, act).await,
            Spot::Freezes => self.freezes().await,
            Spot::Audit => self.audit(ask).await,
            Spot::Policy => self.policy().await,
            Spot::Health => self.health().await,
        }
    }

    async fn takes(&self, spot: Spot, ask: &Ask) -> Result<Reply, Failure> {
        match spot {
            Spot::Act(id, act) => self.act(&id, act, &ask.form()).await,
            Spot::Freezes => self.switch(&ask.form()).await,
            Spot::Policy => self.explain(&ask.form()).await,
            // INVARIANT: nothing can be posted there.
            Spot::Queue | Spot::News | Spot::Export(_) | Spot::Request(_) => self.queue(ask).await,
            Spot::Audit | Spot::Health => self.queue(ask).await,
        }
    }

    /// What stands around the next screen; the last answer is in it once.
    pub(super) fn shell(&self) -> Shell {
        let now: Moment = self.outside.now();
        Shell {
            stack: self.stack.clone(),
            csrf: self.gate.csrf().to_owned(),
            flash: self.flashes.take(now),
            now,
        }
    }

    /// Says one thing.
    pub(super) fn says(&self, status: u16, title: &'static str, lines: Vec<String>) -> Reply {
        let next = Some(Link::new("To the queue", "/"));
        Reply::page(status, message::render(&self.shell(), &Message { title, lines, next }))
    }

    /// Says what went wrong, and what to do about it.
    fn failed(&self, failure: &Failure) -> Reply {
        let (status, title) = if matches!(failure, Failure::Usage(_) | Failure::MoreStuck) {
            (400, "This cannot be looked for")
        } else if matches!(failure, Failure::NoRequest(_)) {
            (404, "There is no such request")
        } else if failure.passes() {
            (503, "AWS does not answer")
        } else {
            (502, "This cannot be shown")
        };
        self.says(status, title, vec![failure.to_string()])
    }
}

/// What is answered to a body that is too large, or takes too long.
pub(super) fn too_large() -> Reply {
    let lines = vec!["Nothing was done. Write less, and send it again.".to_owned()];
    let message = Message { title: "That is too much, or too slow", lines, next: None };
    let mut reply = Reply::page(413, message::bare(&message));
    reply.set("connection", "close");
    reply
}
