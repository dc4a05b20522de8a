//! What the rules see of a schema: AgentCore's subset of JSON Schema.
//!
//! Everything else a schema says (`enum`, `pattern`, `maximum` …) is left to `jsonschema`, which
//! can only tighten this.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value};

/// The type of a value.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) enum Shape {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A decimal with at most four places.
    Number,
    /// Text.
    String,
    /// A list of one type.
    Array(Box<Shape>),
    /// An object.
    Object(Fields),
}

/// The fields of an object.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(crate) struct Fields {
    /// The fields by name.
    pub(crate) known: BTreeMap<String, Field>,
    /// Whether the schema says in so many words that there may be others.
    pub(crate) open: bool,
}

/// One field.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Field {
    /// Its type.
    pub(crate) shape: Shape,
    /// Whether it must be there.
    pub(crate) required: bool,
}

impl Shape {
    /// The type for people.
    pub(crate) fn expected(&self) -> &'static str {
        match self {
            Self::Boolean => "`true` or `false`",
            Self::Integer => "a whole number",
            Self::Number => "a number",
            Self::String => "text",
            Self::Array(_) => "a list",
            Self::Object(_) => "an object",
        }
    }
}

/// Reads an input schema, collecting what is wrong with it.
pub(crate) fn read(schema: &Value, faults: &mut Vec<String>) -> Fields {
    match object(schema, "inputSchema", faults) {
        Some(map) if map.get("type").and_then(Value::as_str) == Some("object") => {
            fields(map, "inputSchema", faults)
        }
        Some(_) => {
            faults.push("`inputSchema` needs `\"type\": \"object\"`".to_owned());
            Fields::default()
        }
        None => Fields::default(),
    }
}

fn shape(schema: &Value, path: &str, faults: &mut Vec<String>) -> Option<Shape> {
    let map = object(schema, path, faults)?;
    match map.get("type").and_then(Value::as_str) {
        Some("boolean") => Some(Shape::Boolean),
        Some("integer") => Some(Shape::Integer),
        Some("number") => Some(Shape::Number),
        Some("string") => Some(Shape::String),
        Some("array") => {
            let Some(items) = map.get("items") else {
                faults.push(format!("`{path}` is a list of nothing: add `items`"));
                return None;
            };
            shape(items, &format!("{path}[]"), faults).map(Box::new).map(Shape::Array)
        }
        Some("object") => {
            let fields = fields(map, path, faults);
            if fields.known.is_empty() && !fields.open {
                faults.push(format!(
                    "`{path}` is an object that may hold nothing: list its `properties`, or \
                     write `\"additionalProperties\": true`"
                ));
            }
            Some(Shape::Object(fields))
        }
        _ => {
            faults.push(format!(
                "`{path}` needs one `type` out of string, number, integer, boolean, array, object"
            ));
            None
        }
    }
}

fn fields(map: &Map<String, Value>, path: &str, faults: &mut Vec<String>) -> Fields {
    let open = map.get("additionalProperties").is_some_and(|more| *more != Value::Bool(false));
    let mut required: BTreeSet<&str> = map
        .get("required")
        .and_then(Value::as_array)
        .map(|names| names.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    let mut known = BTreeMap::new();
    for (name, schema) in map.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let required = required.remove(name.as_str());
        if let Some(shape) = shape(schema, &format!("{path}.{name}"), faults) {
            known.insert(name.clone(), Field { shape, required });
        }
    }
    for name in required {
        faults.push(format!("`{path}` requires `{name}`, which is not among its `properties`"));
    }
    Fields { known, open }
}

fn object<'a>(
    schema: &'a Value,
    path: &str,
    faults: &mut Vec<String>,
) -> Option<&'a Map<String, Value>> {
    let Some(map) = schema.as_object() else {
        faults.push(format!("`{path}` is not a schema: write an object"));
        return None;
    };
    for key in map.keys() {
        if !KEYWORDS.contains(&key.as_str()) && !key.starts_with("x-") {
            faults.push(format!(
                "`{path}` has `{key}`, which JSON Schema does not know and would ignore: \
                 correct it, or begin it with `x-`"
            ));
        }
    }
    Some(map)
}

/// JSON Schema 2020-12. An unknown keyword is a limit that somebody believes to be in force.
const KEYWORDS: [&str; 57] = [
    "$anchor",
    "$comment",
    "$defs",
    "$dynamicAnchor",
    "$dynamicRef",
    "$id",
    "$ref",
    "$schema",
    "$vocabulary",
    "additionalProperties",
    "allOf",
    "anyOf",
    "const",
    "contains",
    "contentEncoding",
    "contentMediaType",
    "contentSchema",
    "default",
    "definitions",
    "dependentRequired",
    "dependentSchemas",
    "deprecated",
    "description",
    "else",
    "enum",
    "examples",
    "exclusiveMaximum",
    "exclusiveMinimum",
    "format",
    "if",
    "items",
    "maxContains",
    "maxItems",
    "maxLength",
    "maxProperties",
    "maximum",
    "minContains",
    "minItems",
    "minLength",
    "minProperties",
    "minimum",
    "multipleOf",
    "not",
    "oneOf",
    "pattern",
    "patternProperties",
    "prefixItems",
    "properties",
    "propertyNames",
    "readOnly",
    "required",
    "then",
    "title",
    "type",
    "unevaluatedItems",
    "unevaluatedProperties",
    "uniqueItems",
];
