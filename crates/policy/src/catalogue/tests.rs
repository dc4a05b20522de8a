use approval_core::strict::InputError;
use serde_json::{Value, json};

use super::*;
use crate::error::LoadErrors;

const TOOLS_JSON: &str = r#"[{
  "name": "shop___pay",
  "inputSchema": {
    "type": "object",
    "properties": {
      "to": { "type": "string", "pattern": "^[a-z]+$" },
      "amount": { "type": "number", "exclusiveMinimum": 0, "multipleOf": 0.01 },
      "currency": { "type": "string", "enum": ["EUR", "USD"] },
      "count": { "type": "integer", "maximum": 9 },
      "urgent": { "type": "boolean" },
      "tags": { "type": "array", "items": { "type": "string" }, "uniqueItems": true },
      "card": {
        "type": "object",
        "properties": { "holder": { "type": "string" }, "year": { "type": "integer" } },
        "required": ["holder"]
      },
      "extra": { "type": "object", "additionalProperties": true },
      "pin": { "type": "string", "minLength": 4 }
    },
    "required": ["to", "amount"]
  }
}]"#;

const ACTIONS_TOML: &str = r#"[shop___pay]
headline = "Pay {amount} to {to}!"
effect = "irreversible"
repeat_window = "PT10M"
target = "lambda:{stack}-shop"
idempotent = true
secret_fields = ["pin", "card"]
aliases = [{ group = "shop", method = "post", path = "/pay/{to}" }]
"#;

fn catalogue() -> Catalogue {
    let mut problems = Problems::default();
    let catalogue = Catalogue::read(TOOLS_JSON, ACTIONS_TOML, "demo", &mut problems);
    problems.none_or(Some(catalogue)).unwrap()
}

fn with<T>(look: impl FnOnce(&Entry) -> T) -> T {
    look(catalogue().by_function("shop", "pay").unwrap())
}

fn coerce(texts: &[(&str, &str)]) -> Result<Value, InputError> {
    let texts: Vec<(String, String)> =
        texts.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
    with(|entry| entry.coerce(&texts))
}

fn invalid(arguments: &Value) -> String {
    with(|entry| entry.validate(arguments)).expect_err("arguments to be refused").to_string()
}

#[test]
fn text_is_typed_by_the_schema() {
    let typed = coerce(&[
        ("to", "480"),
        ("amount", "480.00"),
        ("count", "-3"),
        ("urgent", "true"),
        ("tags", "[\"a\", \"b\"]"),
        ("card", "{\"holder\": \"x\"}"),
    ]);
    let expected = json!({
        "to": "480", "amount": 480, "count": -3, "urgent": true, "tags": ["a", "b"],
        "card": { "holder": "x" }
    });
    assert_eq!(typed, Ok(expected));
    assert_eq!(coerce(&[("to", "")]), Ok(json!({ "to": "" })));
    assert_eq!(coerce(&[("amount", "1e2")]), Ok(json!({ "amount": 100 })));
    assert_eq!(coerce(&[("amount", "0.10")]), Ok(json!({ "amount": 0.1 })));
}

