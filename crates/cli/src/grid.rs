//! Rows in columns, for a terminal; or as JSON or CSV, for programs.

use std::env;
use std::fmt::Write as _;
use std::io::{self, IsTerminal as _, Write};

use approval_views::{json, visible};
use serde::Serialize;

use crate::cli::{Color, Form, Listing};
use crate::failure::{Failure, hint};
use crate::sheet::{Line, Sheet};

/// The longest text of a column, in characters.
const WIDEST: usize = 60;

/// What a list shows of one thing to people.
pub(crate) trait Row {
    /// Its columns.
    fn columns(&self) -> Vec<Cell>;
}

/// One text of a row.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Cell {
    text: String,
    presses: bool,
}

impl Cell {
    /// A text that presses.
    pub(crate) fn pressing(text: impl Into<String>, presses: bool) -> Self {
        Self { text: text.into(), presses }
    }
}

impl<T: Into<String>> From<T> for Cell {
    fn from(text: T) -> Self {
        Self::pressing(text, false)
    }
}

impl Listing {
    /// Writes the rows in the form that was asked for, or that suits where they go.
    pub(crate) fn write<R: Row + Line + Serialize>(
        self,
        heads: &[&str],
        rows: &[R],
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let suits = if io::stdout().is_terminal() { Form::Table } else { Form::Jsonl };
        let mut cut = false;
        match self.form.unwrap_or(suits) {
            Form::Table => {
                let grid = Grid::of(heads, rows);
                write!(out, "{}", grid.render(self.color.stresses()))?;
                cut = grid.cut;
            }
            Form::Json => writeln!(out, "{}", json::render(&rows).map_err(|_| Failure::Json)?)?,
            Form::Jsonl => {
                for row in rows {
                    writeln!(out, "{}", json::line(row).map_err(|_| Failure::Json)?)?;
                }
            }
            Form::Csv => {
                let mut sheet = Sheet::of::<R>(&mut *out)?;
                for row in rows {
                    sheet.line(row)?;
                }
                sheet.flush()?;
            }
        }
        out.flush()?;
        if cut {
            hint("texts that end in … are cut; -o json shows all of them");
        }
        Ok(())
    }
}

impl Color {
    /// Whether what presses is stressed.
    fn stresses(self) -> bool {
        let said = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
        match self {
            Self::Always => true,
            Self::Never => false,
            Self::Auto => io::stdout().is_terminal() && !said("NO_COLOR"),
        }
    }
}

/// Rows under their heads.
struct Grid {
    lines: Vec<Vec<Cell>>,
    /// Whether a text was cut.
    cut: bool,
}

impl Grid {
    fn of<R: Row>(heads: &[&str], rows: &[R]) -> Self {
        let mut cut = false;
        let mut lines = Vec::new();
        if !rows.is_empty() {
            lines.push(heads.iter().map(|&head| Cell::from(head)).collect());
        }
        for row in rows {
            let shown = row.columns().into_iter().map(|Cell { text, presses }| {
                let mut text = visible(&text);
                if text.chars().count() > WIDEST {
                    cut = true;
                    text = text.chars().take(WIDEST.saturating_sub(1)).chain(['…']).collect();
                }
                Cell { text, presses }
            });
            lines.push(shown.collect());
        }
        Self { lines, cut }
    }

    /// Each column as wide as its widest text; nothing where there is none.
    fn render(&self, stresses: bool) -> String {
        let mut widths = Vec::new();
        for line in &self.lines {
            widths.resize(line.len().max(widths.len()), 0);
            for (width, cell) in widths.iter_mut().zip(line) {
                *width = cell.text.chars().count().max(*width);
            }
        }
        let mut grid = String::new();
        for line in &self.lines {
            for (Cell { text, presses }, width) in line.iter().zip(&widths) {
                let (on, off) =
                    if *presses && stresses { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
                let padding = width.saturating_sub(text.chars().count());
                // INVARIANT: writing to a String cannot fail.
                let _ = write!(grid, "{on}{text}{off}{:padding$}  ", "");
            }
            grid.truncate(grid.trim_end_matches(' ').len());
            grid.push('\n');
        }
        grid
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Two(&'static str, &'static str);

    impl Row for Two {
        fn columns(&self) -> Vec<Cell> {
            vec![self.0.into(), Cell::pressing(self.1, self.1 == "high")]
        }
    }

    #[test]
    fn columns_are_as_wide_as_they_must_be_and_hide_nothing() {
        let rows = [Two("a", "x"), Two("abc\u{202e}", "y")];
        let grid = "ID           WHAT\na            x\nabc⟦U+202E⟧  y\n";
        assert_eq!(Grid::of(&["ID", "WHAT"], &rows).render(false), grid);
        assert_eq!(Grid::of::<Two>(&["ID", "WHAT"], &[]).render(true), "");
    }

    #[test]
    fn what_presses_is_stressed_and_takes_no_more_room() {
        let grid = Grid::of(&["ID", "RISK"], &[Two("a", "high"), Two("b", "low")]);
        assert_eq!(grid.render(true), "ID  RISK\na   \u{1b}[1mhigh\u{1b}[0m\nb   low\n");
        assert!(!grid.render(false).contains('\u{1b}'));
    }

    #[test]
    fn a_text_that_is_too_long_is_cut_and_that_is_known() {
        let long = "a very long headline that goes on and on and on until nobody reads it any more";
        let grid = Grid::of(&["ID", "WHAT"], &[Two("a", long)]);
        assert!(grid.cut);
        let shown = grid.render(false);
        let shown = shown.lines().last().unwrap();
        assert!(shown.ends_with("until nobod…") && shown.chars().count() == 64, "{shown}");
    }
}
