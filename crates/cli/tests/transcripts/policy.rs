//! `policy check` and `policy test`.

use std::path::Path;

use crate::{Transcript, bundle, countersign, example};

fn policy(verb: &str, folder: &Path) -> Transcript {
    countersign(&["policy", verb, folder.to_str().unwrap()])
}

#[test]
fn check_lists_what_is_in_a_bundle() {
    let said = policy("check", &example());
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let lines = [
        "tools (6)",
        "  billing___refund_order            irreversible, idempotent, at lambda:demo-billing",
        "  support___cancel_account          irreversible, at lambda:demo-billing",
        "  refund-over-100              asks 1 of billing-managers, tier medium: Refund above 100.00",
        "  refunds                      permits",
        "groups (3)",
        "  compliance-reviewers  compliance-reviewer-1, compliance-reviewer-2",
    ];
    for line in lines {
        assert!(said.out.lines().any(|one| one == line), "`{line}` is not in\n{}", said.out);
    }
    let digest = said.out.lines().last().and_then(|line| line.strip_prefix("digest "));
    assert!(digest.is_some_and(|digest| digest.len() == 64), "{}", said.out);
}

#[test]
fn check_names_the_stack_that_would_load_it() {
    let folder = example();
    let said = countersign(&["policy", "check", folder.to_str().unwrap(), "--stack", "prod"]);
    assert!(said.out.contains("lambda:prod-billing"), "{}", said.out);
}

#[test]
fn check_tells_all_problems_at_once() {
    let folder = bundle("two-problems", "policy.toml", |text| {
        text.replace("PT8H", "8 hours").replace("P7D", "seven days")
    });
    std::fs::write(folder.join("rules.txt"), "").unwrap();
    let said = policy("check", &folder);
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    let lines: Vec<_> = said.err.lines().collect();
    assert!(lines.iter().any(|line| line.starts_with("policy.toml:3:")), "{}", said.err);
    assert!(lines.iter().any(|line| line.starts_with("rules.txt: ")), "{}", said.err);
    assert_eq!(lines.last(), Some(&"error: 2 problems in the bundle"));
}

#[test]
fn check_of_no_folder_says_so() {
    let said = policy("check", Path::new("/nonexistent"));
    assert_eq!((said.code, said.out.as_str()), (Some(1), ""));
    assert!(said.err.starts_with("/nonexistent: the folder cannot be read"), "{}", said.err);
}

#[test]
fn g03_a_bundle_hides_nothing_in_its_problems() {
    let folder = bundle("hidden", "hidden\u{202e}\n.txt", |text| text);
    let said = policy("check", &folder);
    assert!(said.err.starts_with("hidden⟦U+202E⟧⟦U+000A⟧.txt: not a part"), "{}", said.err);
}

#[test]
fn test_has_a_line_for_every_case() {
    let said = policy("test", &example());
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let (last, cases) =
        said.out.lines().collect::<Vec<_>>().split_last().map(|(a, b)| (*a, b.to_vec())).unwrap();
    assert_eq!(last, format!("{} passed, 0 failed", cases.len()));
    assert!(cases.contains(&"ok    tests/refunds.toml: 100.01 asks one billing manager"));
    assert!(cases.iter().all(|line| line.starts_with("ok    tests/")), "{}", said.out);
}

#[test]
fn test_shows_what_differs() {
    let folder = bundle("failing", "tests/refunds.toml", |_| {
        r#"[[case]]
name = "a refund is always allowed"
tool = "billing___refund_order"
arguments = { order_id = "A-1", amount = 100.01, currency = "EUR" }
expect = { answer = "allowed", tier = "low" }
"#
        .to_owned()
    });
    let said = policy("test", &folder);
    assert_eq!(said.code, Some(1));
    let failed = "\
FAIL  tests/refunds.toml: a refund is always allowed
        answer: expected allowed, found pending
        tier: expected low, found medium
";
    assert!(said.out.contains(failed), "{}", said.out);
    assert!(said.out.ends_with(" passed, 1 failed\n"), "{}", said.out);
    assert!(said.err.starts_with("error: the bundle does not answer as its tests expect"));
}
