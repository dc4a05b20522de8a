//! Why a request stands where it stands, for programs. Its `reason` says it in words.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Why a request ended, or is in doubt. An agent may act on it; nothing else does.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Policy refuses it, or nobody could approve it.
    PolicyRefuses,
    /// The evidence does not carry an execution.
    EvidenceRefused,
    /// People said no.
    PeopleRejected,
    /// It was not assessed in time.
    NotAssessedInTime,
    /// Nobody decided in time, or too few did.
    NotDecidedInTime,
    /// It was not started in time.
    NotStartedInTime,
    /// Its workflow execution ended early.
    WorkflowEnded,
    /// The agent took it back.
    AgentCancelled,
    /// An operator took it back.
    OperatorCancelled,
    /// A freeze held when it would have run.
    Frozen,
    /// The target did not do it.
    TargetDeclined,
    /// Nobody knows whether the target did it.
    OutcomeUnknown,
    /// An operator found out what had become of it.
    OperatorSettled,
}

impl Cause {
    /// The name in records, events and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::PolicyRefuses => "policy_refuses",
            Self::EvidenceRefused => "evidence_refused",
            Self::PeopleRejected => "people_rejected",
            Self::NotAssessedInTime => "not_assessed_in_time",
            Self::NotDecidedInTime => "not_decided_in_time",
            Self::NotStartedInTime => "not_started_in_time",
            Self::WorkflowEnded => "workflow_ended",
            Self::AgentCancelled => "agent_cancelled",
            Self::OperatorCancelled => "operator_cancelled",
            Self::Frozen => "frozen",
            Self::TargetDeclined => "target_declined",
            Self::OutcomeUnknown => "outcome_unknown",
            Self::OperatorSettled => "operator_settled",
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
