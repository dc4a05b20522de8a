//! The Cedar schema of a catalogue, in AgentCore Policy's names.

use cedar_policy::Schema;
use serde_json::{Map, Value, json};

use crate::catalogue::Catalogue;
use crate::catalogue::shape::{Fields, Shape};

/// Makes the schema: principals, one action a tool, and its arguments as `context.input`.
pub(super) fn of(catalogue: &Catalogue) -> Result<Schema, String> {
    let actions: Map<String, Value> =
        catalogue.entries().map(|entry| (entry.name.to_string(), action(&entry.fields))).collect();
    let schema = json!({
        "AgentCore": {
            "entityTypes": {
                "Gateway": {},
                "IamEntity": {},
                "OAuthUser": { "tags": { "type": "String" } },
            },
            "actions": actions,
        }
    });
    Schema::from_json_value(schema).map_err(|error| error.to_string())
}

fn action(input: &Fields) -> Value {
    json!({
        "appliesTo": {
            "principalTypes": ["IamEntity", "OAuthUser"],
            "resourceTypes": ["Gateway"],
            "context": {
                "type": "Record",
                "attributes": {
                    "input": record(input),
                    "system": {
                        "type": "Record",
                        "attributes": { "now": { "type": "Extension", "name": "datetime" } },
                    },
                },
            },
        }
    })
}

fn record(fields: &Fields) -> Value {
    let attributes: Map<String, Value> = fields
        .known
        .iter()
        .map(|(name, field)| {
            let mut attribute = kind(&field.shape);
            if let Value::Object(map) = &mut attribute {
                map.insert("required".to_owned(), Value::Bool(field.required));
            }
            (name.clone(), attribute)
        })
        .collect();
    json!({ "type": "Record", "attributes": attributes })
}

fn kind(shape: &Shape) -> Value {
    match shape {
        Shape::Boolean => json!({ "type": "Boolean" }),
        Shape::Integer => json!({ "type": "Long" }),
        Shape::Number => json!({ "type": "Extension", "name": "decimal" }),
        Shape::String => json!({ "type": "String" }),
        Shape::Array(items) => json!({ "type": "Set", "element": kind(items) }),
        Shape::Object(fields) => record(fields),
    }
}
