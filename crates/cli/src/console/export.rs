//! The list that is shown, as a file.

use crate::cli::ExportForm;
use crate::export::{PAGE, Written};
use crate::failure::Failure;

use super::Console;
use super::outside::Outside;
use super::queue::filter;
use super::wire::{Ask, Reply};
use crate::search::Row;

/// How many requests one file holds at most. `countersign export` has no such bound.
const MOST: usize = 10_000;

impl<O: Outside> Console<O> {
    /// Writes all that matches, from the front.
    pub(super) async fn export(&self, ask: &Ask, form: ExportForm) -> Result<Reply, Failure> {
        let filter = filter(&ask.pairs())?;
        let mut file = Vec::new();
        let mut written = Written::begin(form, &mut file)?;
        let (mut after, mut count, mut lacking) = (None, 0_usize, false);
        loop {
            let found = self.outside.find(&filter, after.as_ref(), PAGE, true).await?;
            found.is_whole()?;
            lacking |= found.rows.iter().any(Row::lacks_headline);
            count = count.saturating_add(found.rows.len());
            if count > MOST {
                // A file that ends somewhere would be taken for the whole.
                return Err(Failure::Usage(format!(
                    "more than {MOST} requests match: narrow the search, or use `countersign export`"
                )));
            }
            for row in found.rows {
                written.request(&row.into())?;
            }
            match found.next {
                // Whatever the index answers, this comes to an end.
                Some(next) if after.as_ref() == Some(&next) => {
                    return Err(Failure::Unanswered("the list does not go on".to_owned()));
                }
                Some(next) => after = Some(next),
                None => break,
            }
        }
        written.end()?;
        let (kind, ending) = match form {
            ExportForm::Csv => ("text/csv; charset=utf-8", "csv"),
            ExportForm::Jsonl => ("application/jsonl; charset=utf-8", "jsonl"),
        };
        // The name is what is seen of a file before it is opened.
        let name = if lacking { "requests-without-all-headlines" } else { "requests" };
        // INVARIANT: both forms are written as UTF-8.
        let body = String::from_utf8(file).map_err(|_| Failure::Json)?;
        let mut reply = Reply::data(kind, body);
        reply.set("content-disposition", format!("attachment; filename=\"{name}.{ending}\""));
        Ok(reply)
    }
}
