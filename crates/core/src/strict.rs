//! Strict JSON: the only way in for what an agent sends.
//!
//! Ordinary parsers keep the last of two equal keys and round large integers. Then the text a
//! person approved and the value that runs could differ, so both are refused here.

use std::cell::{Cell, RefCell};
use std::fmt;

use serde::Deserializer as _;
use serde::de::{DeserializeSeed, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The most bytes one input may have.
pub const MOST_BYTES: usize = 128 * 1024;
/// The deepest nesting of arrays and objects.
pub const MOST_DEPTH: usize = 32;
/// The most object keys and array elements in one input.
pub const MOST_ELEMENTS: usize = 4096;
/// The largest integer that IEEE 754 doubles, and so canonical JSON, hold exactly: 2^53 - 1.
pub const MOST_INTEGER: u64 = (1 << 53) - 1;

/// Why an input is refused. Names and values are shown escaped and shortened.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InputError {
    /// More bytes than [`MOST_BYTES`].
    #[error("the input has more than {MOST_BYTES} bytes: send less, or a reference to it")]
    TooLarge,
    /// Not UTF-8.
    #[error("the input is not valid UTF-8")]
    NotUtf8,
    /// Not JSON, or a number no double holds.
    #[error("the input is not valid JSON: {0}")]
    NotJson(String),
    /// Nested deeper than [`MOST_DEPTH`].
    #[error("the input is nested deeper than {MOST_DEPTH} levels")]
    TooDeep,
    /// More than [`MOST_ELEMENTS`] keys and elements.
    #[error("the input has more than {MOST_ELEMENTS} keys and elements")]
    TooMany,
    /// The same key twice in one object.
    #[error("the key `{0}` appears twice: send it once")]
    RepeatedKey(String),
    /// An integer beyond ±(2^53 - 1).
    #[error("the integer `{0}` is beyond ±9007199254740991: send it as a string")]
    IntegerTooLarge(String),
    /// Negative zero, which canonical JSON cannot tell from zero.
    #[error("`-0` is not accepted: send `0`")]
    NegativeZero,
    /// An argument the tool needs is absent.
    #[error("the argument `{name}` is missing")]
    Missing {
        /// The argument.
        name: String,
    },
    /// An argument the tool does not have.
    #[error("the tool has no argument `{name}`: leave it out")]
    Unknown {
        /// The argument.
        name: String,
    },
    /// The same argument twice.
    #[error("the argument `{name}` appears twice: send it once")]
    Repeated {
        /// The argument.
        name: String,
    },
    /// An argument of another type.
    #[error("the argument `{name}` must be {expected}, not `{found}`")]
    Mistyped {
        /// The argument.
        name: String,
        /// What the tool takes.
        expected: String,
        /// What came.
        found: String,
    },
    /// An argument of the right type with a value that the tool does not take.
    #[error("the argument `{name}` is not accepted: {why}")]
    Invalid {
        /// The argument.
        name: String,
        /// What is wrong and what to send instead.
        why: String,
    },
}

/// Escapes and shortens text from outside, so that it can stand in one line of an error.
#[must_use]
pub fn shown(text: &str) -> String {
    let mut shown: String = text.chars().take(64).flat_map(char::escape_debug).collect();
    if text.chars().nth(64).is_some() {
        shown.push('…');
    }
    shown
}

/// Parses JSON from outside.
///
/// ```
/// # use approval_core::strict::{InputError, parse};
/// assert!(parse(br#"{"amount": 480.5}"#).is_ok());
/// let twice = parse(br#"{"amount": 10, "amount": 10000}"#);
/// assert_eq!(twice, Err(InputError::RepeatedKey("amount".to_owned())));
/// ```
///
/// # Errors
///
/// One [`InputError`] for each thing that two readers could understand differently, or that is
/// too large to be read at all.
pub fn parse(bytes: &[u8]) -> Result<Value, InputError> {
    if bytes.len() > MOST_BYTES {
        return Err(InputError::TooLarge);
    }
    let text = std::str::from_utf8(bytes).map_err(|_| InputError::NotUtf8)?;
    let state = State { fault: RefCell::new(None), elements: Cell::new(0) };
    let mut reader = serde_json::Deserializer::from_str(text);
    let value = reader
        .deserialize_any(Strict { depth: 0, state: &state })
        .and_then(|value| reader.end().map(|()| value));
    value.map_err(|error| {
        state.fault.take().unwrap_or_else(|| InputError::NotJson(shown(&error.to_string())))
    })
}

struct State {
    fault: RefCell<Option<InputError>>,
    elements: Cell<usize>,
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    depth: usize,
    state: &'a State,
}

impl Strict<'_> {
    fn refuse<T, E: serde::de::Error>(self, fault: InputError) -> Result<T, E> {
        let error = E::custom(&fault);
        self.state.fault.replace(Some(fault));
        Err(error)
    }

    fn deeper<E: serde::de::Error>(self) -> Result<Self, E> {
        if self.depth >= MOST_DEPTH {
            return self.refuse(InputError::TooDeep);
        }
        Ok(Self { depth: self.depth.saturating_add(1), ..self })
    }

    fn count<E: serde::de::Error>(self) -> Result<(), E> {
        let elements = self.state.elements.get().saturating_add(1);
        self.state.elements.set(elements);
        if elements > MOST_ELEMENTS {
            return self.refuse(InputError::TooMany);
        }
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_i64<E: serde::de::Error>(self, value: i64) -> Result<Value, E> {
        if value.unsigned_abs() > MOST_INTEGER {
            return self.refuse(InputError::IntegerTooLarge(value.to_string()));
        }
        Ok(Value::from(value))
    }

    fn visit_u64<E: serde::de::Error>(self, value: u64) -> Result<Value, E> {
        if value > MOST_INTEGER {
            return self.refuse(InputError::IntegerTooLarge(value.to_string()));
        }
        Ok(Value::from(value))
    }

    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        if value == 0.0 && value.is_sign_negative() {
            return self.refuse(InputError::NegativeZero);
        }
        #[expect(clippy::cast_precision_loss, reason = "2^53 - 1 is exact")]
        if value.fract() == 0.0 && value.abs() > MOST_INTEGER as f64 {
            return self.refuse(InputError::IntegerTooLarge(value.to_string()));
        }
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a number"))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Vec::new();
        while let Some(value) = seq.next_element_seed(inner)? {
            self.count()?;
            values.push(value);
        }
        Ok(Value::Array(values))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut values = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            self.count()?;
            if values.contains_key(&key) {
                return self.refuse(InputError::RepeatedKey(shown(&key)));
            }
            values.insert(key, map.next_value_seed(inner)?);
        }
        Ok(Value::Object(values))
    }
}

#[cfg(test)]
mod tests;
