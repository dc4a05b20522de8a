use std::fs;

use super::*;

/// Runs one test file against the example bundle.
fn run_file(name: &str, text: &str) -> Vec<CaseResult> {
    let policy =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/customer-support/policy");
    let bundle = Bundle::load(&policy, "demo").unwrap();
    let folder = std::env::temp_dir().join(format!("approval-cases-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    fs::write(folder.join("a.toml"), text).unwrap();
    let results = run(&bundle, &folder);
    fs::remove_dir_all(&folder).unwrap();
    results
}

fn differences(name: &str, text: &str) -> Vec<String> {
    let mut results = run_file(name, text);
    assert_eq!(results.len(), 1, "{results:?}");
    assert_eq!(results[0].file, "tests/a.toml");
    results.remove(0).differences
}

const REFUND: &str = r#"
[[case]]
name = "a refund"
tool = "billing___refund_order"
arguments = { order_id = "A-1", amount = 480.00, currency = "EUR" }
"#;

#[test]
fn every_difference_is_told() {
    let text = format!(
        "{REFUND}[case.expect]\nanswer = \"allowed\"\ntier = \"low\"\nrules = [\"refunds\"]\n\
         requirements = []\ndecide_within = \"PT1H\"\nreason = \"none\"\n"
    );
    assert_eq!(
        differences("differences", &text),
        [
            "answer: expected allowed, found pending",
            "tier: expected low, found medium",
            "rules: expected [\"refunds\"], found [\"refund-over-100\"]",
            "requirements: expected [], found [\"1 of billing-managers\"]",
            "decide_by: expected 2026-01-01T13:00:00.000Z, found 2026-01-01T16:00:00.000Z",
            "reason: expected \"none\", found \"Refund above 100.00\"",
        ]
    );
}

#[test]
fn what_a_case_does_not_state_may_be_anything() {
    let text = format!("{REFUND}expect = {{ answer = \"pending\" }}\n");
    assert_eq!(differences("stated", &text), [""; 0]);
}

#[test]
fn arguments_that_are_turned_away_are_not_taken_for_a_refusal() {
    let text = REFUND.replace("480.00", "-1");
    let refused = format!("{text}expect = {{ answer = \"refused\" }}\n");
    let said = differences("turned-away", &refused).remove(0);
    assert!(said.starts_with("the arguments are turned away before any rule is asked: "), "{said}");
    let invalid = format!("{text}expect = {{ answer = \"invalid\" }}\n");
    assert_eq!(differences("invalid", &invalid), [""; 0]);
    let accepted = format!("{REFUND}expect = {{ answer = \"invalid\" }}\n");
    assert_eq!(differences("accepted", &accepted), ["the arguments are accepted"]);
}

#[test]
fn a_file_that_cannot_be_read_is_a_failed_case_with_its_place() {
    for (name, text, expected) in [
        ("syntax", "[[case]\n", "tests/a.toml:1:8: "),
        (
            "unknown",
            "[[case]]\nname = \"x\"\ntol = \"y\"\n",
            "tests/a.toml:3:1: unknown field `tol`",
        ),
        (
            "date",
            &REFUND.replace("480.00", "2026-01-01"),
            "tests/a.toml:5:13: `2026-01-01` is no JSON value: write it as a string",
        ),
        ("nan", &REFUND.replace("480.00", "nan"), "tests/a.toml:5:13: not a number"),
        (
            "person",
            &format!("{REFUND}person = {{ issuer = \"x\" }}\n"),
            "tests/a.toml:6:10: write `{ claimed = \"...\" }` or `{ issuer = \"...\", subject = ",
        ),
    ] {
        let said = differences(name, text).remove(0);
        assert!(said.starts_with(expected), "{said}");
    }
}

#[test]
fn unknown_tools_and_repeated_names_fail() {
    let text = format!("{REFUND}expect = {{ answer = \"pending\" }}\n");
    let unknown = text.replace("refund_order", "refund_all");
    assert_eq!(differences("tool", &unknown), ["the bundle has no tool `billing___refund_all`"]);
    let twice = run_file("twice", &format!("{text}{text}"));
    let failed: Vec<_> = twice.iter().filter(|result| !result.passed()).collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].differences, ["two cases have this name"]);
}

#[test]
fn a_bundle_without_tests_has_no_results() {
    let policy =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/customer-support/policy");
    let bundle = Bundle::load(&policy, "demo").unwrap();
    assert!(run(&bundle, Path::new("/nowhere")).is_empty());
}
