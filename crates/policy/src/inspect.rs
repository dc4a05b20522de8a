//! What operators ask risk-classify about the bundle that is deployed, and what it answers.

use approval_core::digest::Digest;
use approval_core::strict;
use serde::{Deserialize, Serialize};

use crate::explain::{Explained, Question};

/// What may be asked. It changes nothing, and nobody is told.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Inspection {
    /// What is in the bundle; the answer is a [`Described`](crate::describe::Described).
    Describe {},
    /// What becomes of a request up to where people would be asked; the answer is a [`DryRun`].
    DryRun {
        /// The request; none for every case of the bundle's own tests.
        ask: Option<Question>,
    },
}

impl Inspection {
    /// Reads an event; none where it is none of these.
    #[must_use]
    pub fn read(event: &str) -> Option<Self> {
        serde_json::from_value(strict::parse(event.as_bytes()).ok()?).ok()
    }
}

/// How a dry run went, where nothing failed.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct DryRun {
    /// The bundle that answered.
    pub bundle: Digest,
    /// What it answered.
    pub outcome: Outcome,
}

/// What a dry run came to.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The bundle's own tests.
    Cases {
        /// How many were answered as they say.
        passed: usize,
        /// The others: file and name.
        failed: Vec<String>,
    },
    /// What the rules say.
    Explained(Box<Explained>),
    /// Why no rule is asked.
    Unaskable(String),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_one_of_the_questions_is_none() {
        assert_eq!(Inspection::read(r#"{"describe":{}}"#), Some(Inspection::Describe {}));
        let dry = Inspection::read(r#"{"dry_run":{"ask":null}}"#);
        assert_eq!(dry, Some(Inspection::DryRun { ask: None }));
        for other in [
            "{}",
            "[]",
            r#"{"describe":{},"dry_run":{}}"#,
            r#"{"describe":{"request_id":"r-1"}}"#,
            r#"{"dry_run":{"ask":{"tool":"billing___refund_order"}}}"#,
            r#"{"describe":{},"describe":{}}"#,
        ] {
            assert_eq!(Inspection::read(other), None, "{other}");
        }
    }
}
