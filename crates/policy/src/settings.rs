//! Limits and defaults: `policy.toml`.

use approval_core::lifecycle::MOST_LIVES;
use approval_core::risk::RiskTier;
use jiff::SignedDuration;
use serde::Deserialize;

use crate::duration;
use crate::error::Problems;
use crate::files::POLICY;

/// How surely a decision is the approver's own.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "kebab-case")]
pub enum Assurance {
    /// Proves the mailbox.
    Link,
    /// Proves the person, through the identity provider.
    SignedIn,
}

/// What holds for a tier unless a rule says otherwise.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct TierSettings {
    /// How long people have.
    #[serde(deserialize_with = "duration::positive")]
    pub decide_within: SignedDuration,
    /// How surely they must be themselves.
    pub assurance: Assurance,
    /// After how long a group's `escalation` may answer as well; none for never.
    #[serde(default, deserialize_with = "duration::positive_if_any")]
    pub escalate_after: Option<SignedDuration>,
}

/// The defaults of all tiers.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Tiers {
    /// Harmless.
    pub low: TierSettings,
    /// Costly.
    pub medium: TierSettings,
    /// Serious.
    pub high: TierSettings,
    /// Beyond repair.
    pub critical: TierSettings,
}

/// Limits and defaults.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// No request outlives it, counted from when it was asked.
    #[serde(deserialize_with = "duration::positive")]
    pub hard_limit: SignedDuration,
    /// The session attribute that names the person behind the agent. It can only exclude them.
    pub claimed_person: Option<String>,
    /// Whether tier high may be decided by whoever reads the approver's mail.
    #[serde(default)]
    pub accept_mailbox_risk: bool,
    /// The least quorum from tier high up when the person behind the agent is not verified.
    #[serde(default = "two")]
    pub unverified_quorum: u32,
    /// Whether a group's `escalation` may answer at once where nobody of the group can be reached.
    #[serde(default)]
    pub escalate_unreached: bool,
    /// The defaults by tier.
    pub tiers: Tiers,
}

impl Settings {
    /// Reads `policy.toml`.
    pub(crate) fn read(text: &str, problems: &mut Problems) -> Option<Self> {
        let settings: Self = match toml::from_str(text) {
            Ok(settings) => settings,
            Err(error) => {
                problems.add_toml(POLICY, text, &error);
                return None;
            }
        };
        settings.check(problems);
        Some(settings)
    }

    /// What holds for a tier.
    #[must_use]
    pub fn tier(&self, tier: RiskTier) -> &TierSettings {
        match tier {
            RiskTier::Low => &self.tiers.low,
            RiskTier::Medium => &self.tiers.medium,
            RiskTier::High => &self.tiers.high,
            RiskTier::Critical => &self.tiers.critical,
        }
    }

    fn check(&self, problems: &mut Problems) {
        if self.hard_limit > MOST_LIVES {
            problems.add(
                POLICY,
                "`hard_limit` is beyond 30 days, as long as a workflow waits: write at most `P30D`",
            );
        }
        if self.unverified_quorum == 0 {
            problems.add(POLICY, "`unverified_quorum` is 0: write 2, or 1 to turn it off");
        }
        if self.claimed_person.as_ref().is_some_and(|name| name.trim().is_empty()) {
            problems.add(POLICY, "`claimed_person` is empty: name an attribute or leave it out");
        }
        for tier in [RiskTier::Low, RiskTier::Medium, RiskTier::High, RiskTier::Critical] {
            let place = format!("{POLICY} [tiers.{tier}]");
            let TierSettings { decide_within, assurance, escalate_after } = *self.tier(tier);
            if escalate_after.is_some_and(|after| after >= decide_within) {
                let what = "`escalate_after` is not before `decide_within`: write less";
                problems.add(&place, what);
            }
            if decide_within > self.hard_limit {
                problems.add(&place, "`decide_within` is beyond `hard_limit`: write less");
            }
            if let Some(what) = self.assurance_fault(tier, assurance) {
                problems.add(place, what);
            }
        }
    }

    fn assurance_fault(&self, tier: RiskTier, assurance: Assurance) -> Option<&'static str> {
        match (tier, assurance) {
            (RiskTier::Low | RiskTier::Medium, Assurance::SignedIn) => {
                Some("`signed-in` is not built yet: write `assurance = \"link\"`")
            }
            (RiskTier::High, Assurance::Link) if !self.accept_mailbox_risk => Some(
                "a link proves only the mailbox: write `assurance = \"signed-in\"`, or accept that \
                 with `accept_mailbox_risk = true`",
            ),
            (RiskTier::Critical, Assurance::Link) => Some(
                "a link proves only the mailbox, which is never enough here: write \
                 `assurance = \"signed-in\"`",
            ),
            (_, Assurance::Link | Assurance::SignedIn) => None,
        }
    }
}

fn two() -> u32 {
    2
}
