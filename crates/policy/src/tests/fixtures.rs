//! Tool lists that nobody here wrote: every one becomes a catalogue and a schema for the rules.
//!
//! `FIXTURES` names the folder; without it the test says that it was skipped.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use crate::Bundle;

/// The tools of every tool list below a folder.
fn tools(folder: &Path, found: &mut Vec<Value>) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            tools(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "json") {
            let text = fs::read_to_string(&path).unwrap_or_default();
            let listed = serde_json::from_str::<Value>(&text).unwrap_or_default();
            let listed = listed.get("tools").cloned().unwrap_or(listed);
            let is_tool = |tool: &Value| tool.get("inputSchema").is_some();
            found.extend(listed.as_array().into_iter().flatten().filter(|t| is_tool(t)).cloned());
        }
    }
}

/// A bundle folder around one tool, which every rule permits.
fn folder(index: usize, tool: &Value) -> (PathBuf, Map<String, Value>) {
    let folder =
        std::env::temp_dir().join(format!("approval-tools-{}-{index}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    let name = format!("target___{}", tool["name"].as_str().unwrap());
    let tools = json!([{ "name": name, "inputSchema": tool["inputSchema"] }]);
    let example =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/customer-support/policy");
    for file in ["approvers.toml", "policy.toml"] {
        fs::copy(example.join(file), folder.join(file)).unwrap();
    }
    let action = format!(
        "[{name}]\nheadline = \"Run it\"\neffect = \"read\"\ntarget = \"lambda:tool\"\n\
         idempotent = false\n"
    );
    let properties = tool["inputSchema"]["properties"].as_object().cloned().unwrap_or_default();
    let reads: Vec<String> =
        properties.keys().map(|name| format!("(context.input has {name:?})")).collect();
    let rule = format!(
        "@id(\"all\") permit (principal, action == AgentCore::Action::{name:?}, resource);\n\
         @id(\"reads\") @ask(\"support-leads\") forbid (principal, action, resource)\n\
         when {{ {} }};\n",
        if reads.is_empty() { "true".to_owned() } else { reads.join(" || ") }
    );
    fs::write(folder.join("tools.json"), tools.to_string()).unwrap();
    fs::write(folder.join("actions.toml"), action).unwrap();
    fs::write(folder.join("rules.cedar"), rule).unwrap();
    (folder, properties)
}

#[test]
fn tool_lists_of_others_become_catalogues() {
    let Some(fixtures) = std::env::var_os("FIXTURES") else {
        // Not captured: what is left out is said even where the test passes.
        let said = "left out: FIXTURES names no folder of tool lists";
        std::io::Write::write_all(&mut std::io::stderr(), format!("{said}\n").as_bytes()).unwrap();
        return;
    };
    let mut found = Vec::new();
    tools(Path::new(&fixtures), &mut found);
    assert!(!found.is_empty());
    for (index, tool) in found.iter().enumerate() {
        let (folder, properties) = folder(index, tool);
        let loaded = Bundle::load(&folder, "demo");
        fs::remove_dir_all(&folder).unwrap();
        match loaded {
            Ok(bundle) => {
                let entry = bundle.catalogue().entries().next().unwrap();
                assert_eq!(
                    entry.input_schema["properties"].as_object().cloned().unwrap_or_default(),
                    properties
                );
            }
            // The one thing these lists do that must be said more plainly.
            Err(errors) => {
                let told = errors.to_string();
                assert!(told.lines().all(|line| line.contains("may hold nothing")), "{told}");
            }
        }
    }
}
