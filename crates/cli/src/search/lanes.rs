//! Several queues and their shards, read side by side as one.

use std::collections::VecDeque;

use approval_aws::store::{Page, Queued, SHARDS, Table};
use approval_core::ports::{BoxError, Unavailable};
use approval_core::status::Status;
use tokio::task::JoinSet;

/// Queues that run in the same direction, merged.
#[derive(Debug)]
pub(super) struct Merged {
    table: Table,
    lanes: Vec<Lane>,
    /// Whether later places come first.
    backwards: bool,
    /// How many rows one call asks of a lane.
    step: usize,
    /// How many rows may still be read.
    left: usize,
    /// How many were read.
    pub(super) read: usize,
}

/// One shard of one queue.
#[derive(Debug)]
struct Lane {
    status: Status,
    shard: u8,
    rows: VecDeque<Queued>,
    /// Whether there are rows behind these.
    more: bool,
    /// Behind which place they lie; none at the front.
    after: Option<String>,
}

/// What comes next.
#[derive(Debug)]
pub(super) enum Taken {
    Row(Queued),
    /// Nothing.
    End,
    /// That is not known: as many rows were read as may be.
    Spent,
}

impl Merged {
    /// The queues of these statuses, which are all terminal or all not, behind that place. At most
    /// `left` rows are read.
    pub(super) fn new(
        table: &Table,
        statuses: &[Status],
        after: Option<&str>,
        most: usize,
        left: usize,
    ) -> Self {
        let lane = |&status: &Status| {
            (0..SHARDS).map(move |shard| Lane {
                status,
                shard,
                rows: VecDeque::new(),
                more: true,
                after: after.map(str::to_owned),
            })
        };
        let lanes: Vec<_> = statuses.iter().flat_map(lane).collect();
        // One more than the page, to know whether there are more; at first no more than half of
        // what may be read, so that the fullest lane is followed further.
        let share = left.checked_div(lanes.len().saturating_mul(2)).unwrap_or(1).max(1);
        Self {
            table: table.clone(),
            backwards: statuses.iter().any(|one| one.is_terminal()),
            step: most.saturating_add(1).min(share),
            lanes,
            left,
            read: 0,
        }
    }

    /// Takes the row that comes next.
    pub(super) async fn next(&mut self) -> Result<Taken, Unavailable> {
        if !self.fill().await? {
            return Ok(Taken::Spent);
        }
        let fronts = self.lanes.iter_mut().filter(|lane| !lane.rows.is_empty());
        let place = |lane: &Lane| lane.rows.front().map(|row| row.place.clone());
        let first = if self.backwards {
            fronts.max_by_key(|lane| place(lane))
        } else {
            fronts.min_by_key(|lane| place(lane))
        };
        Ok(first.and_then(|lane| lane.rows.pop_front()).map_or(Taken::End, Taken::Row))
    }

    /// Whether it is known that nothing comes next.
    pub(super) fn is_over(&self) -> bool {
        self.lanes.iter().all(|lane| lane.rows.is_empty() && !lane.more)
    }

    /// Sees to it that each lane has its next row, if there is one; says no where that would read
    /// too much.
    async fn fill(&mut self) -> Result<bool, Unavailable> {
        loop {
            let empty = |lane: &&Lane| lane.rows.is_empty() && lane.more;
            let count = self.lanes.iter().filter(empty).count();
            if count == 0 {
                return Ok(true);
            }
            let most = self.left.checked_div(count).unwrap_or_default().min(self.step);
            if most == 0 {
                return Ok(false);
            }
            let mut calls = JoinSet::new();
            for (at, lane) in self.lanes.iter().enumerate() {
                if !empty(&lane) {
                    continue;
                }
                let (table, after) = (self.table.clone(), lane.after.clone());
                let (status, shard) = (lane.status, lane.shard);
                calls.spawn(async move {
                    let page = table.queue(status, shard, after.as_deref(), most).await;
                    (at, page)
                });
            }
            while let Some(done) = calls.join_next().await {
                let (at, page) = done.map_err(|error| Unavailable(BoxError::from(error)))?;
                self.add(at, page?);
            }
        }
    }

    fn add(&mut self, at: usize, page: Page) {
        self.read = self.read.saturating_add(page.read);
        self.left = self.left.saturating_sub(page.read);
        if let Some(lane) = self.lanes.get_mut(at) {
            lane.more = page.next.is_some();
            lane.after = page.next;
            lane.rows.extend(page.rows);
        }
    }
}
