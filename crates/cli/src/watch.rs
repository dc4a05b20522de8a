//! `watch`: follows one request until it ends, one line for each change.

mod change;
mod pace;

use std::io::Write;
use std::time::{Duration, Instant};

use approval_core::name::RequestId;
use approval_core::ports::AuditTrail;
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use approval_views::words;

use self::pace::Pace;
use crate::cli::Watch;
use crate::code::Code;
use crate::deployment::Records;
use crate::failure::{Failure, hint};

/// Follows the request.
pub(crate) async fn watch(args: &Watch, out: &mut impl Write) -> Result<Code, Failure> {
    let timeout = args.timeout.map(|span| Duration::try_from(span).unwrap_or(Duration::MAX));
    let until = timeout.and_then(|timeout| Instant::now().checked_add(timeout));
    match follow(args, until, out).await {
        // Whoever read the output has left; how it ends is not known.
        Err(Failure::Closed) => Ok(Code::Undecided),
        ended => ended,
    }
}

async fn follow(
    args: &Watch,
    until: Option<Instant>,
    out: &mut impl Write,
) -> Result<Code, Failure> {
    let records = args.at.records().await?;
    let id = records.id(&args.which.request).await?;
    let mut pace = Pace::default();
    let mut seen = 0;
    let mut request = told(&records, &id, &mut seen, out).await?;
    loop {
        if let Some(code) = Code::of(request.status) {
            if request.status == Status::InDoubt {
                hint(&format!(
                    "find out in the target, then say so: countersign resolve {id} --executed or \
                     --not-executed, with --reason"
                ));
            }
            return Ok(code);
        }
        let left = until.map(|until| until.saturating_duration_since(Instant::now()));
        if left == Some(Duration::ZERO) {
            hint(&format!("the time is over; it is {}", words::status(request.status)));
            return Ok(Code::Undecided);
        }
        tokio::time::sleep(pace.next(left)).await;
        let before = seen;
        match told(&records, &id, &mut seen, out).await {
            Ok(now) => request = now,
            Err(failure) if failure.passes() => hint(&format!("{failure}; trying again")),
            Err(failure) => return Err(failure),
        }
        if seen != before {
            pace = Pace::default();
        }
    }
}

/// Tells what has changed since `seen` audit records, and gives the request.
async fn told(
    records: &Records<'_>,
    id: &RequestId,
    seen: &mut u64,
    out: &mut impl Write,
) -> Result<ApprovalRequest, Failure> {
    let request = records.load(id).await?;
    if request.audit.count > *seen {
        // Read after the request, so it reaches at least as far.
        let trail = records.table.trail(id).await.map_err(|error| records.because(&error))?;
        for record in trail.iter().filter(|record| record.seq >= *seen) {
            if let Some(line) = change::line(record) {
                writeln!(out, "{line}")?;
            }
        }
        let last = trail.last().map_or(0, |last| last.seq.saturating_add(1));
        *seen = last.max(request.audit.count);
        out.flush()?;
    }
    Ok(request)
}
