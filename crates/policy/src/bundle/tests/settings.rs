//! Faults of `policy.toml`.

use super::*;

const FILE: &str = "policy.toml";

#[test]
fn toml_faults_are_reported_at_line_and_column() {
    assert_refused(&[
        (FILE, "\"P7D\"", "\"P7D", "policy.toml:1:18: invalid basic string, expected `\"`"),
        (
            FILE,
            "\"P7D\"",
            "\"P7D\"\nclaimed_persons = \"x\"",
            "policy.toml:2:1: unknown field `claimed_persons`, expected one of `hard_limit`, \
             `claimed_person`, `accept_mailbox_risk`, `unverified_quorum`, `escalate_unreached`, `tiers`",
        ),
        (
            FILE,
            "\"PT8H\"",
            "\"PT0S\"",
            "policy.toml:8:17: a duration of zero: write at least `PT1M`",
        ),
        (
            FILE,
            "\"link\"",
            "\"phone\"",
            "policy.toml:5:13: unknown variant `phone`, expected `link` or `signed-in`",
        ),
    ]);
}

#[test]
fn limits_that_contradict_each_other_are_refused() {
    assert_refused(&[
        (
            FILE,
            "P7D",
            "P400D",
            "policy.toml: `hard_limit` is beyond 30 days, as long as a workflow waits: write at most `P30D`",
        ),
        (
            FILE,
            "\"P1D\"",
            "\"P8D\"",
            "policy.toml [tiers.low]: `decide_within` is beyond `hard_limit`: write less",
        ),
        (
            FILE,
            "decide_within = \"PT8H\"",
            "decide_within = \"PT8H\"\nescalate_after = \"PT8H\"",
            "policy.toml [tiers.medium]: `escalate_after` is not before `decide_within`: write less",
        ),
        (
            FILE,
            "\"P7D\"",
            "\"P7D\"\nunverified_quorum = 0",
            "policy.toml: `unverified_quorum` is 0: write 2, or 1 to turn it off",
        ),
        (
            FILE,
            "\"P7D\"",
            "\"P7D\"\nclaimed_person = \"\"",
            "policy.toml: `claimed_person` is empty: name an attribute or leave it out",
        ),
    ]);
}

#[test]
fn a_link_is_enough_for_a_high_tier_only_when_the_risk_is_accepted() {
    let high = "decide_within = \"PT4H\"\nassurance = \"signed-in\"";
    let link = "decide_within = \"PT4H\"\nassurance = \"link\"";
    assert_eq!(
        refusal(&changed(FILE, high, link)),
        "policy.toml [tiers.high]: a link proves only the mailbox: write `assurance = \
         \"signed-in\"`, or accept that with `accept_mailbox_risk = true`"
    );
    let mut accepted = files();
    let text = format!("accept_mailbox_risk = true\n{}", POLICY_TOML.replace(high, link));
    accepted.put(FILE, &text);
    loaded(&accepted);

    let critical = text.replace(
        "decide_within = \"PT1H\"\nassurance = \"signed-in\"",
        "decide_within = \"PT1H\"\nassurance = \"link\"",
    );
    accepted.put(FILE, &critical);
    assert_eq!(
        refusal(&accepted),
        "policy.toml [tiers.critical]: a link proves only the mailbox, which is never enough here: \
         write `assurance = \"signed-in\"`"
    );
}

#[test]
fn signing_in_is_refused_until_it_is_built() {
    assert_refused(&[(
        FILE,
        "assurance = \"link\"",
        "assurance = \"signed-in\"",
        "policy.toml [tiers.low]: `signed-in` is not built yet: write `assurance = \"link\"`",
    )]);
}
