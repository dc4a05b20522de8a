mod actions;
mod approvers;
mod assessments;
mod folder;
mod properties;
mod rules;
mod settings;
mod tools;

use approval_core::action::{CanonicalAction, FORMAT};
use approval_core::name::{RequestId, ToolName};
use approval_core::requester::{Caller, Person};
use serde_json::{Value, json};

use super::*;

const TOOLS_JSON: &str = r#"{"tools": [
  {
    "name": "shop___pay",
    "inputSchema": {
      "type": "object",
      "properties": {
        "to": { "type": "string", "maxLength": 40 },
        "amount": { "type": "number" },
        "count": { "type": "integer" },
        "urgent": { "type": "boolean" },
        "tags": { "type": "array", "items": { "type": "string" } },
        "note": { "type": "string" },
        "pin": { "type": "string" }
      },
      "required": ["to", "amount"]
    }
  }
]}
"#;

const ACTIONS_TOML: &str = r#"[shop___pay]
headline = "Pay {amount} to {to}"
effect = "irreversible"
target = "lambda:{stack}-shop"
idempotent = true
secret_fields = ["pin"]
aliases = [{ group = "shop", method = "POST", path = "/pay/{to}" }]
repeat_window = "PT10M"
"#;

const APPROVERS_TOML: &str = r#"[people.ada]
name = "Approver A"
issuer = "https://login.example.com"
subject = "0a"
mail = "approver-a@example.com"
locale = "en"

[people.bea]
name = "Approver B"
issuer = "https://login.example.com"
subject = "0b"
mail = "approver-b@example.com"
locale = "pt-BR"

[people.cid]
name = "Approver C"
issuer = "https://login.example.com"
subject = "0c"
mail = "approver-c@example.com"
locale = "en"

[groups.payers]
members = ["ada", "bea"]
escalation = "auditors"

[[groups.payers.substitutes]]
who = "cid"
from = "2026-02-01T00:00:00.000Z"
until = "2026-03-01T00:00:00.000Z"

[groups.auditors]
members = ["bea", "cid"]
"#;

const POLICY_TOML: &str = r#"hard_limit = "P7D"

[tiers.low]
decide_within = "P1D"
assurance = "link"

[tiers.medium]
decide_within = "PT8H"
assurance = "link"

[tiers.high]
decide_within = "PT4H"
assurance = "signed-in"

[tiers.critical]
decide_within = "PT1H"
assurance = "signed-in"
"#;

const RULES: &str = r#"@id("pay")
permit (principal, action == AgentCore::Action::"shop___pay", resource);

@id("over-100")
@ask("payers")
@quorum("1")
@tier("medium")
@decide_within("PT2H")
@reason("Above 100.00")
forbid (principal, action == AgentCore::Action::"shop___pay", resource)
when { context.input.amount.greaterThan(decimal("100.00")) };

@id("over-1000")
@tier("low")
@reason("Never above 1,000.00")
forbid (principal, action == AgentCore::Action::"shop___pay", resource)
when { context.input.amount.greaterThan(decimal("1000.00")) };
"#;

const NOW: &str = "2026-01-01T12:00:00.000Z";

fn files() -> Files {
    let mut files = Files::default();
    files.put("tools.json", TOOLS_JSON);
    files.put("actions.toml", ACTIONS_TOML);
    files.put("approvers.toml", APPROVERS_TOML);
    files.put("policy.toml", POLICY_TOML);
    files.put("rules.cedar", RULES);
    files
}

fn build(files: &Files) -> Result<Bundle, LoadErrors> {
    Bundle::build(files, Path::new("nowhere"), "demo", Problems::default())
}

fn loaded(files: &Files) -> Bundle {
    build(files).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The bundle with one more rule.
fn with_rule(rule: &str) -> Files {
    let mut files = files();
    files.put("rules.cedar", &format!("{RULES}\n{rule}\n"));
    files
}

/// The bundle with `from` replaced by `to` in a file, which must hold it.
fn changed(name: &str, from: &str, to: &str) -> Files {
    let mut files = files();
    let text = files.needed(name, &mut Problems::default()).expect(name).to_owned();
    assert!(text.contains(from), "{name} has no {from}");
    files.put(name, &text.replacen(from, to, 1));
    files
}

/// The only line of the refusal to load.
fn refusal(files: &Files) -> String {
    let errors = build(files).expect_err("a bundle that must not load");
    assert_eq!(errors.problems().len(), 1, "{errors}");
    errors.to_string()
}

fn assert_refused(cases: &[(&str, &str, &str, &str)]) {
    for (name, from, to, expected) in cases {
        assert_eq!(refusal(&changed(name, from, to)), *expected, "{from} -> {to}");
    }
}

fn now() -> Moment {
    Moment::parse(NOW).unwrap()
}

/// The person a case names: nobody, `https://issuer subject`, or a claim.
fn person(text: &str) -> Person {
    match text.split_once(' ') {
        Some((issuer, subject)) if issuer.starts_with("https://") => {
            Person::Verified { issuer: issuer.to_owned(), subject: subject.to_owned() }
        }
        _ if text.is_empty() => Person::Unknown,
        _ => Person::Claimed { name: text.to_owned() },
    }
}

fn action(bundle: &Bundle, arguments: Value, behind: &str) -> CanonicalAction {
    let tool = ToolName::parse("shop___pay").unwrap();
    CanonicalAction {
        format: FORMAT,
        stack: "demo".to_owned(),
        request: RequestId::parse("r1").unwrap(),
        nonce: "00".to_owned(),
        entry: bundle.catalogue().tool(&tool).unwrap().digest(),
        tool,
        arguments,
        requester: Requester {
            caller: Caller::Bedrock,
            agent: "agent-1".to_owned(),
            person: person(behind),
        },
        session: None,
        asked_at: now(),
    }
}

fn pay(amount: f64) -> Value {
    json!({ "to": "x", "amount": amount })
}

#[test]
fn the_bundle_of_these_tests_loads() {
    loaded(&files());
}

#[test]
fn a_bundle_can_be_shared_between_tasks() {
    fn shared<T: Send + Sync>(_: &T) {}
    shared(&loaded(&files()));
}