#[test]
fn g09_texts_that_are_not_exactly_a_value_of_the_type_are_refused() {
    let odd = [
        "", " 1", "1 ", "+1", "01", "1_0", "0x10", "1,0", "٣", "NaN", "Infinity", "one", "null",
        "\"1\"",
    ];
    for text in odd.iter().chain(["1.0", "1e2", "--1"].iter()) {
        let refused = coerce(&[("count", text)]);
        assert!(matches!(refused, Err(InputError::Mistyped { .. })), "{text}: {refused:?}");
    }
    for text in odd.iter().chain([".5", "5.", "1e", "0.1+0.2"].iter()) {
        let refused = coerce(&[("amount", text)]);
        assert!(matches!(refused, Err(InputError::Mistyped { .. })), "{text}: {refused:?}");
    }
    for text in ["True", "TRUE", "1", "yes", "", "false "] {
        let refused = coerce(&[("urgent", text)]);
        assert!(matches!(refused, Err(InputError::Mistyped { .. })), "{text}: {refused:?}");
    }
    for (name, text) in [
        ("count", "9007199254740992"),
        ("count", "-9007199254740992"),
        ("count", "99999999999999999999"),
        ("count", "-0"),
        ("amount", "-0"),
        ("amount", "1e400"),
        ("amount", "0.00001"),
        ("amount", "0.30000000000000004"),
        ("amount", "999999999999999999"),
    ] {
        let refused = coerce(&[(name, text)]);
        assert!(matches!(refused, Err(InputError::Invalid { .. })), "{text}: {refused:?}");
    }
    assert_eq!(
        coerce(&[("count", "9007199254740991")]),
        Ok(json!({ "count": 9_007_199_254_740_991_i64 }))
    );
}

