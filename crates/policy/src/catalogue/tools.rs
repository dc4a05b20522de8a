//! `tools.json`: the tool list of an MCP server or an AgentCore Gateway target.

use std::collections::BTreeMap;

use approval_core::name::ToolName;
use serde::Deserialize;
use serde_json::Value;

use crate::error::Problems;
use crate::files::TOOLS;

use super::json;

/// One tool as the list has it.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Tool {
    name: String,
    pub(super) input_schema: Value,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum List {
    Bare(Vec<Value>),
    Wrapped { tools: Vec<Value> },
}

/// Names that belong to Countersign's own companion tools.
const RESERVED: [&str; 2] = ["action_status", "cancel_action"];

/// Reads the list; nothing if it is no list.
pub(super) fn read(text: &str, problems: &mut Problems) -> Option<BTreeMap<ToolName, Tool>> {
    let value = match json::parse(text) {
        Ok(value) => value,
        Err(error) => {
            let place = format!("{TOOLS}:{}:{}", error.line(), error.column());
            let said = error.to_string();
            let what = said.split(" at line ").next().unwrap_or(&said);
            problems.add(place, format!("{what}: write JSON with each key once"));
            return None;
        }
    };
    let Ok(List::Bare(list) | List::Wrapped { tools: list }) = List::deserialize(value) else {
        problems.add(TOOLS, "not a tool list: write `{\"tools\": [...]}` or an array of tools");
        return None;
    };
    let mut tools = BTreeMap::new();
    for (index, value) in list.into_iter().enumerate() {
        let place = format!("{TOOLS} tool {}", index.saturating_add(1));
        let tool = match Tool::deserialize(value) {
            Ok(tool) => tool,
            Err(error) => {
                problems.add(place, format!("{error}: give `name` and `inputSchema`"));
                continue;
            }
        };
        match name_of(&tool.name) {
            Err(why) => problems.add(place, why),
            Ok(name) if tools.contains_key(&name) => {
                problems.add(place, format!("the tool `{name}` is listed twice: keep one"));
            }
            Ok(name) => {
                tools.insert(name, tool);
            }
        }
    }
    Some(tools)
}

/// Reads a name that splits into group and function in exactly one way.
fn name_of(text: &str) -> Result<ToolName, String> {
    let name = ToolName::parse(text).map_err(|error| error.to_string())?;
    let Some((group, function)) = text.split_once("___") else {
        return Err(format!("the tool `{name}` has no group: write `<group>___<function>`"));
    };
    let splits_once = !function.starts_with('_') && !function.contains("___");
    if group.is_empty() || function.is_empty() || !splits_once || group.ends_with('_') {
        return Err(format!(
            "the tool `{name}` does not split into group and function in one way: \
             write `<group>___<function>` with one `___`"
        ));
    }
    if RESERVED.contains(&function) {
        return Err(format!(
            "the tool `{name}` takes a name of Countersign's own: rename the function"
        ));
    }
    Ok(name)
}
