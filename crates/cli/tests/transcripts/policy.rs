//! `policy check`, `policy test` and `policy explain`.

use std::path::Path;

use crate::{Transcript, assert_failed, bundle, command, countersign, example};

fn policy(verb: &str, folder: &Path) -> Transcript {
    countersign(&["policy", verb, folder.to_str().unwrap()])
}

#[test]
fn check_lists_what_is_in_a_bundle() {
    let said = policy("check", &example());
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    let lines = [
        "tools (7)",
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

const REFUND: &str =
    r#"{"order_id": "A-1042", "amount": 480.00, "currency": "EUR", "reason": "damaged"}"#;

const ACCOUNT: &str = r#"{"account_id": "AC-1042", "reason": "asked for"}"#;

fn explained(arguments: &str, more: &[&str]) -> Transcript {
    let folder = example();
    let folder = folder.to_str().unwrap();
    let tool: &[&str] =
        if more.contains(&"--tool") { &[] } else { &["--tool", "billing___refund_order"] };
    let at = ["--at", "2026-11-22T10:00:00Z"];
    let start = ["policy", "explain", folder, "--arguments", arguments];
    countersign(&[&start[..], &at, tool, more].concat())
}

#[test]
fn explain_says_what_is_asked_of_whom_and_why() {
    let said = explained(REFUND, &["--person", "Billing-Manager-2@example.com"]);
    let words = "\
Refund 480.00 EUR for order A-1042
pending: people are asked, tier medium
because: Refund above 100.00

rules that led there
  refund-over-100  asks 1 of billing-managers, tier medium: Refund above 100.00

who would be asked
  1 of billing-managers: billing-manager-1, billing-manager-3
    not billing-manager-2, for whom the agent acts

decide by 2026-11-22T14:00:00.000Z, within 4 h

bundle ";
    assert_eq!((said.code, said.err.as_str()), (Some(0), ""));
    assert_eq!(said.out.get(..words.len()), Some(words), "{}", said.out);
}

#[test]
fn what_is_allowed_and_what_is_refused_are_answers_too() {
    let amount = |amount: &str| REFUND.replace("480.00", amount);
    let said = explained(&amount("20.00"), &[]);
    assert!(said.out.contains("\nallowed: runs without a person, tier low\n"), "{}", said.out);
    let said = explained(&amount("6000.00"), &["-o", "json"]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert!(said.out.contains("\"answer\": \"refused\""), "{}", said.out);
    assert!(said.out.contains("\"headline\": \"Refund 6000.00 EUR"), "{}", said.out);
}

#[test]
fn what_no_rule_would_be_asked_about_is_an_error_and_quotes_no_value() {
    let turned = "the arguments are turned away before any rule is asked";
    let said = explained(&REFUND.replace("A-1042", "hunter2"), &[]);
    assert_failed(&said, 1, turned);
    assert!(!said.err.contains("hunter2"), "{}", said.err);
    assert_failed(&explained(r#"{"amount": 1, "amount": 2}"#, &[]), 1, "the arguments: ");
    assert_failed(&explained("@/nonexistent", &[]), 1, "/nonexistent: No such file");
    assert_failed(
        &explained("{}", &["--tool", "no___such"]),
        1,
        "the bundle has no tool `no___such`; it has ",
    );
    let said = explained("{}", &["--person", "verified:nobody"]);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("write a name, or `verified:`"), "{}", said.err);
}

#[test]
fn arguments_are_read_from_a_file_or_from_the_input() {
    let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("refund.json");
    std::fs::write(&file, REFUND).unwrap();
    let folder = example();
    let tool = ["--tool", "billing___refund_order", "--arguments"];
    let explain = ["policy", "explain", folder.to_str().unwrap()];
    let from = format!("@{}", file.display());
    let said = countersign(&[&explain[..], &tool, &[&from]].concat());
    assert!(said.out.starts_with("Refund 480.00 EUR"), "{}", said.err);
    let mut command = command(&[&explain[..], &tool, &["-"]].concat());
    let said: Transcript =
        command.stdin(std::fs::File::open(file).unwrap()).output().unwrap().into();
    assert!(said.out.starts_with("Refund 480.00 EUR"), "{}", said.err);
}

/// The commands below `Examples:` in a help text, each in one line.
fn examples(help: &str) -> Vec<String> {
    let (_, below) = help.split_once("Examples:\n").expect("examples");
    let below = below.split("\n\n").next().unwrap_or_default().replace("\\\n", "");
    below.lines().map(|line| line.trim().to_owned()).collect()
}

#[test]
fn every_example_of_the_help_works_on_the_example_bundle() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("examples");
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    std::os::unix::fs::symlink(example(), folder.join("policy")).unwrap();
    std::fs::write(folder.join("refund.json"), REFUND).unwrap();
    std::fs::write(folder.join("arguments"), ACCOUNT).unwrap();
    let path = Path::new(env!("CARGO_BIN_EXE_countersign")).parent().unwrap();
    let path = format!("{}:{}", path.display(), std::env::var("PATH").unwrap());
    for verb in ["check", "test", "explain"] {
        let all = examples(&countersign(&["policy", verb, "--help"]).out);
        assert!(all.len() > 1, "{all:?}");
        for one in all {
            // What `jq` would take out of an ask lies there already.
            let typed = one.replace("jq .arguments ask.json", "cat arguments");
            let mut shell = std::process::Command::new("bash");
            shell.args(["-o", "pipefail", "-c", &typed]).current_dir(&folder).env_clear();
            let said: Transcript = shell.env("PATH", &path).output().unwrap().into();
            assert_eq!((said.code, said.err.as_str()), (Some(0), ""), "{one}");
            assert!(!said.out.is_empty(), "{one}");
        }
    }
}
