//! `actions.toml`: what each tool does to the world.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::duration;
use crate::error::Problems;
use crate::files::ACTIONS;

use super::preview::Preview;

/// What an action does to the world.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Changes nothing.
    Read,
    /// Can be undone.
    Reversible,
    /// Cannot be undone.
    Irreversible,
}

/// One table of the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Action {
    pub(super) headline: String,
    pub(super) effect: Effect,
    pub(super) target: String,
    pub(super) idempotent: bool,
    pub(super) explanation_field: Option<String>,
    #[serde(default)]
    pub(super) secret_fields: Vec<String>,
    #[serde(default, deserialize_with = "duration::read")]
    pub(super) repeat_window: SignedDuration,
    pub(super) preview: Option<Preview>,
    #[serde(default)]
    pub(super) aliases: Vec<Alias>,
}

/// A method and path of an OpenAPI action group that stand for the tool.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd)]
#[serde(deny_unknown_fields)]
pub(super) struct Alias {
    pub(super) group: String,
    pub(super) method: String,
    pub(super) path: String,
}

impl Alias {
    /// An alias as it is compared: methods in upper case.
    pub(super) fn new(group: &str, method: &str, path: &str) -> Self {
        Self { group: group.to_owned(), method: method.to_ascii_uppercase(), path: path.to_owned() }
    }

    /// The names in the path's braces.
    pub(super) fn names(&self) -> impl Iterator<Item = &str> {
        self.path.split('{').skip(1).filter_map(|part| part.split_once('}')).map(|(name, _)| name)
    }
}

/// Reads the file; nothing if it cannot be read.
pub(super) fn read(text: &str, problems: &mut Problems) -> Option<BTreeMap<String, Action>> {
    toml::from_str(text).map_err(|error| problems.add_toml(ACTIONS, text, &error)).ok()
}
