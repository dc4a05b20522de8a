//! `policy check`: what is in a bundle.

use std::io::Write;

use approval_core::name::{ApproverId, Group};
use approval_policy::{Approvers, Ask, Bundle, Effect, Entry, Rule};
use approval_views::visible;

use crate::cli::BundleArgs;
use crate::failure::Failure;

/// Lists the bundle's tools, rules and groups, and its digest.
pub(crate) fn check(args: &BundleArgs, out: &mut impl Write) -> Result<(), Failure> {
    let bundle = Bundle::load(&args.folder, &args.stack)?;
    let tools = bundle.catalogue().entries().map(|tool| (tool.name.to_string(), does(tool)));
    table("tools", tools.collect(), out)?;
    table("rules", bundle.rules().map(|rule| (rule.id.to_string(), says(rule))).collect(), out)?;
    let roster = bundle.roster();
    let groups = roster.groups().map(|group| (group.to_string(), has(roster, group)));
    table("groups", groups.collect(), out)?;
    writeln!(out, "digest {}", bundle.digest())?;
    Ok(())
}

/// What a tool does to the world, and where it goes.
pub(crate) fn does(tool: &Entry) -> String {
    let effect = match tool.effect {
        Effect::Read => "read",
        Effect::Reversible => "reversible",
        Effect::Irreversible => "irreversible",
    };
    let twice = if tool.idempotent { ", idempotent" } else { "" };
    format!("{effect}{twice}, at {}", tool.target)
}

/// What a rule does.
pub(crate) fn verb(rule: &Rule) -> String {
    match (&rule.ask, rule.permits) {
        (Some(ask), _) => asks(ask),
        (None, true) => "permits".to_owned(),
        (None, false) => "forbids".to_owned(),
    }
}

/// What a rule says, in one line.
pub(super) fn says(rule: &Rule) -> String {
    let verb = verb(rule);
    let tier = rule.tier.as_ref().map(|tier| format!(", tier {tier}")).unwrap_or_default();
    let reason = rule.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
    format!("{verb}{tier}{reason}")
}

fn asks(Ask { group, quorum, reject_quorum, escalate_after, .. }: &Ask) -> String {
    let no =
        if *reject_quorum > 1 { format!(", {reject_quorum} to reject") } else { String::new() };
    let later = escalate_after.map(|after| format!(", a further group after {after}"));
    format!("asks {quorum} of {group}{no}{}", later.unwrap_or_default())
}

/// Who is in a group.
pub(crate) fn has(roster: &Approvers, group: &Group) -> String {
    let regulars: Vec<_> = roster.regulars(group).map(ApproverId::as_str).collect();
    let substitutes = roster.substitutes(group).map(|who| format!("; for a time {who}"));
    let escalation = roster.escalation(group).into_iter().map(|next| format!("; then {next}"));
    std::iter::once(regulars.join(", ")).chain(substitutes).chain(escalation).collect()
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
