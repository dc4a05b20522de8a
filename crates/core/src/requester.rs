//! Who asks: the agent, and the person it acts for.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The kind of caller, known from which function was invoked, never from the event.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Caller {
    /// An Amazon Bedrock agent's action group.
    Bedrock,
    /// An AgentCore Gateway target.
    Gateway,
    /// A program with IAM credentials.
    Direct,
}

impl Caller {
    /// The name used in records and configuration.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bedrock => "bedrock",
            Self::Gateway => "gateway",
            Self::Direct => "direct",
        }
    }
}

/// The text names no kind of caller.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("not a kind of caller: use `bedrock`, `gateway` or `direct`")]
pub struct CallerError;

impl FromStr for Caller {
    type Err = CallerError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        [Self::Bedrock, Self::Gateway, Self::Direct]
            .into_iter()
            .find(|caller| caller.as_str() == text)
            .ok_or(CallerError)
    }
}

/// The person behind the agent.
///
/// # Security
///
/// A claimed person is only ever excluded from approving, never trusted: whoever writes the
/// session attributes could otherwise name a colleague and approve alone.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase", tag = "standing")]
pub enum Person {
    /// Proven by an identity provider.
    Verified {
        /// The identity provider.
        issuer: String,
        /// The provider's immutable id of the person.
        subject: String,
    },
    /// Named by the calling application, unproven.
    Claimed {
        /// The name as it came.
        name: String,
    },
    /// Nobody was named.
    Unknown,
}

/// Who asks for an action.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Requester {
    /// The kind of caller.
    pub caller: Caller,
    /// The agent, as its platform names it.
    pub agent: String,
    /// The person it acts for.
    pub person: Person,
}
