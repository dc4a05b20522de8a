//! Search: the requests that match a filter, in order, a page at a time.
//!
//! It reads the index of what stands where, shard by shard, and the records of what may match;
//! never the whole table. One call reads a bounded number of rows, however many there are: where
//! that is spent before the page is full, it says so, and the next call goes on from there.

mod cursor;
mod filter;
mod headlines;
mod lanes;
mod pages;
mod tab;

use std::fmt;

use approval_aws::store::Queued;
use approval_aws::system::SystemClock;
use approval_core::due::next_due;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::{Clock, DueIndex, References, Requests, Unavailable};
use approval_core::reference::Reference;
use approval_core::request::ApprovalRequest;
use jiff::SignedDuration;

pub(crate) use self::cursor::Cursor;
pub(crate) use self::filter::{Filter, presses};
pub(crate) use self::headlines::{Headlines, why_sealed};
use self::pages::Pages;
pub(crate) use self::tab::Tab;
use crate::deployment::Records;
use crate::failure::Failure;

/// How many rows of an index one call reads at most.
pub(crate) const MOST_READ: usize = 1_000;
/// How many display parts one call opens at most.
pub(crate) const MOST_OPENED: usize = 200;
/// For how long something may be owed before its request counts as stuck.
pub(crate) const STUCK_AFTER: SignedDuration = SignedDuration::from_mins(5);
/// For longer than relay-outbox puts aside what it could not serve, whatever the clocks say.
const ASIDE: SignedDuration = SignedDuration::from_mins(5);

/// A request that was found.
#[derive(Clone, Debug)]
pub(crate) struct Row {
    /// What queues show of it, as its record has it, or the index where that cannot be read.
    pub(crate) queued: Queued,
    /// Its record; none where it cannot be read.
    pub(crate) request: Option<ApprovalRequest>,
    /// The action in one line, as it came; none where its display part was not opened.
    pub(crate) headline: Option<String>,
}

/// What a call found.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The requests, in order.
    pub(crate) rows: Vec<Row>,
    /// Where the next call goes on; none where there is nothing more.
    pub(crate) next: Option<Cursor>,
    /// How many rows of an index were read.
    pub(crate) read: usize,
    /// Whether it stopped before the page was full and everything was read. Where nothing is next,
    /// there is no way to see the rest: of what is stuck there is one page.
    pub(crate) stopped: bool,
    /// Why no display part was opened any more, where one could not be.
    pub(crate) sealed: Option<Unavailable>,
    /// The first that was left out and may match.
    pub(crate) left_out: Option<LeftOut>,
}

/// A request that was left out and may match: not enough is known of it.
#[derive(Debug)]
pub(crate) struct LeftOut {
    id: RequestId,
    /// Whether its record cannot be read; otherwise it is the headline that did not open.
    unread: bool,
}

impl From<ApprovalRequest> for Row {
    fn from(request: ApprovalRequest) -> Self {
        Self { queued: Queued::from(&request), request: Some(request), headline: None }
    }
}

impl fmt::Display for LeftOut {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let why = if self.unread { "record cannot be read" } else { "headline did not open" };
        write!(f, "`{}`, for one, is left out and may match: its {why}", self.id)
    }
}

impl From<&Row> for LeftOut {
    fn from(row: &Row) -> Self {
        Self { id: row.queued.id.clone(), unread: row.request.is_none() }
    }
}

impl Row {
    /// Whether it has a headline that is not known here.
    pub(crate) fn lacks_headline(&self) -> bool {
        let sealed = self.request.as_ref().is_none_or(|request| request.display.is_some());
        sealed && self.headline.is_none()
    }
}

impl Found {
    /// That nothing was left out that may match, and the rest can be seen: what is not the whole is
    /// no file.
    pub(crate) fn is_whole(&self) -> Result<(), Failure> {
        if self.stopped && self.next.is_none() {
            return Err(Failure::MoreStuck);
        }
        let Some(LeftOut { id, unread }) = &self.left_out else { return Ok(()) };
        let id = id.clone();
        if *unread {
            return Err(Failure::Unread(id));
        }
        let why = self.sealed.as_ref().map(why_sealed);
        Err(Failure::Partial { id, why: why.unwrap_or_else(|| "it does not open here".to_owned()) })
    }
}

/// Finds at most `most` requests that match, behind the cursor: what is open by deadline, soonest
/// first; then what has ended, latest first; what is stuck by when it was due.
///
/// A reference or a whole id in place of a query finds its request wherever it stands.
pub(crate) async fn find(
    records: &Records<'_>,
    headlines: Option<&Headlines>,
    filter: &Filter,
    after: Option<&Cursor>,
    most: usize,
) -> Result<Found, Failure> {
    let because = |error: Unavailable| records.because(&error);
    if let Some(request) = named(records, filter).await.map_err(because)? {
        let anywhere = Filter { tab: Tab::All, query: None, ..filter.clone() };
        let mut page = Pages::new(records, headlines, &anywhere, most, SystemClock.now());
        page.keep(vec![request.into()]).await;
        return Ok(page.found);
    }
    let mut pages = Pages::new(records, headlines, filter, most, SystemClock.now());
    if filter.tab == Tab::Stuck {
        pages.stuck().await.map_err(because)?;
    } else {
        pages.queues(after).await.map_err(because)?;
    }
    Ok(pages.found)
}

/// The request that the query calls by its reference or its id.
async fn named(
    records: &Records<'_>,
    filter: &Filter,
) -> Result<Option<ApprovalRequest>, Unavailable> {
    let Some(query) = filter.query.as_deref().map(str::trim) else { return Ok(None) };
    let id = if let Some(reference) = Reference::parse(query) {
        records.table.find(&reference.digest()).await?
    } else {
        let whole = query.len() == 32 && query.bytes().all(|byte| byte.is_ascii_hexdigit());
        RequestId::parse(&query.to_ascii_lowercase()).ok().filter(|_| whole)
    };
    match id {
        Some(id) => records.table.load(&id).await,
        None => Ok(None),
    }
}

impl Pages<'_> {
    /// What is owed something for too long: what relay-outbox should have served, and what it put
    /// aside. There is no second page: whoever sees that many has other work than to read on.
    async fn stuck(&mut self) -> Result<(), Unavailable> {
        let due = self.records.table.due(self.now.plus(ASIDE), MOST_READ).await?;
        self.found.read = due.len();
        self.found.stopped = due.len() == MOST_READ;
        for some in due.chunks(100) {
            let mut read = self.records.table.requests(some).await?;
            let mut rows = Vec::new();
            for id in some {
                let row = match read.remove(id) {
                    Some(request) => Some(Row::from(request)),
                    None => self.again(id).await?,
                };
                // One that cannot be read is owed what nobody can do.
                let late = |one: &ApprovalRequest| is_stuck(one, self.now);
                rows.extend(row.filter(|row| row.request.as_ref().is_none_or(late)));
            }
            self.keep(rows).await;
            if self.is_full() {
                self.found.stopped = true;
                break;
            }
        }
        Ok(())
    }

    /// One that could not be read among others, read by itself: it may have been written since.
    async fn again(&self, id: &RequestId) -> Result<Option<Row>, Unavailable> {
        let row = self.records.table.row(id).await?;
        Ok(row.map(|(queued, request)| match request {
            Some(request) => request.into(),
            None => Row { queued, request: None, headline: None },
        }))
    }
}

/// Whether something is owed to it for too long.
pub(crate) fn is_stuck(request: &ApprovalRequest, now: Moment) -> bool {
    next_due(request).is_some_and(|due| due.plus(STUCK_AFTER) <= now)
}
