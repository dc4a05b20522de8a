//! What a rule says besides its Cedar: `@id`, `@tier`, `@reason`, and whom a `forbid` asks.

use std::collections::BTreeMap;

use approval_core::name::{Group, RuleId};
use approval_core::risk::RiskTier;
use cedar_policy::{Effect, Policy};
use jiff::SignedDuration;

use crate::duration;

/// One rule, by what its annotations say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// Whether it permits; a rule that does not forbids, or asks.
    pub permits: bool,
    /// The tier it states.
    pub tier: Option<RiskTier>,
    /// Why it is there, for the agent and the approvers.
    pub reason: Option<String>,
    /// Whom it asks. Such a `forbid` asks people where it would have refused.
    pub ask: Option<Ask>,
}

/// Whom a rule asks, and for how long.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ask {
    /// Who must agree.
    pub group: Group,
    /// How many of them.
    pub quorum: u32,
    /// How many of them must reject for the whole to be rejected.
    pub reject_quorum: u32,
    /// How long they have.
    pub decide_within: Option<SignedDuration>,
    /// After how long the group's `escalation` may answer as well.
    pub escalate_after: Option<SignedDuration>,
}

/// What a rule says, by name.
type Annotations<'a> = BTreeMap<&'a str, &'a str>;

const KNOWN: [&str; 8] =
    ["id", "ask", "quorum", "reject_quorum", "tier", "decide_within", "escalate_after", "reason"];

impl Rule {
    /// Reads the annotations of a policy, or tells everything that is wrong with them.
    pub(super) fn read(policy: &Policy) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        // Read once: asking Cedar for one annotation by name costs a parser each time.
        let said: Annotations<'_> = policy.annotations().collect();
        for name in said.keys().filter(|name| !KNOWN.contains(name)) {
            faults.push(format!(
                "the annotation `@{name}` is unknown: use @id, @ask, @quorum, @reject_quorum, \
                 @tier, @decide_within, @escalate_after or @reason"
            ));
        }
        let mut keep = |why: String| faults.push(why);
        let id = id(&said).map_err(&mut keep);
        let tier = optional(&said, "tier", tier).map_err(&mut keep);
        let reason = optional(&said, "reason", reason).map_err(&mut keep);
        let ask = ask(&said, policy.effect()).map_err(|whys| whys.into_iter().for_each(&mut keep));
        match (id, tier, reason, ask) {
            (Ok(id), Ok(tier), Ok(reason), Ok(ask)) if faults.is_empty() => {
                Ok(Self { id, permits: policy.effect() == Effect::Permit, tier, reason, ask })
            }
            _ => Err(faults),
        }
    }
}

fn id(said: &Annotations<'_>) -> Result<RuleId, String> {
    let Some(text) = said.get("id") else {
        return Err("the rule has no name: add `@id(\"...\")`".to_owned());
    };
    RuleId::parse(text).map_err(|why| format!("`@id`: {why}"))
}

fn ask(said: &Annotations<'_>, effect: Effect) -> Result<Option<Ask>, Vec<String>> {
    let mut faults = Vec::new();
    let mut keep = |why: String| faults.push(why);
    let group = optional(said, "ask", group).map_err(&mut keep);
    let quorum = optional(said, "quorum", quorum_of("quorum")).map_err(&mut keep);
    let rejects = optional(said, "reject_quorum", quorum_of("reject_quorum")).map_err(&mut keep);
    let time = optional(said, "decide_within", within).map_err(&mut keep);
    let after = optional(said, "escalate_after", within).map_err(&mut keep);
    let (Ok(group), Ok(quorum), Ok(rejects), Ok(decide_within), Ok(escalate_after)) =
        (group, quorum, rejects, time, after)
    else {
        return Err(faults);
    };
    let Some(group) = group else {
        let alone = quorum.is_none() && rejects.is_none();
        return if alone && decide_within.is_none() && escalate_after.is_none() {
            Ok(None)
        } else {
            Err(vec![
                "`@quorum`, `@reject_quorum`, `@decide_within` and `@escalate_after` belong to an \
                 `@ask`: add it"
                    .to_owned(),
            ])
        };
    };
    if effect == Effect::Permit {
        return Err(vec![
            "`@ask` on a `permit` would ask nobody, since another permit may hold as well: write a \
             `forbid` with the same condition"
                .to_owned(),
        ]);
    }
    let (quorum, reject_quorum) = (quorum.unwrap_or(1), rejects.unwrap_or(1));
    Ok(Some(Ask { group, quorum, reject_quorum, decide_within, escalate_after }))
}

fn optional<T>(
    said: &Annotations<'_>,
    name: &str,
    read: impl Fn(&str) -> Result<T, String>,
) -> Result<Option<T>, String> {
    said.get(name).map(|text| read(text)).transpose().map_err(|why| format!("`@{name}`: {why}"))
}

fn tier(text: &str) -> Result<RiskTier, String> {
    text.parse().map_err(|why: approval_core::risk::RiskTierError| why.to_string())
}

fn reason(text: &str) -> Result<String, String> {
    if text.trim().is_empty() || text.chars().count() > 200 || text.contains(char::is_control) {
        return Err("say why in one line of at most 200 characters".to_owned());
    }
    Ok(text.to_owned())
}

fn group(text: &str) -> Result<Group, String> {
    Group::parse(text).map_err(|why| why.to_string())
}

fn quorum_of(name: &str) -> impl Fn(&str) -> Result<u32, String> {
    move |text| {
        let digits = text.bytes().all(|byte| byte.is_ascii_digit()) && !text.starts_with('0');
        match text.parse() {
            Ok(quorum) if digits && (1..=100).contains(&quorum) => Ok(quorum),
            _ => {
                Err(format!("not a number of people: write `@{name}(\"1\")` to `@{name}(\"100\")`"))
            }
        }
    }
}

fn within(text: &str) -> Result<SignedDuration, String> {
    match duration::parse(text) {
        Ok(read) if read.is_zero() => Err("a duration of zero: write at least `PT1M`".to_owned()),
        Ok(read) => Ok(read),
        Err(why) => Err(why.to_string()),
    }
}
