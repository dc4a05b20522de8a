//! From Bedrock's text to typed values, by the tool's schema.

use approval_core::strict::{self, InputError, MOST_INTEGER};
use serde_json::{Map, Value};

use crate::decimal::{Decimal, DecimalError};

use super::shape::{Fields, Shape};

/// Types named text arguments. Whether all are there and acceptable is not judged here.
pub(super) fn arguments(fields: &Fields, texts: &[(String, String)]) -> Result<Value, InputError> {
    let mut values = Map::new();
    for (name, text) in texts {
        let Some(field) = fields.known.get(name) else {
            return Err(InputError::Unknown { name: strict::shown(name) });
        };
        if values.insert(name.clone(), value(&field.shape, name, text)?).is_some() {
            return Err(InputError::Repeated { name: name.clone() });
        }
    }
    Ok(Value::Object(values))
}

fn value(shape: &Shape, name: &str, text: &str) -> Result<Value, InputError> {
    // What came is described and not shown: it may be a secret.
    let mistyped = || InputError::Mistyped {
        name: name.to_owned(),
        expected: shape.expected().to_owned(),
        found: if text.is_empty() { "empty text" } else { "text" }.to_owned(),
    };
    let invalid =
        |why: &dyn ToString| InputError::Invalid { name: name.to_owned(), why: why.to_string() };
    match shape {
        Shape::String => Ok(Value::from(text)),
        Shape::Boolean => text.parse().map(Value::Bool).map_err(|_| mistyped()),
        Shape::Integer if !is_integer(text) => Err(mistyped()),
        Shape::Integer if text == "-0" => Err(invalid(&DecimalError::NegativeZero)),
        Shape::Integer => match text.parse::<i64>() {
            Ok(whole) if whole.unsigned_abs() <= MOST_INTEGER => Ok(Value::from(whole)),
            _ => Err(invalid(&"a whole number lies within ±9007199254740991")),
        },
        Shape::Number => match Decimal::parse(text).and_then(Decimal::to_number) {
            Ok(number) => Ok(Value::Number(number)),
            Err(DecimalError::NotNumber) => Err(mistyped()),
            Err(why) => Err(invalid(&why)),
        },
        Shape::Array(_) | Shape::Object(_) => {
            let read = strict::parse(text.as_bytes());
            let read =
                read.map_err(|why| invalid(&format!("send {} as JSON: {why}", shape.expected())))?;
            let fits = matches!(
                (shape, &read),
                (Shape::Array(_), Value::Array(_)) | (Shape::Object(_), Value::Object(_))
            );
            if fits { Ok(read) } else { Err(mistyped()) }
        }
    }
}

/// `-?(0|[1-9][0-9]*)`
fn is_integer(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    !digits.is_empty()
        && digits.bytes().all(|byte| byte.is_ascii_digit())
        && (digits == "0" || !digits.starts_with('0'))
}
