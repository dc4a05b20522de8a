//! What is in a bundle, in words.

use approval_core::digest::Digest;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group};
use serde::{Deserialize, Serialize};

use crate::bundle::Bundle;
use crate::catalogue::{Effect, Entry};
use crate::cedar::{Ask, Rule};
use crate::roster::Approvers;

/// What is in a bundle.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Described {
    /// Its digest.
    pub bundle: Digest,
    /// The tools, by name.
    pub tools: Vec<ToolSaid>,
    /// The rules, by id.
    pub rules: Vec<RuleSaid>,
    /// The groups, by name.
    pub groups: Vec<GroupSaid>,
}

/// One tool.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct ToolSaid {
    /// Its name.
    pub name: String,
    /// What it does to the world, and where it goes.
    pub does: String,
}

/// One rule, in its author's words where it has any.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct RuleSaid {
    /// Its id.
    pub id: String,
    /// What it does: permits, forbids, or whom it asks.
    pub does: String,
    /// Its tier.
    pub tier: Option<String>,
    /// Why it is there.
    pub reason: Option<String>,
}

/// One group.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct GroupSaid {
    /// Its name.
    pub name: Group,
    /// Who is in it, and when.
    pub members: Vec<Member>,
    /// The group that is asked when nobody of this one answers.
    pub escalation: Option<Group>,
}

/// Somebody's membership.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Member {
    /// Who.
    pub who: ApproverId,
    /// From the first instant until, not including, the second; none for always.
    pub between: Option<(Moment, Moment)>,
}

impl Bundle {
    /// What is in it.
    #[must_use]
    pub fn describe(&self) -> Described {
        Described {
            bundle: self.digest(),
            tools: self.catalogue().entries().map(tool).collect(),
            rules: self.rules().map(RuleSaid::of).collect(),
            groups: self.roster().groups().map(|name| group(self.roster(), name)).collect(),
        }
    }
}

impl RuleSaid {
    /// What that rule says.
    #[must_use]
    pub fn of(rule: &Rule) -> Self {
        let does = match (&rule.ask, rule.permits) {
            (Some(ask), _) => asks(ask),
            (None, true) => "permits".to_owned(),
            (None, false) => "forbids".to_owned(),
        };
        let tier = rule.tier.map(|tier| tier.to_string());
        Self { id: rule.id.to_string(), does, tier, reason: rule.reason.clone() }
    }

    /// What it says, in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let Self { does, tier, reason, .. } = self;
        let tier = tier.as_ref().map(|tier| format!(", tier {tier}")).unwrap_or_default();
        let reason = reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        format!("{does}{tier}{reason}")
    }
}

impl GroupSaid {
    /// Who is in it, in one line.
    #[must_use]
    pub fn line(&self) -> String {
        let of = |always: bool| {
            let members = self.members.iter();
            members.filter(move |one| one.between.is_none() == always).map(|one| one.who.as_str())
        };
        let regulars = of(true).collect::<Vec<_>>().join(", ");
        let substitutes = of(false).map(|who| format!("; for a time {who}"));
        let escalation = self.escalation.iter().map(|next| format!("; then {next}"));
        std::iter::once(regulars).chain(substitutes).chain(escalation).collect()
    }

    /// Whether that person was in it at that instant.
    #[must_use]
    pub fn has(&self, who: &ApproverId, at: Moment) -> bool {
        self.members.iter().filter(|one| one.who == *who).any(|one| match one.between {
            None => true,
            Some((from, until)) => from <= at && at < until,
        })
    }
}

fn tool(entry: &Entry) -> ToolSaid {
    let effect = match entry.effect {
        Effect::Read => "read",
        Effect::Reversible => "reversible",
        Effect::Irreversible => "irreversible",
    };
    let twice = if entry.idempotent { ", idempotent" } else { "" };
    let does = format!("{effect}{twice}, at {}", entry.target);
    ToolSaid { name: entry.name.to_string(), does }
}

fn asks(Ask { group, quorum, reject_quorum, escalate_after, .. }: &Ask) -> String {
    let no =
        if *reject_quorum > 1 { format!(", {reject_quorum} to reject") } else { String::new() };
    let later = escalate_after.map(|after| format!(", a further group after {after}"));
    format!("asks {quorum} of {group}{no}{}", later.unwrap_or_default())
}

fn group(roster: &Approvers, name: &Group) -> GroupSaid {
    let members = roster.terms(name).map(|(who, between)| Member { who: who.clone(), between });
    GroupSaid {
        name: name.clone(),
        members: members.collect(),
        escalation: roster.escalation(name).cloned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_in_a_group_for_a_time_is_in_it_then_and_no_longer() {
        let at = |text: &str| Moment::parse(text).unwrap();
        let cy = ApproverId::parse("cy").unwrap();
        let between = Some((at("2026-11-01T00:00:00Z"), at("2026-12-01T00:00:00Z")));
        let leads = GroupSaid {
            name: Group::parse("leads").unwrap(),
            members: vec![
                Member { who: ApproverId::parse("ana").unwrap(), between: None },
                Member { who: cy.clone(), between },
            ],
            escalation: Some(Group::parse("board").unwrap()),
        };
        assert_eq!(leads.line(), "ana; for a time cy; then board");
        let was = |text| leads.has(&cy, at(text));
        assert_eq!([was("2026-10-31T23:59:59Z"), was("2026-11-01T00:00:00Z")], [false, true]);
        assert_eq!([was("2026-11-30T23:59:59Z"), was("2026-12-01T00:00:00Z")], [true, false]);
        assert!(!leads.has(&ApproverId::parse("bo").unwrap(), at("2026-11-02T00:00:00Z")));
    }
}
