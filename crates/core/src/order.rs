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

    /// The request it is about.
    #[must_use]
    pub fn request(&self) -> Option<&RequestId> {
        match self {
            Self::Cancel { request, .. } | Self::Extend { request, .. } => Some(request),
            Self::Remind { request, .. } | Self::Resolve { request, .. } => Some(request),
            Self::Freeze { .. } | Self::Unfreeze { .. } => None,
        }
    }

    /// The scope it is about.
    #[must_use]
    pub fn scope(&self) -> Option<&FreezeScope> {
        match self {
            Self::Freeze { scope, .. } | Self::Unfreeze { scope, .. } => Some(scope),
            Self::Cancel { .. } | Self::Extend { .. } => None,
            Self::Remind { .. } | Self::Resolve { .. } => None,
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
        let request = RequestId::parse("r-1").unwrap();
        assert_eq!((order.as_str(), order.request()), ("cancel", Some(&request)));
        assert_eq!(order.scope(), None);
        let freeze = r#"{"order":"freeze","scope":"tool#a___b","reason":"an incident"}"#;
        let freeze: Order = serde_json::from_str(freeze).unwrap();
        assert_eq!(freeze.scope().map(FreezeScope::key).as_deref(), Some("tool#a___b"));
        assert_eq!(freeze.request(), None, "a scope is no request");
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
