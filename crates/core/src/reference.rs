//! The agent's handle on a request.

use std::fmt;

use crate::digest::{Digest, hex, unhex};

/// The agent's unguessable handle on a request: `cs-` and 128 bits in hexadecimal.
///
/// # Security
///
/// Whoever holds it may read the request's state and result, so it is stored only as a digest and
/// shown only to the one who asked.
#[derive(Clone, Eq, PartialEq)]
pub struct Reference(String);

impl Reference {
    /// Makes the reference out of a keyed hash.
    #[must_use]
    pub fn from_hash(hash: &Digest) -> Self {
        let (half, _) = hash.as_bytes().split_at(16);
        Self(format!("cs-{}", hex(half)))
    }

    /// Reads a reference as an agent may write it back: case and surrounding space do not matter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_lowercase();
        let bits = unhex(text.strip_prefix("cs-")?)?;
        (bits.len() == 16).then_some(Self(text))
    }

    /// Under which it is stored.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.as_bytes())
    }

    /// The reference, for the one who asked.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Reference")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_reads_back_in_any_case() {
        let reference = Reference::from_hash(&Digest::of(b"x"));
        let loud = format!(" {} ", reference.expose().to_uppercase());
        assert_eq!(Reference::parse(&loud).unwrap().digest(), reference.digest());
        assert!(Reference::parse("cs-12").is_none());
        assert!(Reference::parse("7f3k").is_none());
    }
}
