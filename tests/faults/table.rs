//! What is printed at the end: one line for each run, and one that sums up.

use std::time::Duration;

use crate::legal::Wrong;
use crate::proxy::Call;
use crate::run::Run;

/// The lines of all runs.
#[derive(Debug, Default)]
pub struct Table {
    rows: Vec<[String; 6]>,
    lost: usize,
    doubled: usize,
    stuck: usize,
    unmet: usize,
}

const HEAD: [&str; 6] = ["path", "function", "call", "fault", "outcome", "seconds"];

impl Table {
    pub fn add(&mut self, run: &Run, judged: &Result<String, Wrong>) {
        let (count, outcome) = match judged {
            Ok(outcome) => (None, outcome.clone()),
            Err(Wrong::Lost(what)) => (Some(&mut self.lost), format!("LOST {what}")),
            Err(Wrong::Doubled(what)) => (Some(&mut self.doubled), format!("DOUBLED {what}")),
            Err(Wrong::Stuck(what)) => (Some(&mut self.stuck), format!("STUCK {what}")),
        };
        if let Some(count) = count {
            *count += 1;
        }
        let (function, call, fault) = match &run.fault {
            None => ("-".to_owned(), "-".to_owned(), "none"),
            Some(fault) => {
                let name = Call::short(&fault.function);
                (name, format!("{} #{}", fault.action, fault.nth), fault.kind.name())
            }
        };
        let seconds = format!("{:.1}", run.took());
        self.unmet += usize::from(!run.is_met());
        let path = run.path.name().to_owned();
        self.rows.push([path, function, call, fault.to_owned(), outcome, seconds]);
    }

    /// Prints all, and tells whether nothing was lost, doubled or stuck.
    pub fn close(&self, calls: usize, kinds: usize, took: Duration) -> bool {
        let width = |at: usize| {
            let rows = self.rows.iter().map(|row| row[at].len());
            rows.chain([HEAD[at].len()]).max().unwrap_or_default()
        };
        // Outcomes that went wrong are long, and what comes after them need not be in line.
        let widths = [width(0), width(1), width(2), width(3), 30, 7];
        let line = |row: &[&str]| {
            let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:<width$}"));
            println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
        };
        println!();
        line(&HEAD);
        for row in &self.rows {
            line(&row.each_ref().map(String::as_str));
        }
        let Self { rows, lost, doubled, stuck, unmet } = self;
        let (runs, took) = (rows.len(), took.as_secs());
        println!("\n{runs} runs in {took} s; in {unmet} the call was not made");
        println!("{calls} calls x {kinds} faults: lost {lost}, doubled {doubled}, stuck {stuck}");
        lost + doubled + stuck == 0
    }
}
