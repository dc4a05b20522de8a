//! One page of what matches, put together.

use approval_aws::store::Queued;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::Unavailable;
use approval_core::status::Status;

use super::lanes::{Merged, Taken};
use super::{Cursor, Filter, Found, Headlines, LeftOut, MOST_OPENED, MOST_READ, Row};
use crate::deployment::Records;

/// How many records are read at once where most may not match.
const SOME: usize = 100;

/// A page in the making.
pub(super) struct Pages<'a> {
    pub(super) records: &'a Records<'a>,
    headlines: Option<&'a Headlines>,
    filter: &'a Filter,
    most: usize,
    pub(super) now: Moment,
    /// How many display parts may still be opened.
    openings: usize,
    pub(super) found: Found,
}

impl<'a> Pages<'a> {
    pub(super) fn new(
        records: &'a Records<'a>,
        headlines: Option<&'a Headlines>,
        filter: &'a Filter,
        most: usize,
        now: Moment,
    ) -> Self {
        let found = Found::default();
        Self { records, headlines, filter, most, now, openings: MOST_OPENED, found }
    }

    pub(super) fn is_full(&self) -> bool {
        self.found.rows.len() >= self.most
    }

    /// What is open, then what has ended.
    pub(super) async fn queues(&mut self, after: Option<&Cursor>) -> Result<(), Unavailable> {
        for ended in [false, true] {
            let statuses = self.filter.tab.statuses().into_iter();
            let statuses: Vec<_> = statuses
                .filter(|one| one.is_terminal() == ended)
                // Only who waits has a deadline.
                .filter(|&one| self.filter.due.is_none() || one == Status::Pending)
                .collect();
            let begun = after.is_some_and(|after| after.ended);
            if statuses.is_empty() || (begun && !ended) {
                continue;
            }
            let place = after.filter(|after| after.ended == ended);
            let place = place.and_then(|after| after.place.clone());
            let left = MOST_READ.saturating_sub(self.found.read);
            if self.is_full() || left == 0 {
                self.found.next = Some(Cursor { ended, place });
                self.found.stopped |= !self.is_full();
                return Ok(());
            }
            let table = &self.records.table;
            let mut lanes = Merged::new(table, &statuses, place.as_deref(), self.most, left);
            let next = self.queue(&mut lanes, place).await;
            self.found.read = self.found.read.saturating_add(lanes.read);
            if let Some(place) = next? {
                self.found.next = Some(Cursor { ended, place });
                return Ok(());
            }
        }
        Ok(())
    }

    /// Fills the page out of these queues; gives the place where to go on, and none at their end.
    async fn queue(
        &mut self,
        lanes: &mut Merged,
        mut place: Option<String>,
    ) -> Result<Option<Option<String>>, Unavailable> {
        loop {
            let wanted = self.wanted();
            if wanted == 0 {
                let over = lanes.is_over();
                self.found.stopped = !self.is_full() && !over;
                return Ok((!over).then_some(place));
            }
            let mut some = Vec::new();
            let mut taken = Taken::End;
            while some.len() < wanted {
                taken = lanes.next().await?;
                let Taken::Row(row) = taken else { break };
                if self.filter.ends_before(&row, self.now) {
                    taken = Taken::End;
                    break;
                }
                taken = Taken::Row(row.clone());
                place = Some(row.place.clone());
                if self.filter.may_match(&row, self.now) {
                    some.push(row);
                }
            }
            if let Some(last) = self.take(some).await? {
                return Ok(Some(Some(last)));
            }
            match taken {
                Taken::Row(_) => {}
                Taken::End => return Ok(None),
                Taken::Spent => {
                    self.found.stopped = !self.is_full();
                    return Ok(Some(place));
                }
            }
        }
    }

    /// How many more requests are to be looked at.
    fn wanted(&self) -> usize {
        let missing = self.most.saturating_sub(self.found.rows.len());
        if missing == 0 || !self.filter.needs_record() {
            return missing.min(SOME);
        }
        let opens = self.filter.query.is_some() && self.opens();
        if opens { SOME.min(self.openings) } else { SOME }
    }

    fn opens(&self) -> bool {
        self.headlines.is_some() && self.found.sealed.is_none()
    }

    /// Keeps those that match. Gives the place of the last one where some did not fit.
    async fn take(&mut self, some: Vec<Queued>) -> Result<Option<String>, Unavailable> {
        let ids: Vec<RequestId> = some.iter().map(|row| row.id.clone()).collect();
        let mut read = self.records.table.requests(&ids).await?;
        let mut rows = Vec::new();
        for queued in some {
            let mut request = read.remove(&queued.id);
            if request.is_none() && self.filter.needs_record() {
                // The index lags: it may be gone, or have been written since.
                let again = Box::pin(self.again(&queued.id)).await?;
                let Some(again) = again else { continue };
                request = again.request;
            }
            let queued = match &request {
                Some(request) => Queued { place: queued.place, ..Queued::from(request) },
                None => queued,
            };
            rows.push(Row { queued, request, headline: None });
        }
        Ok(self.add(rows).await)
    }

    /// Keeps those of these that match.
    pub(super) async fn keep(&mut self, rows: Vec<Row>) {
        self.add(rows).await;
    }

    async fn add(&mut self, mut rows: Vec<Row>) -> Option<String> {
        if self.filter.query.is_some() {
            self.open(&mut rows).await;
        }
        let left_out = rows.iter().find(|row| self.filter.hangs_on_unknown(row, self.now));
        self.found.left_out = self.found.left_out.take().or(left_out.map(LeftOut::from));
        rows.retain(|row| self.filter.matches(row, self.now));
        let room = self.most.saturating_sub(self.found.rows.len());
        let cut = rows.len() > room;
        rows.truncate(room);
        if self.filter.query.is_none() {
            self.open(&mut rows).await;
        }
        self.found.rows.append(&mut rows);
        let last = self.found.rows.last();
        last.filter(|_| cut).map(|last| last.queued.place.clone())
    }

    /// Opens their display parts, as many as may still be.
    async fn open(&mut self, rows: &mut [Row]) {
        let Some(headlines) = self.headlines.filter(|_| self.opens()) else { return };
        let requests = rows.iter().filter_map(|row| row.request.as_ref());
        match headlines.open(requests, self.openings).await {
            Ok(opened) => self.openings = self.openings.saturating_sub(opened),
            Err(error) => self.found.sealed = Some(error),
        }
        for row in rows {
            row.headline = row.request.as_ref().and_then(|request| headlines.of(request));
        }
    }
}
