//! RFC 8785: one byte string for one JSON value.

use serde::Serialize;

use crate::digest::Digest;

/// The value has no canonical form.
#[derive(Debug, thiserror::Error)]
#[error("the value has no canonical JSON form")]
pub struct CanonicalError(#[from] serde_json::Error);

/// The canonical bytes of a value (RFC 8785).
///
/// # Errors
///
/// The value cannot be written as JSON, such as a map with keys that are not text.
///
/// # Security
///
/// Only values that went through [`crate::strict::parse`] keep their meaning here: canonical JSON
/// writes numbers as IEEE 754 doubles, so integers beyond 2^53 - 1 would share bytes with their
/// neighbours, and one approval would fit two actions.
pub fn bytes(value: &impl Serialize) -> Result<Vec<u8>, CanonicalError> {
    Ok(serde_json_canonicalizer::to_vec(value)?)
}

/// The digest of a value's canonical bytes.
///
/// # Errors
///
/// The value has no canonical form.
pub fn digest(value: &impl Serialize) -> Result<Digest, CanonicalError> {
    Ok(Digest::of(&bytes(value)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_sorted_and_numbers_have_one_form() {
        let value = serde_json::json!({"b": 480.0, "a": "x", "é": [1e2, -0.5]});
        let text = String::from_utf8(bytes(&value).unwrap()).unwrap();
        assert_eq!(text, r#"{"a":"x","b":480,"é":[100,-0.5]}"#);
    }
}
