//! The requests of a filter.

use std::sync::Arc;

use approval_aws::store::Asked;
use approval_core::digest::Digest;
use approval_core::status::Status;
use approval_views::console::Link;
use approval_views::console::queue::{self, Alike, Entry, Field, Queue};

use super::Console;
use super::outside::Outside;
use super::together::together;
use super::wire::{Ask, Pairs, Reply, address};
use crate::failure::Failure;
use crate::search::{Cursor, Filter, Found, Row, Tab};

/// How many a page shows.
pub(super) const MOST: usize = 25;
/// How many are looked through where people or deliveries are looked for.
const MOST_LOOKED: usize = 200;
/// How many a tab counts.
const MOST_COUNTED: usize = 100;
/// How many requests are asked about at once.
const AT_ONCE: usize = 8;

/// The tabs, what they are called, and whether they are counted when another is shown.
const TABS: [(Tab, &str, bool); 6] = [
    (Tab::WAITING, "Waiting", true),
    (Tab::Soon, "Soon due", true),
    (Tab::Stuck, "Stuck", true),
    (Tab::IN_DOUBT, "In doubt", true),
    (Tab::Ended, "Ended", false),
    (Tab::All, "All", false),
];

/// The fields of the search: name, label, example.
const FIELDS: [(&str, &str, &str); 10] = [
    ("q", "Search", "words, id or reference"),
    ("risk", "Risk", "high,critical"),
    ("tool", "Tool", "billing___refund_order"),
    ("agent", "Agent", "id or id/alias"),
    ("requester", "On behalf of", "name"),
    ("rule", "Rule", "refund-over-100"),
    ("due", "Due within", "1h"),
    ("since", "Asked within", "2h"),
    ("approver", "Answered by", "ana"),
    ("delivery", "Delivery", "failed"),
];

/// What is looked for beside the filter of `list`: what stands in rows of their own.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Beside {
    approver: Option<String>,
    failed: bool,
}

impl Beside {
    fn read(pairs: &Pairs) -> Result<Self, Failure> {
        let failed = match pairs.get("delivery") {
            None => false,
            Some("failed") => true,
            Some(_) => {
                let why = "`delivery` in the address: only `failed` can be looked for";
                return Err(Failure::Usage(why.to_owned()));
            }
        };
        Ok(Self { approver: pairs.get("approver").map(str::to_owned), failed })
    }

    fn is_any(&self) -> bool {
        self.failed || self.approver.is_some()
    }

    fn matches(&self, entry: &Entry) -> bool {
        let decided = || entry.decisions.iter().flatten();
        let by = |who: &String| decided().any(|one| one.link.approver.as_str() == who);
        self.approver.as_ref().is_none_or(by) && (!self.failed || queue::has_trouble(entry))
    }
}

/// The place of a page; none at the front.
pub(super) fn cursor(pairs: &Pairs) -> Result<Option<Cursor>, Failure> {
    let after = pairs.get("after").map(str::parse::<Cursor>).transpose();
    after.map_err(|error| Failure::Usage(error.to_string()))
}

/// What an address looks for.
pub(super) fn filter(pairs: &Pairs) -> Result<Filter, Failure> {
    Filter::from_pairs(pairs.all()).map_err(|error| Failure::Usage(error.to_string()))
}

/// Whether an address can be looked for at all.
pub(super) fn is_sound(pairs: &Pairs) -> bool {
    filter(pairs).is_ok() && Beside::read(pairs).is_ok() && cursor(pairs).is_ok()
}

/// What tells one list from another: which requests are in it, and where they stand.
pub(super) fn shape(rows: &[Row]) -> String {
    let stands = |row: &Row| format!("{}={}", row.queued.id, row.queued.status);
    let text = rows.iter().take(MOST).map(stands).collect::<Vec<_>>().join("\n");
    Digest::of(text.as_bytes()).to_string().chars().take(16).collect()
}

impl<O: Outside> Console<O> {
    /// The screen.
    pub(super) async fn queue(&self, ask: &Ask) -> Result<Reply, Failure> {
        let pairs = ask.pairs();
        let read =
            filter(&pairs).and_then(|filter| Ok((filter, Beside::read(&pairs)?, cursor(&pairs)?)));
        let (filter, beside, after) = match read {
            Ok(read) => read,
            Err(failure) => return Ok(self.unsearched(&pairs, &failure)),
        };
        let most = if beside.is_any() { MOST_LOOKED } else { MOST };
        let found = self.outside.find(&filter, after.as_ref(), most, true).await?;
        let mut queue = around(&filter, &beside, &pairs, &found);
        queue.tabs = self.tabs(&filter, &found, after.is_some()).await?;
        let (shape, looked) = (shape(&found.rows), found.rows.len());
        queue.entries = self.entries(found.rows, &filter).await?;
        queue.entries.retain(|entry| beside.matches(entry));
        if beside.is_any() {
            queue.notes.push(format!("{looked} requests were looked through for this."));
        }
        let shell = self.shell();
        let now = shell.now.to_string();
        let news = filter.to_pairs();
        let news = news.iter().map(|(key, value)| (*key, value.as_str()));
        // Of a later page only what is new can be told.
        let shape = after.is_none().then_some(("shape", shape.as_str()));
        let news = news.chain([("from", now.as_str())]).chain(shape);
        queue.news = address("/queue/news", news);
        Ok(Reply::page(200, queue::render(&shell, &queue)))
    }

    /// What is shown where the search cannot be made.
    fn unsearched(&self, pairs: &Pairs, failure: &Failure) -> Reply {
        let queue = Queue {
            tabs: TABS.map(|(tab, name, _)| link(tab, name, None, false)).into(),
            fields: fields(pairs),
            narrowed: true,
            empty: "Nothing was searched for.".to_owned(),
            error: Some(approval_views::visible(&failure.to_string())),
            ..Queue::default()
        };
        Reply::page(400, queue::render(&self.shell(), &queue))
    }

