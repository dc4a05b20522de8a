//! The records: whether they can be read and opened, and whether anything is left undone.

use approval_core::freeze::FreezeScope;
use approval_views::display::DisplayPart;

use super::Patient;
use super::finding::{Finding, Report};
use crate::search::{self, Filter, Row, STUCK_AFTER, Tab};

/// How many that are stuck are counted.
const MOST_STUCK: usize = 100;

impl Patient<'_> {
    pub(super) async fn records(&self, report: &mut Report) {
        let newest = match self.any().await {
            Ok(newest) => newest,
            Err(finding) => return report.add(*finding),
        };
        report.add(Finding::ok("table", "can be read, by status too"));
        report.add(self.display(newest.as_ref()).await);
        self.overdue(report).await;
        report.add(match self.records.table.frozen_scopes().await {
            Ok(scopes) if scopes.is_empty() => Finding::ok("freezes", "none"),
            Ok(scopes) => {
                let scopes: Vec<_> = scopes.iter().map(FreezeScope::key).collect();
                let found = format!("nothing runs of {}", scopes.join(", "));
                Finding::warn("freezes", found, "countersign freezes")
            }
            Err(error) => Finding::unseen("freezes", &error),
        });
    }

    /// Some request, best one that waits.
    async fn any(&self) -> Result<Option<Row>, Box<Finding>> {
        for tab in [Tab::WAITING, Tab::All] {
            let filter = Filter { tab, ..Filter::default() };
            let found = search::find(&self.records, None, &filter, None, 1).await;
            let found = found.map_err(|failure| Finding::failure("table", &failure))?;
            if let Some(row) = found.rows.into_iter().next() {
                return Ok(Some(row));
            }
        }
        Ok(None)
    }

    /// Whether a display part opens for these credentials.
    async fn display(&self, row: Option<&Row>) -> Finding {
        const WHAT: &str = "display parts";
        let from = &self.args.from;
        let opener = match from.at.opener_of(from.display_key.as_deref()).await {
            Ok(Some(opener)) => opener,
            Ok(None) => {
                return Finding::warn(WHAT, "their key is not known", "give --display-key");
            }
            Err(failure) => return Finding::failure(WHAT, &failure),
        };
        let Some(request) = row.and_then(|row| row.request.as_ref()) else {
            return Finding::ok(WHAT, "there is none yet to open");
        };
        match DisplayPart::open(request, &opener).await {
            Ok(DisplayPart::Opened(_)) => Finding::ok(WHAT, "open"),
            Ok(DisplayPart::Absent | DisplayPart::Sealed) => {
                Finding::ok(WHAT, "there is none yet to open")
            }
            Ok(DisplayPart::Broken) => Finding::fail(
                WHAT,
                format!("that of {} does not open", request.id),
                "see whether --stack and --display-key are those of this table",
            ),
            Err(error) => {
                let denied = crate::diagnosis::words(&error).contains("AccessDenied");
                if denied {
                    let fix =
                        "deploy with OperatorRoleArn of your role, where you should read them";
                    return Finding::warn(WHAT, "do not open for these credentials", fix);
                }
                Finding::unseen(WHAT, &error)
            }
        }
    }

    /// Whether the sweep runs and serves what it finds: nothing is stuck.
    async fn overdue(&self, report: &mut Report) {
        let filter = Filter { tab: Tab::Stuck, ..Filter::default() };
        let found = search::find(&self.records, None, &filter, None, MOST_STUCK).await;
        let search::Found { rows, stopped, .. } = match found {
            Ok(found) => found,
            Err(failure) => return report.add(Finding::failure("sweep", &failure)),
        };
        let (late, unread): (Vec<_>, Vec<_>) = rows.iter().partition(|row| row.request.is_some());
        report.add(match first(&late) {
            None if stopped => Finding::warn(
                "sweep",
                "nothing overdue was seen, but not all that is due",
                "look at the log of relay-outbox",
            ),
            None => Finding::ok("sweep", "runs: nothing is overdue"),
            Some(late) => Finding::fail(
                "sweep",
                format!("overdue for more than {} min: {late}", STUCK_AFTER.as_mins()),
                "look at the log of relay-outbox and at its alarms",
            ),
        });
        if let Some(unread) = first(&unread) {
            report.add(Finding::fail(
                "records",
                format!("the record cannot be read: {unread}"),
                "see “A request that is stuck” in docs/OPERATIONS.md",
            ));
        }
    }
}

/// The first of these, and how many more there are; none where there is none.
fn first(rows: &[&Row]) -> Option<String> {
    let (first, more) = rows.split_first()?;
    let more = if more.is_empty() { String::new() } else { format!(" and {} more", more.len()) };
    Some(format!("{}{more}", first.queued.id))
}
