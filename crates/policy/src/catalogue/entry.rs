//! One tool: its arguments, what it does, where it goes, and how people are told.

use std::collections::BTreeSet;

use approval_core::action::CanonicalAction;
use approval_core::canonical::{self, CanonicalError};
use approval_core::digest::Digest;
use approval_core::evidence::Terms;
use approval_core::name::ToolName;
use approval_core::strict::InputError;
use jiff::SignedDuration;
use jsonschema::Validator;
use serde::Serialize;
use serde_json::{Value, json};

use crate::error::Problems;
use crate::files::{ACTIONS, TOOLS};

use super::actions::{Action, Effect};
use super::headline::Headline;
use super::preview::Preview;
use super::shape::{self, Fields, Shape};
use super::tools::Tool;
use super::{coerce, target, validate};

/// What stands in the display part where a secret field was given.
pub const SECRET: &str = "⟦secret⟧";

/// A tool of the catalogue.
#[derive(Debug)]
pub struct Entry {
    /// The tool.
    pub name: ToolName,
    /// What it does to the world.
    pub effect: Effect,
    /// Where it goes, with the stack filled in: `lambda:` and a function name or ARN.
    pub target: String,
    /// Whether the target does nothing new when it gets the same idempotency key again.
    pub idempotent: bool,
    /// The argument that holds the agent's own words about its ask: shown last, as unchecked.
    pub explanation_field: Option<String>,
    /// The arguments that approvers never see.
    pub secret_fields: BTreeSet<String>,
    /// What is looked at before people are asked; no part of the digest, since it runs nothing.
    pub preview: Option<Preview>,
    /// How long the same ask, once executed or rejected, still is the same request.
    pub repeat_window: SignedDuration,
    /// The schema of its arguments, as the tool list has it.
    pub input_schema: Value,
    pub(crate) fields: Fields,
    headline: Headline,
    rest: Validator,
    digest: Digest,
}

/// What the digest covers. A change of any of it voids what was approved.
#[derive(Serialize)]
struct Sealed<'a> {
    tool: &'a ToolName,
    schema: &'a Value,
    target: &'a str,
    effect: Effect,
    idempotent: bool,
}

impl Entry {
    /// Joins what the tool list and the actions file say; tells everything that is wrong.
    pub(super) fn join(
        name: ToolName,
        tool: Tool,
        action: &Action,
        stack: &str,
        problems: &mut Problems,
    ) -> Option<Self> {
        let input_schema = tool.input_schema;
        let mut faults = Vec::new();
        let fields = shape::read(&input_schema, &mut faults);
        let rest = validate::compile(&input_schema)
            .map_err(|why| faults.push(format!("`inputSchema` is no JSON Schema: {why}")))
            .ok();
        faults.drain(..).for_each(|fault| problems.add(format!("{TOOLS} [{name}]"), fault));

        let secret_fields: BTreeSet<String> = action.secret_fields.iter().cloned().collect();
        for secret in secret_fields.iter().filter(|secret| !fields.known.contains_key(*secret)) {
            faults.push(format!("`secret_fields` names `{secret}`, which the tool has not"));
        }
        for (alias, name) in action.aliases.iter().flat_map(|a| a.names().map(move |n| (a, n))) {
            if !fields.known.contains_key(name) {
                let path = &alias.path;
                faults
                    .push(format!("the path `{path}` names `{{{name}}}`, which the tool has not"));
            }
        }
        if let Some(field) = &action.explanation_field {
            let text = fields.known.get(field).is_some_and(|field| field.shape == Shape::String);
            if !text || secret_fields.contains(field) {
                faults.push(format!(
                    "`explanation_field` names `{field}`, which is no text of the tool, or secret"
                ));
            }
        }
        if let Some(preview) = &action.preview {
            faults.extend(preview.faults(&fields, |name| !secret_fields.contains(name)));
        }
        let mut keep = |why: String| faults.push(why);
        let target = target::expand(&action.target, stack).map_err(&mut keep).ok();
        let headline = Headline::read(&action.headline, &fields, &secret_fields);
        let headline = headline.map_err(&mut keep).ok();
        if action.effect != Effect::Read && action.repeat_window.is_zero() {
            let why = "an agent that asks again after a lost answer would do it twice";
            faults.push(format!("a tool that changes something needs a `repeat_window`: {why}"));
        }
        faults.drain(..).for_each(|fault| problems.add(format!("{ACTIONS} [{name}]"), fault));

        let target = target?;
        let sealed = Sealed {
            tool: &name,
            schema: &input_schema,
            target: &target,
            effect: action.effect,
            idempotent: action.idempotent,
        };
        Some(Self {
            digest: canonical::digest(&sealed).ok()?,
            name,
            effect: action.effect,
            target,
            idempotent: action.idempotent,
            explanation_field: action.explanation_field.clone(),
            secret_fields,
            preview: action.preview.clone(),
            repeat_window: action.repeat_window,
            input_schema,
            fields,
            headline: headline?,
            rest: rest?,
        })
    }

    /// The digest of everything an approval binds besides the arguments: tool, schema, target,
    /// effect and idempotency.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }

    /// What the evidence check needs of the tool.
    #[must_use]
    pub fn terms(&self) -> Terms {
        let reads = self.effect == Effect::Read;
        Terms {
            entry: self.digest,
            target: self.target.clone(),
            idempotent: self.idempotent,
            reads,
        }
    }

    /// Types Bedrock's text arguments by the schema. [`Entry::validate`] judges the result.
    ///
    /// # Errors
    ///
    /// A name is unknown or repeated, or a text is not exactly a value of its type.
    pub fn coerce(&self, texts: &[(String, String)]) -> Result<Value, InputError> {
        coerce::arguments(&self.fields, texts)
    }

    /// Checks arguments against the schema. Unknown properties and null are refused.
    ///
    /// # Errors
    ///
    /// The first argument that is not what the schema says. No error shows a value.
    pub fn validate(&self, arguments: &Value) -> Result<(), InputError> {
        validate::arguments(&self.fields, &self.rest, arguments)
    }

    /// The arguments as approvers may see them: secret fields are replaced by [`SECRET`].
    #[must_use]
    pub fn display(&self, arguments: &Value) -> Value {
        let mut shown = arguments.clone();
        if let Value::Object(map) = &mut shown {
            for (_, value) in map.iter_mut().filter(|(name, _)| self.secret_fields.contains(*name))
            {
                *value = Value::from(SECRET);
            }
        }
        shown
    }

    /// What approvers and operators may see of an action of this tool.
    ///
    /// # Errors
    ///
    /// It has no canonical form.
    pub fn display_part(
        &self,
        action: &CanonicalAction,
        digest: Digest,
    ) -> Result<Vec<u8>, CanonicalError> {
        let known = self.fields.known.iter();
        let decimal = known.filter(|(_, field)| field.shape == Shape::Number);
        let decimal: BTreeSet<&String> = decimal.map(|(name, _)| name).collect();
        canonical::bytes(&json!({
            "decimal_fields": decimal,
            "headline": self.headline(&action.arguments),
            "tool": action.tool,
            "arguments": self.display(&action.arguments),
            "secret_fields": self.secret_fields,
            "explanation_field": self.explanation_field,
            "effect": self.effect,
            "requester": action.requester,
            "session": action.session,
            "asked_at": action.asked_at,
            "digest": digest,
        }))
    }

    /// The action in one line. Text in it is as the agent sent it, so whatever shows the line
    /// must make hidden characters visible.
    #[must_use]
    pub fn headline(&self, arguments: &Value) -> String {
        self.headline.fill(arguments)
    }
}
