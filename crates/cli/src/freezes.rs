//! `freezes`: what is frozen.

use std::io::Write;

use approval_core::freeze::Freeze;
use approval_views::time;

use crate::cli::Freezes;
use crate::failure::{Failure, hint};
use crate::grid::{Cell, Row};
use crate::sheet::Line;

const HEADS: [&str; 4] = ["SCOPE", "SINCE", "BY", "WHY"];

/// Lists the freezes that hold.
pub(crate) async fn freezes(args: &Freezes, out: &mut impl Write) -> Result<(), Failure> {
    let records = args.at.records().await?;
    let rows = records.freezes().await?;
    args.output.write(&HEADS, &rows, out)?;
    if rows.is_empty() {
        hint("no freeze is listed");
    }
    Ok(())
}

impl Row for Freeze {
    fn columns(&self) -> Vec<Cell> {
        let since = time::minute(self.at);
        [self.scope.key(), since, self.who.clone(), self.reason.clone()].map(Cell::from).into()
    }
}

impl Line for Freeze {
    const HEADS: &'static [&'static str] = &["scope", "at", "who", "reason"];

    fn cells(&self) -> Vec<String> {
        vec![self.scope.key(), self.at.to_string(), self.who.clone(), self.reason.clone()]
    }
}
