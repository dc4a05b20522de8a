//! `policy check`: what is in a bundle.

use std::io::Write;

use approval_policy::Bundle;
use approval_policy::describe::Described;
use approval_views::visible;

use crate::cli::BundleArgs;
use crate::failure::Failure;

/// Lists the bundle's tools, rules and groups, and its digest.
pub(crate) fn check(args: &BundleArgs, out: &mut impl Write) -> Result<(), Failure> {
    let Described { bundle, tools, rules, groups } =
        Bundle::load(&args.folder, &args.stack)?.describe();
    table("tools", tools.into_iter().map(|tool| (tool.name, tool.does)).collect(), out)?;
    table("rules", rules.iter().map(|rule| (rule.id.clone(), rule.line())).collect(), out)?;
    let groups = groups.iter().map(|group| (group.name.to_string(), group.line()));
    table("groups", groups.collect(), out)?;
    writeln!(out, "digest {bundle}")?;
    Ok(())
}

fn table(name: &str, rows: Vec<(String, String)>, out: &mut impl Write) -> Result<(), Failure> {
    let width = rows.iter().map(|(key, _)| key.chars().count()).max().unwrap_or_default();
    writeln!(out, "{name} ({})", rows.len())?;
    for (key, value) in rows {
        writeln!(out, "  {:<width$}  {}", visible(&key), visible(&value))?;
    }
    writeln!(out)?;
    Ok(())
}
