//! `policy test`: a bundle's own tests.

use std::io::Write;

use approval_policy::{Bundle, CaseResult};
use approval_views::visible;

use crate::cli::BundleArgs;
use crate::failure::Failure;

/// Runs the tests, one line each, with what differs below.
pub(crate) fn test(args: &BundleArgs, out: &mut impl Write) -> Result<(), Failure> {
    let results = Bundle::load(&args.folder, &args.stack)?.test();
    for result in &results {
        let mark = if result.passed() { "ok  " } else { "FAIL" };
        writeln!(out, "{mark}  {}: {}", visible(&result.file), visible(&result.name))?;
        for difference in &result.differences {
            writeln!(out, "        {}", visible(difference))?;
        }
    }
    let passed = results.iter().filter(|result| result.passed()).count();
    let failed = results.len().saturating_sub(passed);
    writeln!(out, "{passed} passed, {failed} failed")?;
    if results.iter().all(CaseResult::passed) { Ok(()) } else { Err(Failure::Tests) }
}
