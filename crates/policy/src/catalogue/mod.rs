//! The tool catalogue: what an agent may ask for at all.

mod actions;
mod coerce;
mod entry;
mod headline;
mod json;
mod preview;
pub(crate) mod shape;
mod target;
mod tools;
mod validate;

use std::collections::BTreeMap;

use approval_core::name::ToolName;

use self::actions::Alias;
use crate::error::Problems;
use crate::files::{ACTIONS, TOOLS};

pub use self::actions::Effect;
pub use self::entry::{Entry, SECRET};
pub use self::preview::Preview;

/// The tools of a bundle.
#[derive(Debug, Default)]
pub struct Catalogue {
    entries: BTreeMap<ToolName, Entry>,
    routes: BTreeMap<Alias, ToolName>,
}

impl Catalogue {
    /// Reads `tools.json` and `actions.toml`, which must name the same tools.
    pub(crate) fn read(tools: &str, actions: &str, stack: &str, problems: &mut Problems) -> Self {
        let mut catalogue = Self::default();
        let before = problems.count();
        let (tools, actions) = (tools::read(tools, problems), actions::read(actions, problems));
        let complete = problems.count() == before;
        let (Some(tools), Some(mut actions)) = (tools, actions) else {
            return catalogue;
        };
        for (name, tool) in tools {
            let Some(action) = actions.remove(name.as_str()) else {
                problems.add(ACTIONS, format!("the tool `{name}` is missing: add `[{name}]`"));
                continue;
            };
            for alias in &action.aliases {
                catalogue.route(alias, &name, problems);
            }
            let entry = Entry::join(name.clone(), tool, &action, stack, problems);
            catalogue.entries.extend(entry.map(|entry| (name, entry)));
        }
        for entry in catalogue.entries.values().filter(|_| complete) {
            let Some(preview) = &entry.preview else { continue };
            if let Some(why) = preview.unfit(catalogue.tool(&preview.tool)) {
                problems.add(format!("{ACTIONS} [{}]", entry.name), why);
            }
        }
        for name in actions.keys().filter(|_| complete) {
            let place = format!("{ACTIONS} [{name}]");
            problems.add(place, format!("{TOOLS} has no tool of this name: add it or remove this"));
        }
        catalogue
    }

    fn route(&mut self, alias: &Alias, name: &ToolName, problems: &mut Problems) {
        let Alias { group, method, path } = alias;
        for (by, at) in [("GET", "/action-status"), ("POST", "/cancel-action")] {
            if method.eq_ignore_ascii_case(by) && path == at {
                let what = "belongs to Countersign: use another path";
                problems
                    .add(format!("{ACTIONS} [{name}]"), format!("the alias `{by} {at}` {what}"));
            }
        }
        if let Some(other) = self.routes.insert(Alias::new(group, method, path), name.clone()) {
            problems.add(
                format!("{ACTIONS} [{name}]"),
                format!(
                    "the alias `{method} {path}` of group `{group}` already stands for `{other}`: \
                     keep one"
                ),
            );
        }
    }

    /// The tool of this name.
    #[must_use]
    pub fn tool(&self, name: &ToolName) -> Option<&Entry> {
        self.entries.get(name)
    }

    /// The tool that a function of an action group stands for: `<group>___<function>`.
    #[must_use]
    pub fn by_function(&self, action_group: &str, function: &str) -> Option<&Entry> {
        ToolName::parse(&format!("{action_group}___{function}")).ok().and_then(|n| self.tool(&n))
    }

    /// The tool that a method and path template of an action group stand for.
    ///
    /// Methods are compared without case, everything else exactly.
    #[must_use]
    pub fn by_route(&self, action_group: &str, method: &str, path: &str) -> Option<&Entry> {
        self.routes.get(&Alias::new(action_group, method, path)).and_then(|name| self.tool(name))
    }

    /// All tools, by name.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }
}

#[cfg(test)]
mod tests;
