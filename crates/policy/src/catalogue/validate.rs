//! Whether arguments are what the tool's schema says.

use approval_core::strict::{self, InputError, MOST_INTEGER};
use jsonschema::{Draft, PatternOptions, Validator};
use serde_json::{Map, Value};

use crate::decimal::Decimal;

use super::shape::{Fields, Shape};

/// Compiles the part of a schema that the rules do not see.
///
/// Nothing is fetched, patterns run in linear time, and formats are judged.
pub(super) fn compile(schema: &Value) -> Result<Validator, String> {
    jsonschema::options()
        .with_draft(Draft::Draft202012)
        .with_pattern_options(PatternOptions::regex())
        .should_validate_formats(true)
        .should_ignore_unknown_formats(false)
        .offline()
        .build(schema)
        .map_err(|error| error.to_string())
}

/// Checks whole arguments: first the types, then the rest of the schema.
pub(super) fn arguments(
    fields: &Fields,
    rest: &Validator,
    arguments: &Value,
) -> Result<(), InputError> {
    let Value::Object(map) = arguments else {
        return Err(mistyped("(all)", "an object", arguments));
    };
    object(fields, map, "")?;
    rest.validate(arguments).map_err(|error| {
        let path = error.instance_path().to_string();
        let name = path.trim_start_matches('/').replace('/', ".");
        InputError::Invalid {
            name: if name.is_empty() { "(all)".to_owned() } else { strict::shown(&name) },
            // Masked: a value may be a secret.
            why: error.masked().to_string().chars().flat_map(visible).take(300).collect(),
        }
    })
}

fn object(fields: &Fields, map: &Map<String, Value>, path: &str) -> Result<(), InputError> {
    let inside = |name: &str| match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    };
    for (name, value) in map {
        match fields.known.get(name) {
            Some(field) => checked(&field.shape, value, &inside(name))?,
            None if fields.open => no_null(value, &inside(&strict::shown(name)))?,
            None => {
                return Err(InputError::Unknown { name: inside(&strict::shown(name)) });
            }
        }
    }
    let missing = |(name, _): &(&String, _)| !map.contains_key(*name);
    match fields.known.iter().filter(|(_, field)| field.required).find(missing) {
        Some((name, _)) => Err(InputError::Missing { name: inside(name) }),
        None => Ok(()),
    }
}

fn checked(shape: &Shape, value: &Value, path: &str) -> Result<(), InputError> {
    match (shape, value) {
        (Shape::Boolean, Value::Bool(_)) | (Shape::String, Value::String(_)) => Ok(()),
        (Shape::Integer, Value::Number(number)) => match number.as_i64() {
            Some(whole) if whole.unsigned_abs() <= MOST_INTEGER => Ok(()),
            _ => Err(mistyped(path, shape.expected(), value)),
        },
        (Shape::Number, Value::Number(number)) => match Decimal::of(number) {
            Ok(_) => Ok(()),
            Err(why) => Err(InputError::Invalid { name: path.to_owned(), why: why.to_string() }),
        },
        (Shape::Array(items), Value::Array(values)) => values
            .iter()
            .enumerate()
            .try_for_each(|(index, value)| checked(items, value, &format!("{path}[{index}]"))),
        (Shape::Object(fields), Value::Object(map)) => object(fields, map, path),
        _ => Err(mistyped(path, shape.expected(), value)),
    }
}

/// Null means something else to every reader, so it is nowhere accepted.
fn no_null(value: &Value, path: &str) -> Result<(), InputError> {
    match value {
        Value::Null => Err(mistyped(path, "a value", value)),
        Value::Array(values) => values.iter().try_for_each(|value| no_null(value, path)),
        Value::Object(map) => map.values().try_for_each(|value| no_null(value, path)),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => Ok(()),
    }
}

fn mistyped(name: &str, expected: &str, found: &Value) -> InputError {
    let found = match found {
        Value::Null => "null",
        Value::Bool(_) => "a truth value",
        Value::Number(number) if number.is_f64() => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "text",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    };
    InputError::Mistyped {
        name: name.to_owned(),
        expected: expected.to_owned(),
        found: found.to_owned(),
    }
}

fn visible(c: char) -> Vec<char> {
    if c.is_control() { c.escape_debug().collect() } else { vec![c] }
}
