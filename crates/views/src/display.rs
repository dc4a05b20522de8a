//! The display part: what approvers and operators may see of the action.

use std::collections::BTreeSet;

use approval_core::digest::Digest;
use approval_core::moment::Moment;
use approval_core::name::ToolName;
use approval_core::ports::{Open, Unavailable};
use approval_core::request::ApprovalRequest;
use approval_core::requester::Requester;
use approval_core::sealed::Part;
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::before::{Before, Change};

/// What stands where an argument is secret, as risk-classify writes it.
pub const SECRET: &str = "⟦secret⟧";

/// The display part of a request, as far as the reader got.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum DisplayPart {
    /// There is none yet: it was not assessed.
    Absent,
    /// Not opened.
    Sealed,
    /// Would not open: changed, or sealed for something else.
    Broken,
    /// Its bytes.
    Opened(Vec<u8>),
}

impl DisplayPart {
    /// Opens the display part of a request.
    ///
    /// # Errors
    ///
    /// The key does not answer.
    pub async fn open(of: &ApprovalRequest, parts: &impl Open) -> Result<Self, Unavailable> {
        let Some(sealed) = &of.display else { return Ok(Self::Absent) };
        let opened = parts.open(Part::Display, &of.id, sealed).await?;
        Ok(opened.map_or(Self::Broken, Self::Opened))
    }
}

/// The display part, read.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Display {
    /// The action in one line.
    pub headline: String,
    /// The arguments, the secret ones as [`SECRET`].
    pub arguments: Map<String, Value>,
    /// The names of the secret ones: what merely reads like the marker is none.
    pub secret_fields: BTreeSet<String>,
    /// The names of numbers with decimal places, which people read with at least two.
    #[serde(default)]
    pub decimal_fields: BTreeSet<String>,
    /// What the action does to the world.
    pub effect: String,
    /// The argument that holds the agent's own words about its ask.
    #[serde(default)]
    pub explanation_field: Option<String>,
    /// The caller's session, as it came.
    pub session: Option<String>,
    /// How what it would change stood, where somebody looked.
    #[serde(skip)]
    pub before: Option<Before>,
    tool: ToolName,
    requester: Requester,
    asked_at: Moment,
    digest: Digest,
}

/// The display part cannot be shown.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum DisplayError {
    /// It did not open.
    Broken,
    /// It opened, and is none.
    Unreadable,
    /// It and the record say different things.
    Contradicts,
}

impl DisplayError {
    /// What is wrong.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Broken => {
                "the display part does not open: it is for another stack or key, or was changed"
            }
            Self::Unreadable => "the display part cannot be read",
            Self::Contradicts => "the display part and the record tell of different actions",
        }
    }
}

impl Display {
    /// Reads the part; none where it was not opened.
    ///
    /// # Errors
    ///
    /// It did not open, cannot be read, or is not about what the record is about.
    ///
    /// # Security
    ///
    /// The seal holds part and request together, the record is only a row: where they differ,
    /// somebody wrote into the row, and nobody should read on as if nothing was.
    pub fn read(part: &DisplayPart, of: &ApprovalRequest) -> Result<Option<Self>, DisplayError> {
        let bytes = match part {
            DisplayPart::Absent | DisplayPart::Sealed => return Ok(None),
            DisplayPart::Broken => return Err(DisplayError::Broken),
            DisplayPart::Opened(bytes) => bytes,
        };
        let read: Self = serde_json::from_slice(bytes).map_err(|_| DisplayError::Unreadable)?;
        let theirs = (&read.tool, &read.requester, read.asked_at, read.digest);
        if theirs == (&of.tool, &of.requester, of.asked_at, of.digest) {
            Ok(Some(read))
        } else {
            Err(DisplayError::Contradicts)
        }
    }

    /// The same with how things stood before, where somebody looked and the key answers: people
    /// are asked, and may decide, without it as well.
    pub async fn beside_before(self, of: &ApprovalRequest, parts: &impl Open) -> Self {
        Self { before: Before::open(of, parts).await.unwrap_or_default(), ..self }
    }

    /// What is there and what would be.
    #[must_use]
    pub fn changes(&self) -> Vec<Change> {
        let shown = |change: &Change| !self.secret_fields.contains(&change.name);
        let changes = self
            .before
            .iter()
            .flat_map(|before| before.changes(&self.arguments, &self.decimal_fields));
        changes.filter(shown).collect()
    }
}
