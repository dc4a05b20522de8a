//! The freeze: while one holds, nothing in its scope is claimed.

use crate::name::ToolName;

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
