//! Arguments as the rules see them: what the schema names, and nothing else.

use approval_core::moment::Moment;
use cedar_policy::{Context, RestrictedExpression};
use serde_json::{Map, Value};

use crate::catalogue::shape::{Fields, Shape};
use crate::decimal::Decimal;

/// The context of a request; nothing if the arguments do not fit the schema.
pub(super) fn of(fields: &Fields, arguments: &Value, now: Moment) -> Option<Context> {
    let input = record(fields, arguments.as_object()?)?;
    let clock = RestrictedExpression::new_datetime(now.to_string());
    let system = RestrictedExpression::new_record([("now".to_owned(), clock)]).ok()?;
    Context::from_pairs([("input".to_owned(), input), ("system".to_owned(), system)]).ok()
}

fn record(fields: &Fields, map: &Map<String, Value>) -> Option<RestrictedExpression> {
    let mut pairs = Vec::new();
    for (name, field) in &fields.known {
        match map.get(name) {
            Some(value) => pairs.push((name.clone(), expression(&field.shape, value)?)),
            None if field.required => return None,
            None => {}
        }
    }
    RestrictedExpression::new_record(pairs).ok()
}

fn expression(shape: &Shape, value: &Value) -> Option<RestrictedExpression> {
    match shape {
        Shape::Boolean => value.as_bool().map(RestrictedExpression::new_bool),
        Shape::Integer => value.as_i64().map(RestrictedExpression::new_long),
        Shape::Number => {
            let decimal = Decimal::of(value.as_number()?).ok()?;
            Some(RestrictedExpression::new_decimal(decimal.to_string()))
        }
        Shape::String => {
            value.as_str().map(|text| RestrictedExpression::new_string(text.to_owned()))
        }
        Shape::Array(items) => {
            let values: Option<Vec<_>> =
                value.as_array()?.iter().map(|value| expression(items, value)).collect();
            values.map(RestrictedExpression::new_set)
        }
        Shape::Object(fields) => record(fields, value.as_object()?),
    }
}
