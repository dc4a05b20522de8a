//! Faults of `actions.toml`.

use super::*;

const FILE: &str = "actions.toml";

#[test]
fn toml_faults_are_reported_at_line_and_column() {
    assert_refused(&[
        (
            FILE,
            "idempotent = true",
            "idempotent = true\nrole = \"x\"",
            "actions.toml:6:1: unknown field `role`, expected one of `headline`, `effect`, \
             `target`, `idempotent`, `explanation_field`, `secret_fields`, `repeat_window`, `preview`, `aliases`",
        ),
        (
            FILE,
            "\"irreversible\"",
            "\"harmless\"",
            "actions.toml:3:10: unknown variant `harmless`, expected one of `read`, `reversible`, \
             `irreversible`",
        ),
        (FILE, "idempotent = true\n", "", "actions.toml:1:1: missing field `idempotent`"),
        (
            FILE,
            "\"PT10M\"",
            "\"10 minutes\"",
            "actions.toml:8:17: `10 minutes` is not a duration: write days, hours, minutes and \
             seconds as `P7D` or `PT4H`",
        ),
        (
            FILE,
            "idempotent = true",
            "idempotent = true\nidempotent = true",
            "actions.toml:6:1: duplicate key",
        ),
    ]);
}

#[test]
fn g31_a_tool_that_changes_something_without_a_repeat_window_is_refused() {
    let files = changed(FILE, "repeat_window = \"PT10M\"\n", "");
    assert_eq!(
        refusal(&files),
        "actions.toml [shop___pay]: a tool that changes something needs a `repeat_window`: an agent \
         that asks again after a lost answer would do it twice"
    );
}

#[test]
fn p13_tools_and_actions_must_name_the_same_tools() {
    let files = changed(FILE, "[shop___pay]", "[shop___buy]");
    let errors = build(&files).unwrap_err().to_string();
    assert_eq!(
        errors,
        "actions.toml: the tool `shop___pay` is missing: add `[shop___pay]`\n\
         actions.toml [shop___buy]: tools.json has no tool of this name: add it or remove this"
    );
}

#[test]
fn what_an_action_names_must_exist() {
    assert_refused(&[
        (
            FILE,
            "[\"pin\"]",
            "[\"pin\", \"puk\"]",
            "actions.toml [shop___pay]: `secret_fields` names `puk`, which the tool has not",
        ),
        (
            FILE,
            "/pay/{to}",
            "/pay/{recipient}",
            "actions.toml [shop___pay]: the path `/pay/{recipient}` names `{recipient}`, which the \
             tool has not",
        ),
        (
            FILE,
            "path = \"/pay/{to}\" }",
            "path = \"/pay/{to}\" }, { group = \"shop\", method = \"post\", path = \"/pay/{to}\" }",
            "actions.toml [shop___pay]: the alias `post /pay/{to}` of group `shop` already stands \
             for `shop___pay`: keep one",
        ),
    ]);
}

#[test]
fn headlines_show_only_required_single_values_that_are_no_secret() {
    let said = |headline: &str| refusal(&changed(FILE, "Pay {amount} to {to}", headline));
    let fault = |rest: &str| format!("actions.toml [shop___pay]: `headline` {rest}");
    assert_eq!(said("Pay {sum}"), fault("names `{sum}`, which the tool has not"));
    assert_eq!(said("Pay {pin}"), fault("names `{pin}`, which is secret: leave it out"));
    assert_eq!(said("Pay {note}"), fault("names `{note}`, which is optional: use required fields"));
    assert_eq!(said("Pay {to"), fault("has a `{` without its `}`"));
    assert_eq!(said("Pay to}"), fault("has a `}` without its `{`"));
    assert_eq!(said(" "), fault("is empty or not one line: say in one line what happens"));
}

#[test]
fn a_headline_shows_no_list() {
    let mut files = changed(FILE, "Pay {amount} to {to}", "Pay {tags}");
    files.put(
        "tools.json",
        &TOOLS_JSON.replace("[\"to\", \"amount\"]", "[\"to\", \"amount\", \"tags\"]"),
    );
    assert_eq!(
        refusal(&files),
        "actions.toml [shop___pay]: `headline` names `{tags}`, which is no single value"
    );
}

#[test]
fn targets_are_functions() {
    let said = |target: &str| build(&changed(FILE, "lambda:{stack}-shop", target));
    for target in [
        "lambda:shop",
        "lambda:arn:aws:lambda:eu-central-1:123456789012:function:shop",
        "lambda:arn:aws-us-gov:lambda:us-gov-west-1:123456789012:function:{stack}-shop:live",
    ] {
        assert!(said(target).is_ok(), "{target}");
    }
    assert_eq!(
        said("https://example.com").unwrap_err().to_string(),
        "actions.toml [shop___pay]: the target `https://example.com` is unknown: write `lambda:` \
         and a function"
    );
    for target in [
        "lambda:",
        "lambda:{region}-shop",
        "lambda:a/b",
        "lambda:arn:aws:s3:::bucket",
        "lambda:arn:aws:lambda:eu-central-1:1234:function:shop",
        "lambda:arn:aws:lambda:eu-central-1:123456789012:function:shop:1:2",
    ] {
        let said = said(target).unwrap_err().to_string();
        assert!(said.contains("names no function: write `lambda:NAME`"), "{said}");
    }
}
