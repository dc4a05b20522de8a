//! The freeze: while one holds, nothing in its scope is claimed and nothing is decided.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::canonical::{self, CanonicalError};
use crate::digest::Digest;
use crate::moment::Moment;
use crate::name::ToolName;
use crate::steering::Operator;

/// What a freeze stops.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum FreezeScope {
    /// Every action.
    All,
    /// One tool.
    Tool(ToolName),
    /// One agent.
    Agent(String),
}

/// Not the key of a scope.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("no scope: write `all`, `tool#` and a tool, or `agent#` and an agent's id")]
pub struct ScopeError;

/// Whether a scope is frozen, and who said so last.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Freeze {
    /// What it stops.
    pub scope: FreezeScope,
    /// Whether it holds.
    pub frozen: bool,
    /// Rises by one with every switch; each switch is conditional on it.
    pub version: u64,
    /// When it was switched.
    pub at: Moment,
    /// The operator who did.
    pub who: String,
    /// Why, in their words.
    pub reason: String,
    /// The hash of the last switch, or of the scope's key.
    pub hash: Digest,
}

/// One switch of a freeze, chained to the one before.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Switch {
    /// The freeze after it; its `hash` is SHA-256 over the rest of this record.
    pub freeze: Freeze,
    /// The hash of the switch before.
    pub previous: Digest,
}

/// Why a freeze is not switched.
#[derive(Debug, thiserror::Error)]
pub enum FreezeError {
    /// It is so already.
    #[error("{}", if *.0 { "it is frozen already" } else { "it is not frozen" })]
    Already(bool),
    /// The record has no canonical form.
    #[error(transparent)]
    Canonical(#[from] CanonicalError),
}

impl FreezeScope {
    /// The scopes that concern an action.
    ///
    /// An agent is frozen as `id/alias`, or by its id alone under every alias.
    #[must_use]
    pub fn concerning(tool: &ToolName, agent: &str) -> Vec<Self> {
        let mut scopes = vec![Self::All, Self::Tool(tool.clone()), Self::Agent(agent.to_owned())];
        scopes.extend(agent.split_once('/').map(|(id, _)| Self::Agent(id.to_owned())));
        scopes
    }

    /// The key of the freeze's row.
    #[must_use]
    pub fn key(&self) -> String {
        match self {
            Self::All => "all".to_owned(),
            Self::Tool(tool) => format!("tool#{tool}"),
            Self::Agent(agent) => format!("agent#{agent}"),
        }
    }
}

impl FromStr for FreezeScope {
    type Err = ScopeError;

    fn from_str(key: &str) -> Result<Self, Self::Err> {
        if key == "all" {
            return Ok(Self::All);
        }
        match key.split_once('#') {
            Some(("tool", tool)) => ToolName::parse(tool).map(Self::Tool).map_err(|_| ScopeError),
            Some(("agent", agent)) if !agent.is_empty() && agent.len() <= 520 => {
                Ok(Self::Agent(agent.to_owned()))
            }
            Some(_) | None => Err(ScopeError),
        }
    }
}

impl fmt::Display for FreezeScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.key())
    }
}

impl Serialize for FreezeScope {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.key())
    }
}

impl<'de> Deserialize<'de> for FreezeScope {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

impl Switch {
    /// Freezes a scope, or lets it go again, on top of how it stands.
    ///
    /// # Errors
    ///
    /// It is so already.
    pub fn make(
        scope: FreezeScope,
        known: Option<&Freeze>,
        frozen: bool,
        by: &Operator<'_>,
        now: Moment,
    ) -> Result<Self, FreezeError> {
        if known.is_some_and(|known| known.frozen) == frozen {
            return Err(FreezeError::Already(frozen));
        }
        let start = Digest::of(scope.key().as_bytes());
        let previous = known.map_or(start, |known| known.hash);
        let version = known.map_or(0, |known| known.version).saturating_add(1);
        let (who, reason) = (by.who.to_owned(), by.reason.to_owned());
        let freeze = Freeze { scope, frozen, version, at: now, who, reason, hash: previous };
        let mut switch = Self { freeze, previous };
        switch.freeze.hash = switch.expected_hash()?;
        Ok(switch)
    }

    /// The hash this record should have.
    ///
    /// # Errors
    ///
    /// The record has no canonical form.
    pub fn expected_hash(&self) -> Result<Digest, CanonicalError> {
        let zero = Digest::of(b"countersign-freeze-v1");
        let freeze = Freeze { hash: zero, ..self.freeze.clone() };
        canonical::digest(&Self { freeze, previous: self.previous })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::at;

    #[test]
    fn a_scope_is_known_by_its_key() {
        let tool = FreezeScope::Tool(ToolName::parse("billing___refund_order").unwrap());
        for scope in [FreezeScope::All, tool, FreezeScope::Agent("A1/live".to_owned())] {
            assert_eq!(scope.to_string(), scope.key());
            assert_eq!(scope.key().parse(), Ok(scope));
        }
        for none in ["", "tool", "tool#", "tool#a b", "agent#", "everything"] {
            assert_eq!(none.parse::<FreezeScope>(), Err(ScopeError), "{none}");
        }
    }

    #[test]
    fn an_action_is_in_the_scope_of_all_its_tool_and_its_agent_under_every_alias() {
        let tool = ToolName::parse("billing___refund_order").unwrap();
        let of = |agent| {
            FreezeScope::concerning(&tool, agent).iter().map(FreezeScope::key).collect::<Vec<_>>()
        };
        let both = ["all", "tool#billing___refund_order"];
        assert_eq!(of("A1/live"), [&both[..], &["agent#A1/live", "agent#A1"]].concat());
        assert_eq!(of("A1"), [&both[..], &["agent#A1"]].concat());
    }

    #[test]
    fn k03_each_switch_is_chained_to_the_one_before_and_none_is_made_twice() {
        let by = Operator { who: "arn:operator", reason: "an incident" };
        let make = |known: Option<&Freeze>, frozen| {
            Switch::make(FreezeScope::All, known, frozen, &by, at(0))
        };
        assert!(matches!(make(None, false), Err(FreezeError::Already(false))));
        let on = make(None, true).unwrap();
        assert!(matches!(make(Some(&on.freeze), true), Err(FreezeError::Already(true))));
        let off = make(Some(&on.freeze), false).unwrap();
        assert_eq!((off.freeze.version, off.previous), (2, on.freeze.hash));
        assert_eq!(off.freeze.hash, off.expected_hash().unwrap());
        let mut edited = off.clone();
        edited.freeze.who = "arn:somebody-else".to_owned();
        assert_ne!(edited.freeze.hash, edited.expected_hash().unwrap());
    }
}
