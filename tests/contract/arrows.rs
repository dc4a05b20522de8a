//! Which crate may know which: `make arch`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// All crates that `package` is built from, itself included.
fn tree(package: &str) -> BTreeSet<String> {
    let arguments = ["tree", "--package", package, "--edges", "normal", "--prefix", "none"];
    let tree = Command::new(env!("CARGO"))
        .args(arguments)
        .args(["--format", "{lib}", "--offline", "--locked"])
        .current_dir(countersign_tests::repository(""))
        .output()
        .expect("cargo tree");
    assert!(tree.status.success(), "{}", String::from_utf8_lossy(&tree.stderr));
    let text = String::from_utf8(tree.stdout).expect("text");
    text.lines().map(|line| line.trim_end_matches(" (*)").to_owned()).collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten();
    entries
        .map(|entry| entry.path())
        .flat_map(|path| if path.is_dir() { sources(&path) } else { vec![path] })
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect()
}

const LAMBDAS: [&str; 7] = [
    "submit-action",
    "risk-classify",
    "request-approval",
    "callback-handler",
    "execute-action",
    "relay-outbox",
    "operator-desk",
];

#[test]
fn the_core_is_pure() {
    let forbidden = ["tokio", "aws_", "hyper", "getrandom", "rand", "reqwest", "lambda_runtime"];
    for used in tree("approval-core") {
        assert!(!forbidden.iter().any(|name| used.starts_with(name)), "approval-core uses {used}");
    }
    let impure = ["std::fs", "std::env", "std::net", "std::process", "SystemTime", "Instant::now"];
    for path in sources(&countersign_tests::repository("crates/core/src")) {
        let code = std::fs::read_to_string(&path).expect("a source");
        for name in impure {
            assert!(!code.contains(name), "{} uses {name}", path.display());
        }
    }
}

#[test]
fn policy_and_views_know_no_cloud() {
    for package in ["approval-policy", "approval-views"] {
        for used in tree(package) {
            let cloud = ["tokio", "aws_", "lambda_runtime", "reqwest", "hyper"];
            assert!(!cloud.iter().any(|name| used.starts_with(name)), "{package} uses {used}");
        }
    }
}

#[test]
fn no_function_knows_another_and_only_the_executor_calls_targets() {
    for package in LAMBDAS {
        let used = tree(package);
        for other in LAMBDAS.into_iter().filter(|other| *other != package) {
            assert!(!used.contains(&other.replace('-', "_")), "{package} uses {other}");
        }
        let main = countersign_tests::repository(&format!("crates/{package}/src/main.rs"));
        let code = std::fs::read_to_string(main).expect("the main");
        assert_eq!(code.contains("LambdaTargets"), package == "execute-action", "{package}");
    }
}

#[test]
fn only_a_main_names_an_adapter() {
    for package in LAMBDAS {
        let folder = countersign_tests::repository(&format!("crates/{package}/src"));
        for path in sources(&folder).into_iter().filter(|path| !path.ends_with("main.rs")) {
            let code = std::fs::read_to_string(&path).expect("a source");
            assert!(!code.contains("approval_aws"), "{} names an adapter", path.display());
        }
    }
}

#[test]
fn no_shipped_crate_uses_the_testkit() {
    for package in LAMBDAS.into_iter().chain(["countersign"]) {
        assert!(!tree(package).contains("approval_testkit"), "{package} uses the testkit");
    }
}

#[test]
fn files_are_small_and_mains_thin() {
    let mut lengths = Vec::new();
    for path in sources(&countersign_tests::repository("crates")) {
        let lines = std::fs::read_to_string(&path).expect("a source").lines().count();
        assert!(lines <= 400, "{} has {lines} lines", path.display());
        let lambda = LAMBDAS.iter().any(|name| path.to_string_lossy().contains(name));
        if lambda && path.ends_with("src/main.rs") {
            assert!(lines <= 30, "{} has {lines} lines", path.display());
        }
        lengths.push(lines);
    }
    lengths.sort_unstable();
    let median = lengths[lengths.len() / 2];
    assert!(median <= 120, "the median file has {median} lines");
}
