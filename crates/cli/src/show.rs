//! `show`: one request of a deployed stack. It reads and never writes.

mod diagnosis;

use std::io::{self, Write};

use approval_aws::environment::sdk_config;
use approval_aws::keys::{PartKeys, Sealer};
use approval_aws::store::Table;
use approval_core::name::RequestId;
use approval_core::ports::{
    AuditTrail, Decisions, DecisionsError, Open, References, Requests, Unavailable,
};
use approval_core::request::ApprovalRequest;
use approval_core::sealed::Part;
use approval_views::{DisplayPart, Found, RequestView, json, text};

use crate::cli::{Handle, Output, Show};
use crate::failure::Failure;

const HINT: &str = "hint: the arguments are sealed; to show them, name the key that opens the \
                    display parts with --display-key or COUNTERSIGN_DISPLAY_KEY";

/// Shows the request.
pub(crate) async fn show(args: &Show, out: &mut impl Write) -> Result<(), Failure> {
    let config = sdk_config().await;
    if config.region().is_none() {
        return Err(Failure::NoRegion);
    }
    let keys = PartKeys { display: args.display_key.clone(), ..PartKeys::default() };
    let stack = Stack {
        table: Table::new(&config, args.table.as_str()),
        parts: args.display_key.is_some().then(|| Sealer::new(&config, args.stack.as_str(), keys)),
    };
    let found = match stack.find(&args.request).await {
        Ok(found) => found.ok_or_else(|| Failure::NoRequest(args.table.clone()))?,
        Err(error) => return Err(diagnosis::of(&error, &args.table)),
    };
    let sealed = found.display == DisplayPart::Sealed;
    let view = RequestView::from(found);
    match args.output {
        Output::Text => write!(out, "{}", text::render(&view))?,
        Output::Json => writeln!(out, "{}", json::render(&view).map_err(|_| Failure::Json)?)?,
    }
    out.flush()?;
    if sealed {
        // A hint that nobody can read is no failure.
        let _ = writeln!(io::stderr().lock(), "{HINT}");
    }
    Ok(())
}

struct Stack {
    table: Table,
    parts: Option<Sealer>,
}

impl Stack {
    async fn find(&self, handle: &Handle) -> Result<Option<Found>, Unavailable> {
        let id = match handle {
            Handle::Id(id) => Some(id.clone()),
            Handle::Reference(reference) => self.table.find(&reference.digest()).await?,
        };
        let Some(id) = id else { return Ok(None) };
        match self.read(&id).await? {
            // Somebody may have written between the reads: only what is broken twice is broken.
            Some(found) if found.chain().is_err() => self.read(&id).await,
            found => Ok(found),
        }
    }

    async fn read(&self, id: &RequestId) -> Result<Option<Found>, Unavailable> {
        let Some(request) = self.table.load(id).await? else { return Ok(None) };
        let decisions = match self.table.decisions(id).await {
            Ok(decisions) => Some(decisions),
            Err(DecisionsError::Malformed) => None,
            Err(DecisionsError::Unavailable(cause)) => return Err(Unavailable(cause)),
        };
        let trail = self.table.trail(id).await?;
        let display = self.open(&request).await?;
        Ok(Some(Found { request, decisions, trail, display }))
    }

    async fn open(&self, request: &ApprovalRequest) -> Result<DisplayPart, Unavailable> {
        let Some(parts) = &self.parts else { return Ok(DisplayPart::Sealed) };
        let opened = parts.open(Part::Display, &request.id, &request.display).await?;
        Ok(opened.map_or(DisplayPart::Broken, DisplayPart::Opened))
    }
}
