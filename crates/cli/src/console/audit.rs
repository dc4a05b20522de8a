//! What has ended, each with its audit trail checked.

use std::sync::Arc;

use approval_core::audit;
use approval_views::console::Link;
use approval_views::console::audit::{Ended, Unread, render};

use super::Console;
use super::outside::Outside;
use super::queue::cursor;
use super::together::together;
use super::wire::{Ask, Reply, address};
use crate::failure::Failure;
use crate::search::{Filter, Row, Tab};

/// The audit trail of a request.
type Trail = Vec<audit::AuditRecord>;

/// How many a page shows.
const MOST: usize = 50;
/// How many trails are read at once.
const AT_ONCE: usize = 16;

impl<O: Outside> Console<O> {
    /// The screen.
    pub(super) async fn audit(&self, ask: &Ask) -> Result<Reply, Failure> {
        let after = cursor(&ask.pairs())?;
        let filter = Filter { tab: Tab::Ended, ..Filter::default() };
        let found = self.outside.find(&filter, after.as_ref(), MOST, true).await?;
        let next = found.next.map(|next| {
            let next = next.to_string();
            Link::new("Earlier ones", address("/audit", [("after", next.as_str())]))
        });
        let (mut unread, mut ended) = (Vec::new(), Vec::new());
        for (Row { queued, request, headline }, trail) in self.trails(found.rows).await? {
            match request {
                Some(request) => ended.push(Ended { request, headline, trail }),
                None => {
                    unread.push(Unread { id: queued.id, status: queued.status, tool: queued.tool });
                }
            }
        }
        Ok(Reply::page(200, render(&self.shell(), &unread, &ended, next.as_ref())))
    }

    /// The rows with their trails, in the same order.
    pub(super) async fn trails(
        &self,
        rows: Vec<Row>,
    ) -> Result<Vec<(Row, Option<Trail>)>, Failure> {
        together(rows, AT_ONCE, |row| {
            let outside = Arc::clone(&self.outside);
            async move { trail(&*outside, row).await }
        })
        .await
    }
}

/// The row with its trail. Only what is broken twice is broken: somebody may have written between
/// the reads.
async fn trail(outside: &impl Outside, row: Row) -> Result<(Row, Option<Trail>), Failure> {
    let id = row.queued.id.clone();
    if let Some(request) = &row.request {
        let trail = outside.trail(&id).await?;
        if trail.as_ref().is_some_and(|trail| audit::check(request, trail).is_ok()) {
            return Ok((row, trail));
        }
    }
    match outside.load(&id).await {
        Ok(request) => {
            let trail = outside.trail(&id).await?;
            Ok((Row { request: Some(request), ..row }, trail))
        }
        // A record of another version is not read, and one of none is not there.
        Err(Failure::Unreadable(_) | Failure::NoRequest(_)) => {
            Ok((Row { request: None, ..row }, None))
        }
        Err(failure) => Err(failure),
    }
}
