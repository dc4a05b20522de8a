//! `list`: what waits, or stands otherwise. It reads a bounded number of rows, however many there
//! are.

use std::io::Write;

use approval_aws::store::Queued;
use approval_aws::system::SystemClock;
use approval_core::moment::Moment;
use approval_core::ports::Clock;
use approval_core::status::Status;
use approval_views::time;
use serde::Serialize;

use crate::cli::List;
use crate::failure::{Failure, hint};
use crate::grid;
use crate::search::{self, Filter, Found, Row};

const HEADS: [&str; 6] = ["ID", "STATUS", "RISK", "TOOL", "ASKED", "TIME LEFT"];

/// Lists the requests.
pub(crate) async fn list(args: &List, out: &mut impl Write) -> Result<(), Failure> {
    let records = args.at.records().await?;
    let most = usize::from(args.limit);
    let mut found = search::find(&records, None, &args.filter, None, most).await?;
    let now = SystemClock.now();
    let listed = |row: Row| Listed { queued: row.queued, now };
    let rows: Vec<_> = found.rows.drain(..).map(listed).collect();
    args.output.write(&HEADS, &rows, out)?;
    beside(args, &found, rows.len());
    Ok(())
}

/// Says beside the data what is not in it.
fn beside(args: &List, found: &Found, listed: usize) {
    let which = args.filter.tab.words();
    let that = if args.filter == (Filter { tab: args.filter.tab, ..Filter::default() }) {
        ""
    } else {
        " that matches"
    };
    if found.stopped && listed == 0 {
        hint(&format!(
            "no match among the {} rows that may be read at once, and there are more: narrow the \
             filter",
            found.read
        ));
    } else if found.stopped {
        hint(&format!("{} rows were read, and there are more: narrow the filter", found.read));
    } else if listed == 0 {
        hint(&format!("no request{that} is {which}"));
    } else if found.next.is_some() {
        hint(&format!("more than {listed} are {which}; these come first, --limit shows more"));
    }
}

#[derive(Debug, Serialize)]
struct Listed {
    #[serde(flatten)]
    queued: Queued,
    #[serde(skip)]
    now: Moment,
}

impl grid::Row for Listed {
    fn columns(&self) -> Vec<String> {
        let Queued { id, status, tool, tier, asked_at, .. } = &self.queued;
        let tier = tier.map_or_else(|| "-".to_owned(), |tier| tier.to_string());
        let asked = time::minute(*asked_at);
        vec![id.to_string(), status.to_string(), tier, tool.to_string(), asked, self.left()]
    }
}

impl Listed {
    /// How long people have.
    fn left(&self) -> String {
        match self.queued.decide_by.filter(|_| self.queued.status == Status::Pending) {
            Some(by) if by <= self.now => "over".to_owned(),
            Some(by) => time::left(by.since(self.now)),
            None => "-".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Row as _;

    #[test]
    fn time_is_left_only_while_people_may_decide() {
        let at = |text: &str| Moment::parse(text).unwrap();
        let listed = |status, now: &str| Listed {
            queued: Queued {
                id: approval_core::name::RequestId::parse("r-1").unwrap(),
                status,
                tool: approval_core::name::ToolName::parse("billing___refund_order").unwrap(),
                tier: None,
                asked_at: at("2026-11-22T10:00:00Z"),
                decide_by: Some(at("2026-11-22T14:00:00Z")),
                place: String::new(),
            },
            now: at(now),
        };
        let row = listed(Status::Pending, "2026-11-22T10:30:00Z").columns().join("|");
        let shown = "r-1|pending|-|billing___refund_order|2026-11-22 10:00 UTC|3 h 30 min";
        assert_eq!(row, shown);
        assert_eq!(listed(Status::Pending, "2026-11-22T14:00:00Z").left(), "over");
        assert_eq!(listed(Status::Approved, "2026-11-22T10:30:00Z").left(), "-");
    }
}
