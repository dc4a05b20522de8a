//! `export`: everything that matches a filter, a page at a time until there is nothing more.

use std::io::{self, IsTerminal as _, Write};
use std::time::{Duration, Instant};

use approval_views::json;

use crate::cli::{Export, ExportForm};
use crate::failure::{Failure, hint};
use crate::listed::Listed;
use crate::search::{self, Headlines, Tab};
use crate::sheet::Sheet;

/// How many requests are written at once.
pub(crate) const PAGE: usize = 200;
/// For how long it works in silence.
const SILENCE: Duration = Duration::from_secs(2);

/// Writes the requests out.
pub(crate) async fn export(args: &Export, out: &mut impl Write) -> Result<(), Failure> {
    let records = args.from.at.records().await?;
    let opener = args.from.at.opener_of(args.from.display_key.as_deref()).await?;
    let mut headlines = opener.map(Headlines::new);
    // What may turn out not to be the whole is held back until it is.
    let mut held = Vec::new();
    let holds = args.filter.needs_record() || args.filter.tab == Tab::Stuck;
    let to: &mut dyn Write = if holds { &mut held } else { &mut *out };
    let mut written = Written::begin(args.form, to)?;
    let mut progress = Progress::begin();
    let mut after = None;
    loop {
        let page = search::find(&records, headlines.as_ref(), &args.filter, after.as_ref(), PAGE);
        let page = page.await?;
        page.is_whole()?;
        if let Some(why) = &page.sealed {
            hint(&search::why_sealed(why));
            headlines = None;
        }
        for row in page.rows {
            written.request(&row.into())?;
            progress.rows = progress.rows.saturating_add(1);
        }
        progress.read = progress.read.saturating_add(page.read);
        progress.tell();
        match page.next {
            // Whatever the index answers, this comes to an end.
            Some(next) if after.as_ref() == Some(&next) => {
                return Err(Failure::Unanswered("the list does not go on".to_owned()));
            }
            Some(next) => after = Some(next),
            None => break,
        }
    }
    progress.end();
    written.end()?;
    out.write_all(&held)?;
    out.flush()?;
    if progress.rows == 0 {
        hint("no request matches");
    }
    Ok(())
}

/// Requests in the form that was asked for.
pub(crate) enum Written<W: Write> {
    Csv(Sheet<W>),
    Jsonl(W),
}

impl<W: Write> Written<W> {
    /// Begins to write.
    pub(crate) fn begin(form: ExportForm, out: W) -> Result<Self, Failure> {
        Ok(match form {
            ExportForm::Csv => Self::Csv(Sheet::of::<Listed>(out)?),
            ExportForm::Jsonl => Self::Jsonl(out),
        })
    }

    /// Writes one request.
    pub(crate) fn request(&mut self, request: &Listed) -> Result<(), Failure> {
        match self {
            Self::Csv(sheet) => sheet.line(request)?,
            Self::Jsonl(out) => {
                writeln!(out, "{}", json::line(request).map_err(|_| Failure::Json)?)?;
            }
        }
        Ok(())
    }

    /// Writes what was held back.
    pub(crate) fn end(self) -> Result<(), Failure> {
        match self {
            Self::Csv(mut sheet) => sheet.flush()?,
            Self::Jsonl(mut out) => out.flush()?,
        }
        Ok(())
    }
}

/// What is said on a terminal while it takes long.
struct Progress {
    begun: Instant,
    shown: bool,
    rows: usize,
    read: usize,
}

impl Progress {
    fn begin() -> Self {
        Self { begun: Instant::now(), shown: false, rows: 0, read: 0 }
    }

    fn tell(&mut self) {
        if self.begun.elapsed() >= SILENCE && io::stderr().is_terminal() {
            let Self { rows, read, .. } = self;
            // Whoever does not see it misses nothing.
            let _ = write!(io::stderr(), "\r{rows} requests written, {read} rows read ...");
            self.shown = true;
        }
    }

    fn end(&self) {
        if self.shown {
            let _ = writeln!(io::stderr());
        }
    }
}
