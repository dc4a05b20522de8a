//! What is frozen, freezing, and letting go.

use approval_core::order::{Order, Reason, ReasonError};
use approval_views::console::freezes::{Typed, render};

use super::Console;
use super::outside::Outside;
use super::wire::{Pairs, Reply};
use crate::cli::scope;
use crate::failure::Failure;

impl<O: Outside> Console<O> {
    /// The screen.
    pub(super) async fn freezes(&self) -> Result<Reply, Failure> {
        let freezes = self.outside.freezes().await?;
        Ok(Reply::page(200, render(&self.shell(), &freezes, &Typed::default())))
    }

    /// Freezes a scope, or lets it go.
    pub(super) async fn switch(&self, form: &Pairs) -> Result<Reply, Failure> {
        let (kind, name) = (form.text("kind"), form.text("name"));
        let words: Vec<_> =
            [kind.clone(), name.clone()].into_iter().filter(|word| !word.is_empty()).collect();
        // Everything has no name, whatever was left in the field.
        let words = if kind == "all" { vec![kind.clone()] } else { words };
        let reason: Result<Reason, ReasonError> = form.text("reason").parse();
        let read = scope(&words).map_err(|error| error.to_string());
        let read = read.and_then(|scope| Ok((scope, reason.map_err(|error| error.to_string())?)));
        let order = read.and_then(|(scope, reason)| match form.get("order") {
            Some("freeze") => Ok(Order::Freeze { scope, reason }),
            Some("unfreeze") => Ok(Order::Unfreeze { scope, reason }),
            Some(_) | None => Err("choose whether to freeze or to let go".to_owned()),
        });
        match order {
            Ok(order) => {
                self.give(&order).await;
                Ok(Reply::see("/freezes"))
            }
            Err(error) => {
                let reason = form.text("reason");
                let typed = Typed { kind, name, reason, error: Some(error) };
                let freezes = self.outside.freezes().await?;
                Ok(Reply::page(400, render(&self.shell(), &freezes, &typed)))
            }
        }
    }

    /// Gives an order, and keeps what came of it for the next page.
    pub(super) async fn give(&self, order: &Order) {
        let answer = self.outside.order(order).await;
        let now = self.outside.now();
        match answer {
            Ok(said) => self.flashes.keep(now, true, said),
            Err(failure) => self.flashes.keep(now, false, failure.to_string()),
        }
    }
}
