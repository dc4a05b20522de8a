//! Lines of cells for spreadsheets: CSV as RFC 4180 has it, and no cell a formula.

use std::io::{self, Write};

/// What a sheet holds of one thing.
pub(crate) trait Line {
    /// The names of its columns.
    const HEADS: &'static [&'static str];

    /// Its cells, in the order of the heads, as they came.
    fn cells(&self) -> Vec<String>;
}

/// Writes lines under their heads.
pub(crate) struct Sheet<W: Write>(Box<csv::Writer<W>>);

impl<W: Write> Sheet<W> {
    /// Begins a sheet with its heads.
    pub(crate) fn of<L: Line>(out: W) -> io::Result<Self> {
        let mut writer = csv::WriterBuilder::new().from_writer(out);
        writer.write_record(L::HEADS).map_err(io_error)?;
        Ok(Self(Box::new(writer)))
    }

    /// Writes one line.
    pub(crate) fn line(&mut self, line: &impl Line) -> io::Result<()> {
        let cells = line.cells();
        self.0.write_record(cells.iter().map(|cell| inert(cell))).map_err(io_error)
    }

    /// Writes what was held back.
    pub(crate) fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// The cell as a spreadsheet does not act on it, and as nothing in it hides.
///
/// # Security
///
/// Agents and applications choose names and arguments. A cell that begins as a formula would be
/// evaluated by whoever opens the export, and could send them or their data elsewhere.
fn inert(cell: &str) -> String {
    if cell.is_empty() {
        return String::new();
    }
    let shown = approval_views::visible(cell);
    // Whatever hides begins with a bracket once it is visible; a reader of the file may undo that.
    // Where lists are separated by `;`, a spreadsheet begins a cell behind each.
    let acts = shown.split(';').any(|part| {
        let begins = part.trim_start_matches([' ', '"', '\'']).chars().next();
        begins.is_some_and(|first| "=+-@＝＋－＠".contains(first))
    });
    let hid = cell.starts_with(['\t', '\r', '\n']);
    if acts || hid { format!("'{}", shown.replace(';', "; '")) } else { shown }
}

/// The writer's own errors are about its use, of which there are none here.
fn io_error(error: csv::Error) -> io::Error {
    error.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Cells(Vec<String>);

    impl Line for Cells {
        const HEADS: &'static [&'static str] = &["what"];

        fn cells(&self) -> Vec<String> {
            self.0.clone()
        }
    }

    fn written(cell: &str) -> String {
        let mut out = Vec::new();
        let mut sheet = Sheet::of::<Cells>(&mut out).unwrap();
        sheet.line(&Cells(vec![cell.to_owned()])).unwrap();
        sheet.flush().unwrap();
        drop(sheet);
        let text = String::from_utf8(out).unwrap();
        text.strip_prefix("what\n").unwrap().trim_end_matches('\n').to_owned()
    }

    #[test]
    fn no_cell_is_a_formula_and_none_ends_early() {
        let cases = [
            ("refund", "refund"),
            ("a \"b\", c", "\"a \"\"b\"\", c\""),
            ("=HYPERLINK(1)", "'=HYPERLINK(1)"),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(1)", "'@SUM(1)"),
            ("  =1", "⟦2 spaces⟧=1"),
            ("＝1", "'＝1"),
            ("480.00", "480.00"),
            ("x;=cmd|A0", "'x; '=cmd|A0"),
            ("x; \"=1", "\"'x; ' \"\"=1\""),
            ("a;b", "a;b"),
        ];
        for (cell, wanted) in cases {
            assert_eq!(written(cell), wanted, "{cell}");
        }
        for hidden in ["\t=1", "\r=1", "\n=1"] {
            let cell = written(hidden);
            assert!(cell.trim_start_matches('"').starts_with('\''), "{cell}");
        }
    }
}
