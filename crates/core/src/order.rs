//! What an operator may order, as it is sent to the operators' door.

use serde::{Deserialize, Serialize};

use crate::freeze::FreezeScope;
use crate::moment::Moment;
use crate::name::RequestId;

/// The longest reason, in characters.
pub const MOST_REASON: usize = 500;

/// An order, and why. Who gives it is not in it: that is for the door to know.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(tag = "order", rename_all = "snake_case", deny_unknown_fields)]
pub enum Order {
    /// Nothing comes of a request.
    Cancel {
        /// The request.
        request: RequestId,
        /// Why.
        reason: Reason,
    },
    /// People get more time.
    Extend {
        /// The request.
        request: RequestId,
        /// Until when.
        until: Moment,
        /// Why.
        reason: Reason,
    },
    /// Those who have not answered are written to again.
    Remind {
        /// The request.
        request: RequestId,
        /// Why.
        reason: Reason,
    },
    /// A doubt is settled.
    Resolve {
        /// The request.
        request: RequestId,
        /// Whether it was done.
        executed: bool,
        /// How that is known.
        reason: Reason,
    },
    /// Nothing of a scope is claimed or decided any more.
    Freeze {
        /// The scope.
        scope: FreezeScope,
        /// Why.
        reason: Reason,
    },
    /// It is again.
    Unfreeze {
        /// The scope.
        scope: FreezeScope,
        /// Why.
        reason: Reason,
    },
}

impl Order {
    /// Its word, as it is sent.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Cancel { .. } => "cancel",
            Self::Extend { .. } => "extend",
            Self::Remind { .. } => "remind",
            Self::Resolve { .. } => "resolve",
            Self::Freeze { .. } => "freeze",
            Self::Unfreeze { .. } => "unfreeze",
        }
    }

    /// What it is about: a request's id, or a scope.
    #[must_use]
    pub fn about(&self) -> String {
        match self {
            Self::Cancel { request, .. } | Self::Extend { request, .. } => request.to_string(),
            Self::Remind { request, .. } | Self::Resolve { request, .. } => request.to_string(),
            Self::Freeze { scope, .. } | Self::Unfreeze { scope, .. } => scope.to_string(),
        }
    }

    /// Why it is given.
    #[must_use]
    pub fn reason(&self) -> &Reason {
        match self {
            Self::Cancel { reason, .. } | Self::Extend { reason, .. } => reason,
            Self::Remind { reason, .. } | Self::Resolve { reason, .. } => reason,
            Self::Freeze { reason, .. } | Self::Unfreeze { reason, .. } => reason,
        }
    }
}

/// Why an operator does something: one line that is not empty.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reason(String);

/// No reason.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("say why in one line of 1 to 500 characters")]
pub struct ReasonError;

impl Reason {
    /// The words.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Reason {
    type Error = ReasonError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let text = text.trim();
        let fits = (1..=MOST_REASON).contains(&text.chars().count());
        if !fits || text.contains(char::is_control) {
            return Err(ReasonError);
        }
        Ok(Self(text.to_owned()))
    }
}

impl std::str::FromStr for Reason {
    type Err = ReasonError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.to_owned().try_into()
    }
}

impl From<Reason> for String {
    fn from(reason: Reason) -> Self {
        reason.0
    }
}

/// What the operators' door answers.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Answer {
    /// `done`, or why not: `invalid`, `unknown`, `conflict`, `unavailable`, `nobody`.
    pub status: String,
    /// What was done, or why not, in a sentence.
    pub message: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_reads_back_and_without_a_reason_is_none() {
        let text = r#"{"order":"cancel","request":"r-1","reason":"asked twice"}"#;
        let order: Order = serde_json::from_str(text).unwrap();
        assert_eq!(serde_json::to_string(&order).unwrap(), text);
        assert_eq!((order.as_str(), order.about()), ("cancel", "r-1".to_owned()));
        let freeze = r#"{"order":"freeze","scope":"tool#a___b","reason":"an incident"}"#;
        assert!(serde_json::from_str::<Order>(freeze).is_ok());
        for bad in [
            r#"{"order":"cancel","request":"r-1"}"#,
            r#"{"order":"cancel","request":"r-1","reason":"  "}"#,
            r#"{"order":"cancel","request":"r-1","reason":"a\nb"}"#,
            r#"{"order":"cancel","reason":"x"}"#,
            r#"{"order":"remind","request":"r-1"}"#,
            r#"{"order":"approve","request":"r-1","reason":"x"}"#,
            r#"{"order":"freeze","scope":"everything","reason":"x"}"#,
        ] {
            assert!(serde_json::from_str::<Order>(bad).is_err(), "{bad}");
        }
        assert!("x".repeat(501).parse::<Reason>().is_err());
    }
}
