//! What policy answered for one action.

use serde::{Deserialize, Serialize};

use crate::digest::Digest;
use crate::moment::Moment;
use crate::name::RuleId;
use crate::requirement::Requirement;
use crate::risk::RiskTier;

/// Policy's answer.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// May run without a person.
    Allowed,
    /// Waits for people.
    Pending,
    /// Must not run.
    Refused,
}

/// Policy's answer for one action, and why.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Assessment {
    /// The answer.
    pub answer: Answer,
    /// The highest tier of the rules that led there.
    pub tier: RiskTier,
    /// The rules that led there.
    pub rules: Vec<RuleId>,
    /// Who must agree; empty unless pending.
    pub requirements: Vec<Requirement>,
    /// When waiting ends; set only while pending. No decision counts from this instant on.
    pub decide_by: Option<Moment>,
    /// The operator's words for it, for the agent and the approvers.
    pub reason: Option<String>,
    /// The bundle that answered.
    pub bundle: Digest,
}
