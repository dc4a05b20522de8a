//! What has ended, each with its audit trail checked.

use std::sync::Arc;

use approval_core::audit;
use approval_core::request::ApprovalRequest;
use approval_views::console::Link;
use approval_views::console::audit::{Ended, render};

use super::Console;
use super::outside::Outside;
use super::queue::cursor;
use super::together::together;
use super::wire::{Ask, Reply, address};
use crate::failure::Failure;
use crate::search::{Filter, Tab};

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
        let known = found.rows.into_iter().filter_map(|row| Some((row.request?, row.headline)));
        let (requests, headlines): (Vec<_>, Vec<_>) = known.unzip();
        let trails = self.trails(requests).await?;
        let ended = trails.into_iter().zip(headlines);
        let ended: Vec<_> =
            ended.map(|((request, trail), headline)| Ended { request, headline, trail }).collect();
        Ok(Reply::page(200, render(&self.shell(), &ended, next.as_ref())))
    }

    /// The requests with their trails, in the same order.
    pub(super) async fn trails(
        &self,
        requests: Vec<ApprovalRequest>,
    ) -> Result<Vec<(ApprovalRequest, Option<Vec<audit::AuditRecord>>)>, Failure> {
        together(requests, AT_ONCE, |request| {
            let outside = Arc::clone(&self.outside);
            async move { trail(&*outside, request).await }
        })
        .await
    }
}

/// The request with its trail. Only what is broken twice is broken: somebody may have written
/// between the reads.
async fn trail(
    outside: &impl Outside,
    request: ApprovalRequest,
) -> Result<(ApprovalRequest, Option<Vec<audit::AuditRecord>>), Failure> {
    let trail = outside.trail(&request.id).await?;
    if trail.as_ref().is_some_and(|trail| audit::check(&request, trail).is_ok()) {
        return Ok((request, trail));
    }
    let request = outside.load(&request.id).await?;
    let trail = outside.trail(&request.id).await?;
    Ok((request, trail))
}
