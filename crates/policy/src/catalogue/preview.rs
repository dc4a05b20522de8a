//! The preview of an action: a tool that only reads, asked before people are, so that they see
//! what is there beside what would be.

use std::collections::BTreeMap;

use approval_core::name::ToolName;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::actions::Effect;
use super::entry::Entry;
use super::shape::Fields;

/// The most arguments that are compared: what a person takes in at once.
const MOST: usize = 8;
/// The most characters of a text that is compared.
const MOST_TEXT: usize = 500;

/// The table `preview` of an action.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Preview {
    /// The tool that reads.
    pub tool: ToolName,
    /// Its arguments, each by the argument of the action that it is taken from.
    arguments: BTreeMap<String, String>,
    /// Arguments of the action, each by the field of the answer that says how it stands:
    /// `plan`, or `account.plan` for a field of a field.
    compare: BTreeMap<String, String>,
}

impl Preview {
    /// What is wrong with it on the side of the action.
    pub(super) fn faults(&self, fields: &Fields, shown: impl Fn(&str) -> bool) -> Vec<String> {
        let mut faults = Vec::new();
        if self.compare.is_empty() || self.compare.len() > MOST {
            faults.push(format!("`preview.compare` names no argument, or more than {MOST}"));
        }
        for name in self.arguments.values().chain(self.compare.keys()) {
            if !fields.known.contains_key(name) || !shown(name) {
                faults.push(format!(
                    "`preview` names `{name}`, which is no argument of the tool, or secret"
                ));
            }
        }
        faults
    }

    /// What is wrong with it on the side of the tool that reads; none there is a fault as well.
    pub(super) fn unfit(&self, reader: Option<&Entry>) -> Option<String> {
        let tool = &self.tool;
        let Some(reader) = reader else {
            return Some(format!("`preview.tool` names `{tool}`, which is no tool"));
        };
        if reader.effect != Effect::Read || !reader.idempotent {
            return Some(format!(
                "`preview.tool` names `{tool}`, which does not only read: its effect must be \
                 `read`, and it must be idempotent"
            ));
        }
        let strange = self.arguments.keys().find(|name| !reader.fields.known.contains_key(*name));
        strange.map(|name| format!("`preview.arguments` names `{name}`, which `{tool}` has not"))
    }

    /// The arguments of the call; none where the action leaves one out.
    #[must_use]
    pub fn arguments(&self, action: &Value) -> Option<Value> {
        let taken = self.arguments.iter();
        let taken = taken.map(|(theirs, ours)| Some((theirs.clone(), action.get(ours)?.clone())));
        Some(Value::Object(taken.collect::<Option<Map<_, _>>>()?))
    }

    /// How each compared argument stands, by an answer; whatever the answer does not say is left
    /// out.
    #[must_use]
    pub fn stands(&self, answer: &Value) -> Map<String, Value> {
        let field = |path: &str| path.split('.').try_fold(answer, |at, name| at.get(name));
        let stands = self.compare.iter().filter_map(|(ours, path)| {
            let value = field(path)?;
            Some((ours.clone(), Value::from(short(value))))
        });
        stands.collect()
    }
}

/// A value as text of bounded length.
fn short(value: &Value) -> String {
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let more = text.chars().count().saturating_sub(MOST_TEXT);
    let shown: String = text.chars().take(MOST_TEXT).collect();
    if more == 0 { shown } else { format!("{shown} ({more} more characters)") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn preview() -> Preview {
        toml::from_str(
            "tool = \"a___read\"\narguments = { id = \"account_id\" }\n\
             compare = { plan = \"account.plan\", seats = \"seats\" }",
        )
        .unwrap()
    }

    #[test]
    fn the_call_takes_its_arguments_from_the_action() {
        let action = json!({"account_id": "AC-1", "plan": "basic"});
        assert_eq!(preview().arguments(&action), Some(json!({"id": "AC-1"})));
        assert_eq!(preview().arguments(&json!({"plan": "basic"})), None);
    }

    #[test]
    fn what_the_answer_says_is_picked_and_nothing_else() {
        let answer = json!({"account": {"plan": "premium", "card": "4111"}, "seats": 4});
        let stands = json!({"plan": "premium", "seats": "4"});
        assert_eq!(Value::Object(preview().stands(&answer)), stands);
        assert!(preview().stands(&json!({"account": "premium"})).is_empty());
        assert!(preview().stands(&json!("no object")).is_empty());
        let long = json!({"account": {"plan": "x".repeat(9_000)}});
        let shown = preview().stands(&long)["plan"].as_str().unwrap().to_owned();
        assert!(shown.len() < 600 && shown.ends_with("x (8500 more characters)"), "{shown}");
    }
}
