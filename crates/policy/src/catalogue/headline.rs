//! The one-line summary of an action: a template with `{field}` placeholders and no logic.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::decimal::Decimal;

use super::shape::{Fields, Shape};

/// The most characters of one text that a headline shows.
const MOST_FIELD: usize = 80;

/// A checked template.
#[derive(Clone, Debug)]
pub(super) struct Headline(Vec<Part>);

#[derive(Clone, Debug)]
enum Part {
    Text(String),
    /// A field that is shown as it is.
    Field(String),
    /// A number, shown with at least two places.
    Number(String),
}

impl Headline {
    /// Reads a template whose every field exists, is required, is a single value and no secret.
    pub(super) fn read(
        template: &str,
        fields: &Fields,
        secrets: &BTreeSet<String>,
    ) -> Result<Self, String> {
        if template.trim().is_empty() || template.contains(char::is_control) {
            return Err(
                "`headline` is empty or not one line: say in one line what happens".to_owned()
            );
        }
        let mut parts = Vec::new();
        let mut rest = template;
        while let Some((text, after)) = rest.split_once('{') {
            let Some((name, after)) = after.split_once('}') else {
                return Err("`headline` has a `{` without its `}`".to_owned());
            };
            parts.push(Part::Text(text.to_owned()));
            parts.push(field(name, fields, secrets)?);
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        let stray = |part: &Part| matches!(part, Part::Text(text) if text.contains('}'));
        if parts.iter().any(stray) {
            return Err("`headline` has a `}` without its `{`".to_owned());
        }
        Ok(Self(parts))
    }

    /// Fills the template. Text is as the agent sent it: what shows it must make it visible.
    pub(super) fn fill(&self, arguments: &Value) -> String {
        let value = |name: &str| arguments.get(name).unwrap_or(&Value::Null);
        let filled = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Field(name) => {
                value(name).as_str().map_or_else(|| value(name).to_string(), bounded)
            }
            Part::Number(name) => match value(name).as_number().map(Decimal::of) {
                Some(Ok(decimal)) => decimal.shown(),
                Some(Err(_)) | None => value(name).to_string(),
            },
        };
        self.0.iter().map(filled).collect()
    }
}

/// A text of which a headline shows the beginning; the facts show all of it.
fn bounded(text: &str) -> String {
    let count = text.chars().count();
    if count <= MOST_FIELD {
        return text.to_owned();
    }
    let shown: String = text.chars().take(MOST_FIELD).collect();
    format!("{shown}... ({} more characters)", count.saturating_sub(MOST_FIELD))
}

fn field(name: &str, fields: &Fields, secrets: &BTreeSet<String>) -> Result<Part, String> {
    let Some(field) = fields.known.get(name) else {
        return Err(format!("`headline` names `{{{name}}}`, which the tool has not"));
    };
    if secrets.contains(name) {
        return Err(format!("`headline` names `{{{name}}}`, which is secret: leave it out"));
    }
    if !field.required {
        return Err(format!(
            "`headline` names `{{{name}}}`, which is optional: use required fields"
        ));
    }
    match field.shape {
        Shape::Number => Ok(Part::Number(name.to_owned())),
        Shape::Boolean | Shape::Integer | Shape::String => Ok(Part::Field(name.to_owned())),
        Shape::Array(_) | Shape::Object(_) => {
            Err(format!("`headline` names `{{{name}}}`, which is no single value"))
        }
    }
}
