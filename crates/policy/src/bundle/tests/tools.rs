//! Faults of `tools.json`.

use super::*;

const FILE: &str = "tools.json";

#[test]
fn broken_json_is_reported_at_line_and_column() {
    assert_refused(&[
        (
            FILE,
            "\"shop___pay\",\n",
            "\"shop___pay\"\n",
            "tools.json:4:5: expected `,` or `}`: write JSON with each key once",
        ),
        (
            FILE,
            "\"type\": \"boolean\" }",
            "\"type\": \"boolean\", \"type\": \"string\" }",
            "tools.json:10:45: the key `type` appears twice: write JSON with each key once",
        ),
    ]);
}

#[test]
fn a_list_of_another_form_is_refused() {
    let mut files = files();
    files.put(FILE, r#"{"functions": []}"#);
    let errors = build(&files).unwrap_err().to_string();
    assert_eq!(
        errors.lines().next().unwrap(),
        "tools.json: not a tool list: write `{\"tools\": [...]}` or an array of tools"
    );
}

#[test]
fn a_bare_array_of_tools_is_read_too() {
    let mut files = files();
    let bare = TOOLS_JSON.trim().strip_prefix("{\"tools\": ").unwrap().strip_suffix('}').unwrap();
    files.put(FILE, bare);
    loaded(&files);
}

#[test]
fn a_tool_listed_twice_is_refused() {
    let twin = r#"{"name": "shop___pay", "inputSchema": {"type": "object"}}"#;
    let files = changed(FILE, "\n]}", &format!(",\n{twin}]}}"));
    assert_eq!(
        refusal(&files),
        "tools.json tool 2: the tool `shop___pay` is listed twice: keep one"
    );
}

#[test]
fn names_that_are_reserved_or_split_in_two_ways_are_refused() {
    let first = |to: &str| {
        let files = changed(FILE, "\"shop___pay\"", &format!("\"{to}\""));
        build(&files).unwrap_err().problems()[0].to_string()
    };
    for (name, expected) in [
        ("pay", "the tool `pay` has no group: write `<group>___<function>`"),
        (
            "shop___action_status",
            "the tool `shop___action_status` takes a name of Countersign's own: rename the function",
        ),
        (
            "shop___cancel_action",
            "the tool `shop___cancel_action` takes a name of Countersign's own: rename the function",
        ),
    ] {
        assert_eq!(first(name), format!("tools.json tool 1: {expected}"));
    }
    for name in ["a____b", "a___b___c", "___b", "a___"] {
        let said = first(name);
        assert!(said.contains("does not split into group and function in one way"), "{said}");
    }
    assert!(first("sh op___pay").contains("is no tool name"));
}

#[test]
fn schemas_beyond_the_subset_are_refused_with_what_to_write() {
    assert_refused(&[
        (
            FILE,
            "{ \"type\": \"boolean\" }",
            "{ \"type\": [\"boolean\", \"null\"] }",
            "tools.json [shop___pay]: `inputSchema.urgent` needs one `type` out of string, number, \
             integer, boolean, array, object",
        ),
        (
            FILE,
            ", \"items\": { \"type\": \"string\" }",
            "",
            "tools.json [shop___pay]: `inputSchema.tags` is a list of nothing: add `items`",
        ),
        (
            FILE,
            "{ \"type\": \"boolean\" }",
            "{ \"type\": \"object\" }",
            "tools.json [shop___pay]: `inputSchema.urgent` is an object that may hold nothing: \
             list its `properties`, or write `\"additionalProperties\": true`",
        ),
        (
            FILE,
            "{ \"type\": \"boolean\" }",
            "true",
            "tools.json [shop___pay]: `inputSchema.urgent` is not a schema: write an object",
        ),
        (
            FILE,
            "\"maxLength\"",
            "\"maxLenght\"",
            "tools.json [shop___pay]: `inputSchema.to` has `maxLenght`, which JSON Schema does not \
             know and would ignore: correct it, or begin it with `x-`",
        ),
        (
            FILE,
            "[\"to\", \"amount\"]",
            "[\"to\", \"amount\", \"when\"]",
            "tools.json [shop___pay]: `inputSchema` requires `when`, which is not among its \
             `properties`",
        ),
    ]);
}

#[test]
fn limits_that_are_no_json_schema_are_refused() {
    for (from, to) in [
        ("\"maxLength\": 40", "\"maxLength\": \"40\""),
        ("\"maxLength\": 40", "\"pattern\": \"(\""),
        ("\"maxLength\": 40", "\"format\": \"telephone\""),
        ("\"maxLength\": 40", "\"$ref\": \"https://example.com/schema.json\""),
        ("\"maxLength\": 40", "\"$ref\": \"file:///etc/passwd\""),
        ("\"maxLength\": 40", "\"pattern\": \"(?=a)b\""),
    ] {
        let said = refusal(&changed(FILE, from, to));
        let start = "tools.json [shop___pay]: `inputSchema` is no JSON Schema: ";
        assert!(said.starts_with(start), "{said}");
    }
}

#[test]
fn a_tool_without_an_object_schema_is_refused() {
    let mut files = files();
    files.put(
        FILE,
        r#"[{"name": "shop___pay", "inputSchema": {"type": "string"}}, {"name": "a___b"}]"#,
    );
    let errors = build(&files).unwrap_err().to_string();
    assert!(
        errors.contains("tools.json tool 2: missing field `inputSchema`: give `name` and"),
        "{errors}"
    );
    assert!(
        errors.contains("[shop___pay]: `inputSchema` needs `\"type\": \"object\"`"),
        "{errors}"
    );
}