#[test]
fn lists_and_objects_are_read_only_as_strict_json() {
    let said = |name, text| coerce(&[(name, text)]).unwrap_err().to_string();
    assert_eq!(
        said("tags", "[a, b]"),
        "the argument `tags` is not accepted: send a list as JSON: the input is not valid JSON: \
         expected value at line 1 column 2"
    );
    assert_eq!(said("tags", "{}"), "the argument `tags` must be a list, not `text`");
    assert_eq!(said("card", "[]"), "the argument `card` must be an object, not `text`");
    let twice = said("card", r#"{"holder":"a","holder":"b"}"#);
    assert!(twice.ends_with("the key `holder` appears twice: send it once"), "{twice}");
    let deep = said("tags", &"[".repeat(40));
    assert!(deep.ends_with("nested deeper than 32 levels"), "{deep}");
}

#[test]
fn g11_g13_names_the_tool_has_not_and_names_sent_twice_are_refused() {
    for name in ["riskLevel", "approvers", "displayName", "ttl", "callbackUrl", "TO"] {
        assert_eq!(coerce(&[(name, "x")]), Err(InputError::Unknown { name: name.to_owned() }));
        let arguments = json!({ "to": "x", "amount": 1, name: "x" });
        let refused = with(|entry| entry.validate(&arguments));
        assert_eq!(refused, Err(InputError::Unknown { name: name.to_owned() }));
    }
    let twice = coerce(&[("to", "a"), ("to", "a")]);
    assert_eq!(twice, Err(InputError::Repeated { name: "to".to_owned() }));
    let hostile = coerce(&[("\u{202e}\n", "x")]).unwrap_err().to_string();
    assert_eq!(hostile, "the tool has no argument `\\u{202e}\\n`: leave it out");
}

#[test]
fn arguments_that_fit_are_accepted() {
    for arguments in [
        json!({ "to": "x", "amount": 0.01 }),
        json!({ "to": "x", "amount": 5000.01, "currency": "EUR", "count": 9 }),
        json!({ "to": "x", "amount": 1, "tags": [], "extra": { "a": { "b": 1 } } }),
        json!({ "to": "x", "amount": 1, "card": { "holder": "h", "year": 2030 } }),
    ] {
        assert_eq!(with(|entry| entry.validate(&arguments)), Ok(()), "{arguments}");
    }
}

#[test]
fn money_of_two_places_is_money_of_two_places() {
    let accepted =
        |amount: f64| with(|entry| entry.validate(&json!({ "to": "x", "amount": amount }))).is_ok();
    let catalogue = catalogue();
    let entry = catalogue.by_function("shop", "pay").unwrap();
    for cents in (1..500_100_u32).step_by(7) {
        let amount = f64::from(cents) / 100.0;
        let arguments = json!({ "to": "x", "amount": amount });
        assert_eq!(entry.validate(&arguments), Ok(()), "{amount}");
    }
    assert!(!accepted(0.001) && !accepted(100.005) && !accepted(0.0) && !accepted(-1.0));
}

#[test]
fn every_refusal_names_the_argument_and_what_to_send() {
    for (arguments, expected) in [
        (json!({ "amount": 1 }), "the argument `to` is missing"),
        (json!({ "to": 1, "amount": 1 }), "the argument `to` must be text, not `a number`"),
        (json!({ "to": "x", "amount": "1" }), "the argument `amount` must be a number, not `text`"),
        (
            json!({ "to": "x", "amount": 1, "count": 480.0 }),
            "the argument `count` must be a whole number, not `a number with a fraction`",
        ),
        (
            json!({ "to": "x", "amount": 1, "count": 10 }),
            "the argument `count` is not accepted: value is greater than the maximum of 9",
        ),
        (
            json!({ "to": "x", "amount": 1, "urgent": null }),
            "the argument `urgent` must be `true` or `false`, not `null`",
        ),
        (
            json!({ "to": "x", "amount": 1, "tags": ["a", 1] }),
            "the argument `tags[1]` must be text, not `a number`",
        ),
        (
            json!({ "to": "x", "amount": 1, "tags": ["a", "a"] }),
            "the argument `tags` is not accepted: value has non-unique elements",
        ),
        (json!({ "to": "x", "amount": 1, "card": {} }), "the argument `card.holder` is missing"),
        (
            json!({ "to": "x", "amount": 1, "card": { "holder": "h", "cvc": 1 } }),
            "the tool has no argument `card.cvc`: leave it out",
        ),
        (
            json!({ "to": "x", "amount": 1, "extra": { "a": [null] } }),
            "the argument `extra.a` must be a value, not `null`",
        ),
        (
            json!({ "to": "x", "amount": 0.12345 }),
            "the argument `amount` is not accepted: a number has at most 4 decimal places and 15 digits in all: send fewer",
        ),
        (
            json!({ "to": "x", "amount": 1, "currency": "GBP" }),
            "the argument `currency` is not accepted: value is not one of \"EUR\" or \"USD\"",
        ),
        (
            json!({ "to": "X", "amount": 1 }),
            "the argument `to` is not accepted: value does not match \"^[a-z]+$\"",
        ),
        (json!("x"), "the argument `(all)` must be an object, not `text`"),
    ] {
        assert_eq!(invalid(&arguments), expected, "{arguments}");
    }
}

#[test]
fn no_refusal_shows_a_value() {
    let said = invalid(&json!({ "to": "x", "amount": 1, "pin": "abc" }));
    assert!(!said.contains("abc"), "{said}");
    let said = coerce(&[("count", "4711x")]).unwrap_err().to_string();
    assert!(!said.contains("4711"), "{said}");
}

#[test]
fn secret_fields_are_marked_and_everything_else_is_shown() {
    let arguments = json!({ "to": "x", "amount": 1, "pin": "1234", "card": { "holder": "h" } });
    let shown = with(|entry| entry.display(&arguments));
    assert_eq!(shown, json!({ "to": "x", "amount": 1, "pin": SECRET, "card": SECRET }));
    assert_eq!(with(|entry| entry.display(&json!({ "to": "x" }))), json!({ "to": "x" }));
}

#[test]
fn a_headline_is_the_template_with_its_fields() {
    let headline = |to: &str, amount: Value| {
        with(|entry| entry.headline(&json!({ "to": to, "amount": amount })))
    };
    assert_eq!(headline("x", json!(480)), "Pay 480.00 to x!");
    assert_eq!(headline("x", json!(480.5)), "Pay 480.50 to x!");
    assert_eq!(headline("{amount}", json!(1)), "Pay 1.00 to {amount}!");
}

#[test]
fn g11_routes_are_exact_but_for_the_case_of_the_method() {
    let catalogue = catalogue();
    let found = |group, method, path| catalogue.by_route(group, method, path).is_some();
    assert!(found("shop", "POST", "/pay/{to}") && found("shop", "post", "/pay/{to}"));
    assert!(!found("shop", "GET", "/pay/{to}"));
    assert!(!found("shop", "POST", "/pay/x"));
    assert!(!found("shop", "POST", "/pay/{to}/"));
    assert!(!found("Shop", "POST", "/pay/{to}"));
    assert!(catalogue.by_function("shop", "Pay").is_none());
    assert!(catalogue.by_function("", "shop___pay").is_none());
    assert!(catalogue.by_function("shop\n", "pay").is_none());
}

#[test]
fn the_digest_covers_the_expanded_target() {
    let digest = |stack| {
        let mut problems = Problems::default();
        let catalogue = Catalogue::read(TOOLS_JSON, ACTIONS_TOML, stack, &mut problems);
        let entry = catalogue.by_function("shop", "pay").unwrap();
        (entry.target.clone(), entry.digest())
    };
    let (target, one) = digest("demo");
    assert_eq!(target, "lambda:demo-shop");
    assert_ne!(one, digest("live").1);
    assert_eq!(one, digest("demo").1);
}

/// The shop with a tool that reads, and a preview of paying that says this.
fn previewed(preview: &str, reads: &str) -> Result<Catalogue, LoadErrors> {
    let tools = TOOLS_JSON.trim_start_matches('[');
    let tools = format!(
        r#"[{{"name": "shop___look", "inputSchema": {{"type": "object",
        "properties": {{"whom": {{"type": "string"}}}}, "required": ["whom"]}}}}, {tools}"#
    );
    let actions = format!(
        "{ACTIONS_TOML}[shop___pay.preview]\n{preview}\n[shop___look]\nheadline = \"Look\"\n\
         {reads}\ntarget = \"lambda:{{stack}}-shop\"\nrepeat_window = \"PT1M\"\n"
    );
    let mut problems = Problems::default();
    let catalogue = Catalogue::read(&tools, &actions, "demo", &mut problems);
    problems.none_or(Some(catalogue))
}

