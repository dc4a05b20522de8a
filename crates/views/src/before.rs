//! What was there before: how what an action would change stood when people were asked.

use std::collections::BTreeSet;

use approval_core::digest::Digest;
use approval_core::moment::Moment;
use approval_core::name::ToolName;
use approval_core::ports::{Open, Unavailable};
use approval_core::request::ApprovalRequest;
use approval_core::sealed::Part;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::visible::visible;
use crate::{amount, lookalike};

/// How it stood, by the tool that the catalogue names for looking.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Before {
    /// The action it is about.
    digest: Digest,
    /// The tool that was asked.
    pub tool: ToolName,
    /// When.
    pub at: Moment,
    /// What it said, by the argument that would change it.
    stands: Map<String, Value>,
}

/// One thing that would change, made visible.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// The argument.
    pub name: String,
    /// What is there.
    pub was: String,
    /// What would be.
    pub becomes: String,
    /// What to beware of.
    pub warning: Option<String>,
}

impl Before {
    /// Opens what was seen; none where nobody looked, or it is not about this action.
    ///
    /// # Errors
    ///
    /// The key does not answer.
    ///
    /// # Security
    ///
    /// Whoever writes the record can drop it and cannot replace it: it opens only as this part of
    /// this request, and says which action it is about.
    pub async fn open(
        of: &ApprovalRequest,
        parts: &impl Open,
    ) -> Result<Option<Self>, Unavailable> {
        let Some(sealed) = &of.before else { return Ok(None) };
        let bytes = parts.open(Part::Before, &of.id, sealed).await?;
        let read = bytes.and_then(|bytes| serde_json::from_slice::<Self>(&bytes).ok());
        Ok(read.filter(|before| before.digest == of.digest))
    }

    /// What would change of it, in the order of the arguments.
    #[must_use]
    pub fn changes(
        &self,
        arguments: &Map<String, Value>,
        decimals: &BTreeSet<String>,
    ) -> Vec<Change> {
        let known = arguments.iter().filter_map(|(name, becomes)| {
            let was = self.stands.get(name)?.as_str()?;
            let becomes = becomes.as_str().map_or_else(|| becomes.to_string(), str::to_owned);
            // Amounts in the one form that the facts have.
            let number = |text: &str| {
                if decimals.contains(name) { amount::shown(text) } else { text.to_owned() }
            };
            let warning = lookalike::warning(was).or_else(|| lookalike::warning(&becomes));
            let (was, becomes) = (visible(&number(was)), visible(&number(&becomes)));
            Some(Change { name: visible(name), was, becomes, warning })
        });
        known.collect()
    }
}
