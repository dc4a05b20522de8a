//! Sealed parts: bytes only some functions can open.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The parts of a request that are sealed, each under its own key.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Part {
    /// The canonical action.
    Action,
    /// What approvers and operators may see of it.
    Display,
    /// How what it would change stood when people were asked.
    Before,
    /// What the target answered.
    Result,
}

impl Part {
    /// The name inside the encryption context.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Action => "action",
            Self::Display => "display",
            Self::Before => "before",
            Self::Result => "result",
        }
    }
}

/// Ciphertext with all that is needed to open it but the key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sealed(pub Vec<u8>);

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.0)
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_byte_buf(Bytes).map(Self)
    }
}

struct Bytes;

impl<'de> serde::de::Visitor<'de> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }

    fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut seq: A) -> Result<Vec<u8>, A::Error> {
        std::iter::from_fn(|| seq.next_element().transpose()).collect()
    }
}