    /// The tabs with their counts.
    async fn tabs(
        &self,
        filter: &Filter,
        found: &Found,
        paged: bool,
    ) -> Result<Vec<queue::Tab>, Failure> {
        let others = TABS.into_iter().filter(|(tab, _, counted)| *counted && *tab != filter.tab);
        let known = together(others.collect(), TABS.len(), |(tab, ..)| {
            let outside = Arc::clone(&self.outside);
            // What cannot be counted hides nothing of the list that was asked for.
            async move { Ok((tab, count(&*outside, tab).await.ok())) }
        });
        let known = known.await?;
        let mut tabs = Vec::new();
        for (tab, name, counted) in TABS {
            let here = tab == filter.tab;
            let whole = Filter { tab, ..Filter::default() };
            let all = *filter == whole && !paged && found.next.is_none() && !found.stopped;
            let count = match known.iter().find(|(one, _)| *one == tab) {
                Some((_, count)) => count.clone(),
                None if here && all => Some(found.rows.len().to_string()),
                None if here && counted => count(&*self.outside, tab).await.ok(),
                None => None,
            };
            tabs.push(link(tab, name, count, here));
        }
        Ok(tabs)
    }

    /// The rows with what stands beside them, in the same order.
    async fn entries(&self, rows: Vec<Row>, filter: &Filter) -> Result<Vec<Entry>, Failure> {
        together(rows, AT_ONCE, |row| {
            let outside = Arc::clone(&self.outside);
            let alike = alike(&row, filter);
            async move { entry(&*outside, row, alike).await }
        })
        .await
    }
}

/// What stands around the rows.
fn around(filter: &Filter, beside: &Beside, pairs: &Pairs, found: &Found) -> Queue {
    let kept: Vec<_> = FIELDS
        .iter()
        .map(|(key, _, _)| *key)
        .chain(["tab"])
        .filter_map(|key| Some((key, pairs.get(key)?)))
        .collect();
    let here = |path: &str| address(path, kept.iter().copied());
    let after = found.next.as_ref().map(ToString::to_string);
    let next =
        after.map(|after| address("/", kept.iter().copied().chain([("after", after.as_str())])));
    let narrowed = kept.iter().any(|(key, _)| *key != "tab");
    let mut notes = Vec::new();
    if found.stopped {
        notes.push(format!(
            "{} rows were read, as many as are read at once; there may be more behind them.",
            found.read
        ));
    }
    notes.extend(found.left_out.as_ref().map(|left_out| format!("{left_out}.")));
    if let Some(error) = &found.sealed {
        let why = crate::diagnosis::words(error);
        notes.push(format!("Headlines stay sealed: {why}."));
    }
    let empty = match (narrowed, filter.tab) {
        (true, _) => "Nothing here matches the search.",
        (false, Tab::Soon) => "Nothing that waits is close to its deadline.",
        (false, Tab::Stuck) => "Nothing is stuck.",
        (false, Tab::Ended) => "Nothing has ended yet.",
        (false, tab) if tab == Tab::WAITING => "Nothing waits for people.",
        (false, tab) if tab == Tab::IN_DOUBT => "Nothing is in doubt.",
        (false, _) => "Nothing is here.",
    };
    let sealed = found.rows.iter().all(|row| row.headline.is_none());
    Queue {
        tab: filter.tab.as_str().to_owned(),
        fields: fields(pairs),
        narrowed,
        empty: empty.to_owned(),
        notes,
        sealed,
        next,
        first: pairs.get("after").map(|_| here("/")),
        same: here("/"),
        // A file holds what `countersign export` would write, which knows no more than the filter.
        export: (!beside.is_any()).then(|| (here("/export.csv"), here("/export.jsonl"))),
        ..Queue::default()
    }
}

/// How many there are, as `12` or `100+`.
pub(super) async fn count(outside: &impl Outside, tab: Tab) -> Result<String, Failure> {
    let filter = Filter { tab, ..Filter::default() };
    let found = outside.find(&filter, None, MOST_COUNTED, false).await?;
    let more = if found.next.is_some() || found.stopped { "+" } else { "" };
    Ok(format!("{}{more}", found.rows.len()))
}

async fn entry(outside: &impl Outside, row: Row, alike: Alike) -> Result<Entry, Failure> {
    let Row { queued, request, headline } = row;
    let waits = queued.status == Status::Pending;
    let asked = if waits { outside.asked(&queued.id).await? } else { Asked::default() };
    let Asked { decisions, notices } = asked;
    Ok(Entry {
        id: queued.id,
        status: queued.status,
        tool: queued.tool,
        tier: queued.tier,
        asked_at: queued.asked_at,
        decide_by: queued.decide_by,
        request,
        headline,
        decisions,
        notices,
        alike,
    })
}

fn alike(row: &Row, filter: &Filter) -> Alike {
    let of = |key: &str, value: &str| address("/", [("tab", filter.tab.as_str()), (key, value)]);
    let agent = row.request.as_ref().map(|request| request.requester.agent.as_str());
    Alike {
        tool: of("tool", row.queued.tool.as_str()),
        agent: agent.map(|agent| of("agent", agent)).unwrap_or_default(),
        rule: of("rule", ""),
    }
}

fn link(tab: Tab, name: &str, count: Option<String>, here: bool) -> queue::Tab {
    queue::Tab { link: Link::new(name, address("/", [("tab", tab.as_str())])), count, here }
}

fn fields(pairs: &Pairs) -> Vec<Field> {
    let field = |(key, label, example)| Field { key, label, example, value: pairs.text(key) };
    FIELDS.map(field).into()
}
