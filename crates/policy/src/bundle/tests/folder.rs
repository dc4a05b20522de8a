//! Faults of the folder itself.

use std::fs;

use super::*;

fn folder(name: &str) -> PathBuf {
    let folder =
        std::env::temp_dir().join(format!("approval-policy-{}-{name}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    for (name, text) in [
        (TOOLS, TOOLS_JSON),
        (ACTIONS, ACTIONS_TOML),
        (APPROVERS, APPROVERS_TOML),
        (POLICY, POLICY_TOML),
        ("rules.cedar", RULES),
    ] {
        fs::write(folder.join(name), text).unwrap();
    }
    folder
}

fn load(folder: &Path) -> Result<Bundle, LoadErrors> {
    let loaded = Bundle::load(folder, "demo");
    fs::remove_dir_all(folder).unwrap();
    loaded
}

#[test]
fn a_folder_has_the_digest_of_its_files_and_not_of_its_tests() {
    let folder = folder("digest");
    fs::create_dir(folder.join("tests")).unwrap();
    fs::write(folder.join("tests/a.toml"), "").unwrap();
    fs::write(folder.join("README.md"), "notes").unwrap();
    assert_eq!(load(&folder).unwrap().digest(), loaded(&files()).digest());
    let comment = changed("rules.cedar", "@id(\"pay\")", "// pay\n@id(\"pay\")");
    assert_ne!(loaded(&comment).digest(), loaded(&files()).digest());
}

#[test]
fn p02_missing_truncated_and_unreadable_files_do_not_load() {
    let gone = load(&{
        let folder = folder("gone");
        fs::remove_file(folder.join(POLICY)).unwrap();
        folder
    });
    assert_eq!(
        gone.unwrap_err().to_string(),
        "policy.toml: the file is missing: a bundle needs it"
    );

    let binary = folder("binary");
    fs::write(binary.join("rules.cedar"), [0xff, 0xfe]).unwrap();
    assert!(
        load(&binary).unwrap_err().to_string().starts_with("rules.cedar: the file is not UTF-8")
    );

    let large = folder("large");
    fs::write(large.join("rules.cedar"), "// ".repeat(400_000)).unwrap();
    assert!(load(&large).unwrap_err().to_string().contains("has more than 1048576 bytes"));

    let nowhere = Bundle::load(Path::new("/nowhere"), "demo").unwrap_err().to_string();
    assert!(nowhere.starts_with("/nowhere: the folder cannot be read"), "{nowhere}");
}

#[test]
fn every_truncation_of_the_rules_fails_to_load_or_says_less() {
    // A cut between two rules is still a whole file: only the digest tells. Anywhere else it fails.
    for end in 0..RULES.len() {
        let mut files = files();
        let (kept, rest) = RULES.split_at(end);
        files.put("rules.cedar", kept);
        let rest = rest.trim_start();
        let between = rest.is_empty() || (rest.starts_with("@id") && end > 0);
        assert_eq!(build(&files).is_ok(), between, "cut at {end}");
    }
}

#[test]
fn a_file_that_would_silently_not_count_is_refused() {
    for name in ["refunds.cedar.txt", ".hidden.cedar", "approver.toml", "rules.CEDAR", "more"] {
        let folder = folder(name);
        if name == "more" {
            fs::create_dir(folder.join(name)).unwrap();
        } else {
            fs::write(folder.join(name), "").unwrap();
        }
        let said = load(&folder).unwrap_err().to_string();
        assert!(said.starts_with(&format!("{name}: not a part of a bundle: use ")), "{said}");
    }
}

#[test]
fn p11_a_bundle_without_rules_is_refused() {
    let mut files = files();
    files.put("rules.cedar", "// nothing yet\n");
    assert_eq!(
        refusal(&files),
        "*.cedar: the bundle has no rules, so nothing would be allowed: add some"
    );
}

#[test]
fn a_stack_that_could_name_another_function_is_refused() {
    for stack in ["", "a b", "demo:x", "../x", "{stack}"] {
        let built = Bundle::build(&files(), Path::new("nowhere"), stack, Problems::default());
        let said = built.unwrap_err().to_string();
        assert!(
            said.starts_with("stack: the stack's name is not letters, digits and `-`"),
            "{said}"
        );
    }
}

#[test]
fn every_problem_is_told_at_once() {
    let mut files = changed(TOOLS, "\"maxLength\"", "\"maxLenght\"");
    files.put(POLICY, &POLICY_TOML.replace("P7D", "PT1H"));
    files.put(APPROVERS, &APPROVERS_TOML.replace("\"0b\"", "\"0a\""));
    let errors = build(&files).unwrap_err();
    let places: Vec<&str> =
        errors.problems().iter().map(|problem| problem.place.as_str()).collect();
    assert_eq!(
        places,
        [
            "tools.json [shop___pay]",
            "approvers.toml [people.bea]",
            "policy.toml [tiers.low]",
            "policy.toml [tiers.medium]",
            "policy.toml [tiers.high]",
        ]
    );
}
