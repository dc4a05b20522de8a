//! One request, and the orders about it.

use approval_core::freeze::FreezeScope;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::notice::Notice;
use approval_core::order::{Order, Reason, ReasonError};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use approval_views::Found;
use approval_views::console::act::{self, Meant, Typed};
use approval_views::console::request::{self, Act, Seen};
use approval_views::display::Display;
use jiff::SignedDuration;

use super::Console;
use super::outside::Outside;
use super::roll;
use super::wire::{Pairs, Reply};
use crate::failure::Failure;

impl<O: Outside> Console<O> {
    /// The screen.
    pub(super) async fn request(&self, id: &RequestId) -> Result<Reply, Failure> {
        let seen = self.see(id).await?;
        // Somebody may have written between the reads: only what is broken twice is broken.
        let seen = if seen.found.chain().is_err() { self.see(id).await? } else { seen };
        Ok(Reply::page(200, request::render(&self.shell(), &seen)))
    }

    async fn see(&self, id: &RequestId) -> Result<Seen, Failure> {
        let outside = &self.outside;
        let request = outside.load(id).await?;
        let scopes = FreezeScope::concerning(&request.tool, &request.requester.agent);
        let scopes = if request.status.is_terminal() { Vec::new() } else { scopes };
        let asks = request.status == Status::Pending;
        let (decisions, trail, notices, display, frozen, rules) = tokio::join!(
            outside.decisions(id),
            outside.trail(id),
            outside.notices(id),
            outside.display(&request),
            outside.frozen(scopes),
            async { if asks { outside.rules().await } else { Ok(None) } },
        );
        let execution = self.machine.as_ref().and_then(|machine| machine.execution(id));
        let (decisions, notices) = (decisions?, notices?);
        // A function that does not answer, or not to us, hides no request.
        let known = decisions.as_deref().zip(notices.as_deref());
        let roll = rules.ok().flatten().zip(known).and_then(|(rules, (decisions, notices))| {
            roll::of(&rules, &request, decisions, notices, outside.now())
        });
        let found = Found { decisions, trail: trail?.unwrap_or_default(), display, request };
        let frozen = frozen?.iter().map(FreezeScope::key).collect();
        Ok(Seen { found, notices, roll, frozen, execution })
    }

    /// Asks whether an order is meant.
    pub(super) async fn confirm(&self, id: &RequestId, act: Act) -> Result<Reply, Failure> {
        let request = self.outside.load(id).await?;
        Ok(self.form(200, act, &request, &Typed::default()).await)
    }

    /// Gives the order.
    pub(super) async fn act(
        &self,
        id: &RequestId,
        act: Act,
        form: &Pairs,
    ) -> Result<Reply, Failure> {
        let request = self.outside.load(id).await?;
        match order(&request, act, form) {
            Ok(order) => {
                self.give(&order).await;
                Ok(Reply::see(&format!("/requests/{id}")))
            }
            Err(error) => {
                let (reason, by, until) =
                    (form.text("reason"), form.text("by"), form.text("until"));
                let typed = Typed { reason, by, until, error: Some(error) };
                Ok(self.form(400, act, &request, &typed).await)
            }
        }
    }

    async fn form(&self, status: u16, act: Act, request: &ApprovalRequest, typed: &Typed) -> Reply {
        let display = self.outside.display(request).await;
        let display = Display::read(&display, request).ok().flatten();
        let what = display.map_or_else(|| request.tool.to_string(), |display| display.headline);
        let last = if act == Act::Remind { self.last(&request.id).await } else { None };
        let meant = Meant { act, request, what: &what, last };
        Reply::page(status, act::render(&self.shell(), &meant, typed))
    }

    /// When somebody was last reached. What is not known is left out: the door knows.
    async fn last(&self, id: &RequestId) -> Option<Moment> {
        let notices = self.outside.notices(id).await.ok().flatten()?;
        notices.iter().filter_map(Notice::last_told).max()
    }
}

/// The order that a form says; or what is wrong with it.
fn order(request: &ApprovalRequest, act: Act, form: &Pairs) -> Result<Order, String> {
    let reason: Result<Reason, ReasonError> = form.text("reason").parse();
    let reason = reason.map_err(|error| error.to_string())?;
    let id = request.id.clone();
    Ok(match act {
        Act::Remind => Order::Remind { request: id, reason },
        Act::Cancel => Order::Cancel { request: id, reason },
        Act::Extend => Order::Extend { request: id, until: until(request, form)?, reason },
        Act::Resolve => {
            let executed = match form.get("executed") {
                Some("yes") => true,
                Some("no") => false,
                Some(_) | None => return Err("say whether it was done".to_owned()),
            };
            Order::Resolve { request: id, executed, reason }
        }
    })
}

/// Until when people get time: longer than they have, or the instant that was typed.
fn until(request: &ApprovalRequest, form: &Pairs) -> Result<Moment, String> {
    let hours = match form.get("by") {
        Some("1h") => 1,
        Some("4h") => 4,
        Some("until") => {
            let typed = form.text("until");
            return Moment::parse(&typed).map_err(|error| error.to_string());
        }
        Some(_) | None => return Err("choose how much more time to give".to_owned()),
    };
    let planned = request.decide_by.ok_or("nobody is asked, so nobody can be given more time")?;
    Ok(planned.plus(SignedDuration::from_hours(hours)))
}
