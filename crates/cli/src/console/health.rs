//! How it goes.

use approval_core::moment::Moment;
use approval_views::console::Link;
use approval_views::console::figures::Figures;
use approval_views::console::health::{Health, render};
use approval_views::time::left;

use super::Console;
use super::outside::Outside;
use super::queue::count;
use super::wire::{Reply, address};
use crate::failure::Failure;
use crate::search::{Filter, Tab};

/// How many that have ended are looked at.
const MOST: usize = 200;

impl<O: Outside> Console<O> {
    /// The screen.
    pub(super) async fn health(&self) -> Result<Reply, Failure> {
        let tab = |tab| Filter { tab, ..Filter::default() };
        let mut stands = Vec::new();
        let mut warnings = Vec::new();
        for (name, one, warning) in [
            ("Waiting", Tab::WAITING, ""),
            ("Soon due", Tab::Soon, ""),
            (
                "Stuck",
                Tab::Stuck,
                "is owed something for too long: see “A request that is stuck” in docs/OPERATIONS.md",
            ),
            ("In doubt", Tab::IN_DOUBT, "waits for somebody to find out what became of it"),
        ] {
            let number = match count(&*self.outside, one).await {
                Ok(number) => number,
                Err(failure) => {
                    warnings.push(format!("{name} cannot be counted: {failure}."));
                    "unknown".to_owned()
                }
            };
            if !warning.is_empty() && !["0", "unknown"].contains(&number.as_str()) {
                warnings.push(format!("{name}: {number}, each {warning}."));
            }
            stands.push((name, Link::new(&number, address("/", [("tab", one.as_str())]))));
        }
        let now = self.outside.now();
        stands.push(("Oldest that waits", self.oldest(now).await?));
        let found = self.outside.find(&tab(Tab::Ended), None, MOST, false).await?;
        let ended = self.trails(found.rows).await?;
        let records = ended.iter().filter(|(row, _)| row.request.is_none()).count();
        let unreadable = ended.iter().filter(|(_, trail)| trail.is_none()).count();
        for (what, count) in
            [("Records", records), ("Audit trails", unreadable.saturating_sub(records))]
        {
            if count > 0 {
                warnings.push(format!("{what} that cannot be read: {count}, see Audit."));
            }
        }
        let readable = ended.iter().filter_map(|(row, trail)| {
            Some((row.request.as_ref()?, trail.as_deref().unwrap_or_default()))
        });
        let figures = Figures::of(readable);
        let health = Health { stands, warnings, figures, most: MOST };
        Ok(Reply::page(200, render(&self.shell(), &health)))
    }

    /// The one that waits longest, among those with the soonest deadlines.
    async fn oldest(&self, now: Moment) -> Result<Link, Failure> {
        let found = self.outside.find(&Filter::default(), None, 100, false).await?;
        let oldest = found.rows.iter().min_by_key(|row| row.queued.asked_at);
        Ok(oldest.map_or_else(
            || Link::new("none", ""),
            |row| {
                let age = left(now.since(row.queued.asked_at));
                Link::new(&age, format!("/requests/{}", row.queued.id))
            },
        ))
    }
}
