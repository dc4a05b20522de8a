//! Risk tiers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// How much harm an action can do. Ordered: of several, the highest holds.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum RiskTier {
    /// Harmless or easily undone.
    Low,
    /// Costs something to undo.
    Medium,
    /// Serious harm.
    High,
    /// Harm that cannot be undone.
    Critical,
}

/// The text names no tier.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a risk tier: use `low`, `medium`, `high` or `critical`")]
pub struct RiskTierError;

impl RiskTier {
    /// The tier's name.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }
}

impl fmt::Display for RiskTier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for RiskTier {
    type Err = RiskTierError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Low, Self::Medium, Self::High, Self::Critical]
            .into_iter()
            .find(|tier| tier.as_str() == text)
            .ok_or(RiskTierError)
    }
}
