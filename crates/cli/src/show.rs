//! `show`: one request of a deployed stack. It reads and never writes.

use std::cell::OnceCell;
use std::io::Write;

use approval_aws::keys::Sealer;
use approval_core::name::RequestId;
use approval_core::ports::{AuditTrail, Unavailable};
use approval_views::{DisplayPart, Found, RequestView, json, text};

use crate::cli::{Output, Show};
use crate::deployment::Records;
use crate::failure::{Failure, hint};

const HINT: &str = "the arguments are sealed; to show them, name the stack with --stack, or the \
                    key that opens the display parts with --display-key";

/// Shows the request.
pub(crate) async fn show(args: &Show, out: &mut impl Write) -> Result<(), Failure> {
    let records = args.from.at.records().await?;
    let parts = args.from.at.opener_of(args.from.display_key.as_deref()).await?;
    let insists = args.from.display_key.is_some();
    let stack = Stack { records, parts, insists, sealed: OnceCell::new() };
    let id = stack.records.id(&args.request).await?;
    let found = stack.find(&id).await?;
    let sealed = found.display == DisplayPart::Sealed;
    let view = RequestView::from(found);
    match args.output {
        Output::Text => write!(out, "{}", text::render(&view))?,
        Output::Json => writeln!(out, "{}", json::render(&view).map_err(|_| Failure::Json)?)?,
    }
    out.flush()?;
    match stack.sealed.get() {
        Some(why) => hint(&format!("the arguments stay sealed: {why}")),
        None if sealed => hint(HINT),
        None => {}
    }
    Ok(())
}

struct Stack<'a> {
    records: Records<'a>,
    parts: Option<Sealer>,
    /// Whether somebody named the key, and wants to hear it where it does not open.
    insists: bool,
    /// Why the display part stayed sealed.
    sealed: OnceCell<Failure>,
}

impl Stack<'_> {
    async fn find(&self, id: &RequestId) -> Result<Found, Failure> {
        let found = self.read(id).await?;
        // Somebody may have written between the reads: only what is broken twice is broken.
        if found.chain().is_err() { self.read(id).await } else { Ok(found) }
    }

    async fn read(&self, id: &RequestId) -> Result<Found, Failure> {
        let because = |error: Unavailable| self.records.because(&error);
        let request = self.records.load(id).await?;
        let decisions = self.records.decisions(id).await?;
        let trail = self.records.table.trail(id).await.map_err(because)?;
        let display = match &self.parts {
            Some(parts) => match DisplayPart::open(&request, parts).await.map_err(because) {
                Ok(part) => part,
                Err(failure) if self.insists => return Err(failure),
                Err(failure) => {
                    let _ = self.sealed.set(failure);
                    DisplayPart::Sealed
                }
            },
            None => DisplayPart::Sealed,
        };
        Ok(Found { request, decisions, trail, display })
    }
}
