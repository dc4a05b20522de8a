//! Names: newtypes over text, so that a group can never be passed where a tool is meant.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The text is not a name: empty, too long, or holding a character names do not have.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{text}` is no {what}: use 1 to {most} characters out of letters, digits and `_-.:/@`")]
pub struct NameError {
    text: String,
    what: &'static str,
    most: usize,
}

fn read(text: &str, what: &'static str, most: usize) -> Result<String, NameError> {
    let fits = |c: char| c.is_ascii_alphanumeric() || "_-.:/@".contains(c);
    if !text.is_empty() && text.len() <= most && text.chars().all(fits) {
        return Ok(text.to_owned());
    }
    let shown = text.chars().take(64).flat_map(char::escape_debug).collect();
    Err(NameError { text: shown, what, most })
}

macro_rules! name {
    ($(#[$doc:meta])* $name:ident, $what:literal, $most:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
        pub struct $name(String);

        impl $name {
            /// Reads the name.
            ///
            /// # Errors
            ///
            /// The text is empty, too long, or holds a character that names do not have.
            pub fn parse(text: &str) -> Result<Self, NameError> {
                read(text, $what, $most).map(Self)
            }

            /// The name as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).map_err(serde::de::Error::custom)
            }
        }
    };
}

name! {
    /// One person of the roster, by handle. The roster holds each person once, so a handle counts
    /// a person.
    ApproverId, "approver", 128
}
name! {
    /// A group of approvers.
    Group, "group", 128
}
name! {
    /// The id of an approval request, and the name of its workflow execution. Not a secret.
    RequestId, "request id", 64
}
name! {
    /// The `@id` of a rule.
    RuleId, "rule id", 128
}
name! {
    /// A tool of the catalogue, `<group>___<function>`.
    ToolName, "tool name", 256
}

impl RequestId {
    /// Makes the id out of 128 random bits.
    #[must_use]
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(crate::digest::hex(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn w09_a_group_name_is_matched_exactly_and_never_split() {
        assert!(Group::parse("approvers,admins").is_err());
        assert!(Group::parse("approvers ").is_err());
        assert!(Group::parse("").is_err());
        assert!(Group::parse("billing-managers").is_ok());
    }

    #[test]
    fn hostile_text_is_escaped_in_the_refusal() {
        let refusal = ToolName::parse("refund\u{202e}\n").unwrap_err().to_string();
        assert!(refusal.contains("refund\\u{202e}\\n"), "{refusal}");
    }
}
