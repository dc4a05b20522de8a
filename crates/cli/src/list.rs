//! `list`: what waits, or matches otherwise. It reads a bounded number of rows, however many there
//! are.

use std::io::Write;

use approval_aws::system::SystemClock;
use approval_core::moment::Moment;
use approval_core::ports::Clock;
use approval_core::risk::RiskTier;
use approval_core::status::Status;
use approval_views::time;
use serde::Serialize;

use crate::cli::{List, Times};
use crate::failure::{Failure, hint};
use crate::grid::{Cell, Row};
use crate::listed::{Listed, person};
use crate::search::{self, Filter, Found, Headlines};
use crate::sheet::Line;

/// Lists the requests.
pub(crate) async fn list(args: &List, out: &mut impl Write) -> Result<(), Failure> {
    let records = args.from.at.records().await?;
    let opener = args.from.at.opener_of(args.from.display_key.as_deref()).await?;
    let headlines = opener.map(Headlines::new);
    let most = usize::from(args.limit);
    let found = search::find(&records, headlines.as_ref(), &args.filter, None, most).await;
    let mut found = found?;
    let (now, times) = (SystemClock.now(), args.time);
    let shown = |row| Shown { listed: Listed::from(row), now, times };
    let rows: Vec<_> = found.rows.drain(..).map(shown).collect();
    args.output.write(heads(times), &rows, out)?;
    beside(&args.filter, &found, rows.len());
    Ok(())
}

/// Says beside the data what is not in it.
fn beside(filter: &Filter, found: &Found, listed: usize) {
    let which = filter.tab.words();
    let everything = Filter { tab: filter.tab, ..Filter::default() };
    let that = if *filter == everything { "" } else { " that matches" };
    if found.stopped && listed == 0 {
        hint(&format!(
            "no match among the {} rows that may be read at once, and there are more: narrow the \
             filter, or `export`",
            found.read
        ));
    } else if found.stopped {
        let read = found.read;
        hint(&format!("{read} rows were read, and there are more: narrow the filter, or `export`"));
    } else if listed == 0 {
        hint(&format!("no request{that} is {which}"));
    } else if found.next.is_some() {
        hint(&format!("more than {listed} are {which}; these come first, --limit shows more"));
    }
    if let Some(left_out) = &found.left_out {
        hint(&left_out.to_string());
    }
    if let Some(why) = &found.sealed {
        hint(&search::why_sealed(why));
    }
}

#[derive(Serialize)]
struct Shown {
    #[serde(flatten)]
    listed: Listed,
    #[serde(skip)]
    now: Moment,
    #[serde(skip)]
    times: Times,
}

fn heads(times: Times) -> &'static [&'static str] {
    match times {
        Times::Relative => &["ID", "STATUS", "RISK", "WHAT", "AGENT", "FOR", "ASKED", "TIME LEFT"],
        Times::Iso => &["ID", "STATUS", "RISK", "WHAT", "AGENT", "FOR", "ASKED", "DECIDE BY"],
    }
}

impl Row for Shown {
    fn columns(&self) -> Vec<Cell> {
        let Listed { id, status, tool, tier, headline, asked_at, decide_by, more } = &self.listed;
        let dash = || "-".to_owned();
        let serious = matches!(tier, Some(RiskTier::High | RiskTier::Critical));
        let (asked, left) = match self.times {
            Times::Relative => (self.ago(), self.left()),
            Times::Iso => {
                let by = decide_by.map_or_else(dash, |by| by.to_string());
                (asked_at.to_string(), Cell::from(by))
            }
        };
        vec![
            id.to_string().into(),
            status.to_string().into(),
            Cell::pressing(tier.map_or_else(dash, |tier| tier.to_string()), serious),
            headline.clone().unwrap_or_else(|| tool.to_string()).into(),
            more.as_ref().map_or_else(dash, |more| more.agent.clone()).into(),
            more.as_ref().map_or_else(dash, |more| person(&more.person)).into(),
            asked.into(),
            left,
        ]
    }
}

impl Line for Shown {
    const HEADS: &'static [&'static str] = Listed::HEADS;

    fn cells(&self) -> Vec<String> {
        self.listed.cells()
    }
}

impl Shown {
    fn ago(&self) -> String {
        format!("{} ago", time::left(self.now.since(self.listed.asked_at)))
    }

    /// How long people have.
    fn left(&self) -> Cell {
        match self.listed.decide_by.filter(|_| self.listed.status == Status::Pending) {
            Some(by) if by <= self.now => Cell::pressing("over", true),
            Some(by) => {
                let presses = search::presses(self.listed.asked_at, by, self.now);
                Cell::pressing(time::left(by.since(self.now)), presses)
            }
            None => Cell::from("-"),
        }
    }
}

#[cfg(test)]
mod tests {
    use approval_core::name::{RequestId, ToolName};

    use super::*;

    fn shown(status: Status, now: &str, times: Times) -> Shown {
        let at = |text: &str| Moment::parse(text).unwrap();
        let listed = Listed {
            id: RequestId::parse("r-1").unwrap(),
            status,
            tool: ToolName::parse("billing___refund_order").unwrap(),
            tier: Some(RiskTier::High),
            asked_at: at("2026-11-22T10:00:00Z"),
            decide_by: Some(at("2026-11-22T14:00:00Z")),
            headline: None,
            more: None,
        };
        Shown { listed, now: at(now), times }
    }

    #[test]
    fn time_is_left_only_while_people_may_decide_and_presses_in_its_last_quarter() {
        let left = |status, now| shown(status, now, Times::Relative).left();
        let pressing = |text, presses| Cell::pressing(text, presses);
        assert_eq!(left(Status::Pending, "2026-11-22T10:30:00Z"), pressing("3 h 30 min", false));
        assert_eq!(left(Status::Pending, "2026-11-22T13:00:01Z"), pressing("59 min 59 s", true));
        assert_eq!(left(Status::Pending, "2026-11-22T14:00:00Z"), pressing("over", true));
        assert_eq!(left(Status::Approved, "2026-11-22T10:30:00Z"), pressing("-", false));
    }

    #[test]
    fn times_are_told_as_asked_for() {
        let row = |times| shown(Status::Pending, "2026-11-22T10:30:00Z", times).columns();
        let relative = row(Times::Relative);
        assert_eq!(relative[6..], [Cell::from("30 min ago"), Cell::from("3 h 30 min")]);
        let iso = row(Times::Iso);
        let at = ["2026-11-22T10:00:00.000Z", "2026-11-22T14:00:00.000Z"];
        assert_eq!(iso[6..], at.map(Cell::from));
        assert_eq!(iso[2], Cell::pressing("high", true));
        assert_eq!(iso[3..6], ["billing___refund_order", "-", "-"].map(Cell::from));
    }
}
