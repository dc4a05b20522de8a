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
    #[must_use]
    pub fn concerning(tool: &ToolName, agent: &str) -> [Self; 3] {
        [Self::All, Self::Tool(tool.clone()), Self::Agent(agent.to_owned())]
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
