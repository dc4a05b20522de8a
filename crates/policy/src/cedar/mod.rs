//! Cedar: the schema made from the catalogue, the rules, and their evaluation.

mod annotations;
mod bounds;
mod context;
mod evaluate;
mod rules;
mod schema;

pub use self::annotations::{Ask, Rule};
pub(crate) use self::evaluate::{Question, Verdict};
pub(crate) use self::rules::Rules;

use cedar_policy::{EntityId, EntityTypeName, EntityUid};

/// The id of an entity in AgentCore's namespace.
fn entity(kind: &str, id: &str) -> Option<EntityUid> {
    let kind: EntityTypeName = format!("AgentCore::{kind}").parse().ok()?;
    Some(EntityUid::from_type_name_and_id(kind, EntityId::new(id)))
}
