//! What a bundle says of one imagined ask, and why.

use approval_core::assessment::Assessment;
use approval_core::evidence::Roster as _;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group, ToolName};
use approval_core::requester::Requester;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::bundle::Bundle;

/// One imagined ask.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// The tool.
    pub tool: ToolName,
    /// Its arguments.
    pub arguments: Value,
    /// Who would ask.
    pub requester: Requester,
    /// When; none for now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Moment>,
}

/// What the bundle says of it. The names are stable.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Explained {
    /// The action in one line, without secrets. Text in it is as it was asked.
    pub headline: String,
    /// The instant it was judged for.
    pub asked_at: Moment,
    /// What the rules answer.
    pub assessment: Assessment,
    /// Per requirement, in its order. What is refused because nobody could approve it still names
    /// whom the rules would ask.
    pub people: Vec<People>,
}

/// Who of a group is asked.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct People {
    /// The group.
    pub group: Group,
    /// How many of it must approve.
    pub quorum: u32,
    /// Who is asked.
    pub asked: Vec<ApproverId>,
    /// Who is not, because the agent acts for them.
    pub excluded: Vec<ApproverId>,
}

/// Why no rule is asked.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unaskable {
    /// There is no such tool.
    #[error("the bundle has no tool `{tool}`; it has {}", .known.join(", "))]
    NoTool {
        /// What was asked for.
        tool: ToolName,
        /// What there is.
        known: Vec<String>,
    },
    /// The door would turn the arguments away.
    #[error("the arguments are turned away before any rule is asked: {0}")]
    Arguments(String),
    /// It makes no action.
    #[error("this makes no request")]
    NoRequest,
}

impl Bundle {
    /// What the bundle says of the question. Nothing is stored, sealed or asked.
    ///
    /// # Errors
    ///
    /// No rule is asked about it; the error quotes no argument.
    pub fn explain(&self, question: &Question, now: Moment) -> Result<Explained, Unaskable> {
        let Question { tool, arguments, requester, at } = question;
        let entry = self.catalogue().tool(tool).ok_or_else(|| Unaskable::NoTool {
            tool: tool.clone(),
            known: self.catalogue().entries().map(|entry| entry.name.to_string()).collect(),
        })?;
        let valid = entry.validate(arguments);
        valid.map_err(|why| Unaskable::Arguments(why.to_string()))?;
        let asked_at = at.unwrap_or(now);
        let headline = entry.headline(&entry.display(arguments));
        let action = self.imagine(entry, arguments.clone(), requester.clone(), asked_at);
        let action = action.ok_or(Unaskable::NoRequest)?;
        let judged = self.judge(&action, asked_at);
        let people = judged.requirements.iter().map(|requirement| {
            let (group, quorum) = (requirement.group.clone(), requirement.quorum);
            let members = self.roster().members(&group, asked_at).into_iter().cloned();
            let (excluded, asked) =
                members.partition(|who| self.roster().is_requester(who, &requester.person));
            People { group, quorum, asked, excluded }
        });
        let people = people.collect();
        Ok(Explained { headline, asked_at, people, assessment: self.assess(&action, asked_at) })
    }
}
