//! Rows in columns, for a terminal; or one JSON document, or one line of JSON a row, for programs.

use std::io::{self, IsTerminal as _, Write};

use approval_views::{json, visible};
use serde::Serialize;

use crate::cli::{Form, Listing};
use crate::failure::Failure;

/// What a list shows of one thing to people.
pub(crate) trait Row: Serialize {
    /// Its columns.
    fn columns(&self) -> Vec<String>;
}

impl Listing {
    /// Writes the rows in the form that was asked for, or that suits where they go.
    pub(crate) fn write<R: Row>(
        self,
        heads: &[&str],
        rows: &[R],
        out: &mut impl Write,
    ) -> Result<(), Failure> {
        let suits = if io::stdout().is_terminal() { Form::Table } else { Form::Jsonl };
        match self.form.unwrap_or(suits) {
            Form::Table => write!(out, "{}", table(heads, rows))?,
            Form::Json => writeln!(out, "{}", json::render(&rows).map_err(|_| Failure::Json)?)?,
            Form::Jsonl => {
                for row in rows {
                    writeln!(out, "{}", json::line(row).map_err(|_| Failure::Json)?)?;
                }
            }
        }
        out.flush()?;
        Ok(())
    }
}

/// The rows under their heads, each column as wide as its widest text; nothing where there is none.
fn table<R: Row>(heads: &[&str], rows: &[R]) -> String {
    if rows.is_empty() {
        return String::new();
    }
    let head = heads.iter().map(|&head| head.to_owned()).collect();
    let shown = |row: &R| row.columns().iter().map(|text| visible(text)).collect();
    let lines: Vec<Vec<String>> = std::iter::once(head).chain(rows.iter().map(shown)).collect();
    let mut widths = vec![0; heads.len()];
    for line in &lines {
        for (width, text) in widths.iter_mut().zip(line) {
            *width = text.chars().count().max(*width);
        }
    }
    let mut grid = String::new();
    for line in &lines {
        let padded = line.iter().zip(&widths).map(|(text, &width)| format!("{text:<width$}"));
        grid.push_str(padded.collect::<Vec<_>>().join("  ").trim_end());
        grid.push('\n');
    }
    grid
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Two(&'static str, &'static str);

    impl Row for Two {
        fn columns(&self) -> Vec<String> {
            vec![self.0.to_owned(), self.1.to_owned()]
        }
    }

    #[test]
    fn columns_are_as_wide_as_they_must_be_and_hide_nothing() {
        let rows = [Two("a", "x"), Two("abc\u{202e}", "y")];
        let grid = "ID           WHAT\na            x\nabc⟦U+202E⟧  y\n";
        assert_eq!(table(&["ID", "WHAT"], &rows), grid);
        assert_eq!(table::<Two>(&["ID", "WHAT"], &[]), "");
    }
}