const READS: &str = "effect = \"read\"\nidempotent = true";

#[test]
fn a_preview_reads_and_names_what_both_tools_have() {
    let good =
        "tool = \"shop___look\"\narguments = { whom = \"to\" }\ncompare = { amount = \"due\" }";
    let catalogue = previewed(good, READS).unwrap();
    let preview = catalogue.by_function("shop", "pay").unwrap().preview.as_ref().unwrap();
    assert_eq!(preview.arguments(&json!({"to": "x", "amount": 1})), Some(json!({"whom": "x"})));
    for (bad, reads, said) in [
        (good.replace("___look", "___gone"), READS, "which is no tool"),
        (good.to_owned(), "effect = \"reversible\"\nidempotent = true", "does not only read"),
        (good.to_owned(), "effect = \"read\"\nidempotent = false", "does not only read"),
        (good.replace("whom", "who"), READS, "`who`, which `shop___look` has not"),
        (
            good.replace("\"to\"", "\"pin\""),
            READS,
            "`pin`, which is no argument of the tool, or secret",
        ),
        (good.replace("amount", "sum"), READS, "`sum`, which is no argument"),
        (good.replace("{ amount = \"due\" }", "{}"), READS, "names no argument"),
        (good.replace("tool", "tol"), READS, "unknown field"),
    ] {
        let errors = previewed(&bad, reads).unwrap_err().to_string();
        assert!(errors.contains(said), "{bad}: {errors}");
    }
}

#[test]
fn a_preview_is_no_part_of_what_an_approval_binds() {
    let good =
        "tool = \"shop___look\"\narguments = { whom = \"to\" }\ncompare = { amount = \"due\" }";
    let digest = |of: &Catalogue| of.by_function("shop", "pay").unwrap().digest();
    assert_eq!(digest(&previewed(good, READS).unwrap()), digest(&catalogue()));
}
