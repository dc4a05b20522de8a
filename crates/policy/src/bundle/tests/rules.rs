//! Faults of the rule files.

use super::*;

const FILE: &str = "rules.cedar";
const PAY: &str = "(principal, action == AgentCore::Action::\"shop___pay\", resource)";

/// The refusal of the bundle with one more rule, which starts at line 19.
fn refused(rule: &str) -> String {
    refusal(&with_rule(&rule.replace("PAY", PAY)))
}

#[test]
fn p01_rules_that_do_not_parse_are_reported_at_line_and_column() {
    assert_eq!(
        refusal(&changed(FILE, "resource);", "resource)")),
        "rules.cedar:4:1: unexpected token `@`: expected `;` or identifier"
    );
    assert_eq!(
        refused("@id(\"x\") permit PAY;\n@id(\"y\") @tier(low) permit PAY;"),
        "rules.cedar:20:16: unexpected token `low`: expected string literal"
    );
    let twice = refused("@id(\"x\") @id(\"y\") permit PAY;");
    assert!(twice.starts_with("rules.cedar:19:10: duplicate annotation: @id"), "{twice}");
    let temporal = refused("@id(\"x\") permit PAY when temporal { true };");
    assert!(temporal.starts_with("rules.cedar:19:"), "{temporal}");
}

#[test]
fn p01_rules_that_strict_validation_refuses_are_reported_at_line_and_column() {
    for (rule, expected) in [
        (
            "@id(\"x\") forbid PAY when { context.input.sum > 1 };",
            "rules.cedar:19:89: for policy `x`, attribute `input.sum` in context for \
             AgentCore::Action::\"shop___pay\" not found",
        ),
        (
            "@id(\"x\") forbid PAY when { context.input.count > 1 };",
            "rules.cedar:19:89: for policy `x`, unable to guarantee safety of access to optional \
             attribute `input.count` in context for AgentCore::Action::\"shop___pay\"",
        ),
        (
            "@id(\"x\") forbid PAY when { context.input.amount > 100 };",
            "rules.cedar:19:89: for policy `x`, unexpected type: expected Long",
        ),
        (
            "@id(\"x\") permit (principal, action == AgentCore::Action::\"shop___buy\", resource);",
            "rules.cedar:19:39: for policy `x`, unrecognized action `AgentCore::Action::\"shop___buy\"`",
        ),
    ] {
        let errors = build(&with_rule(&rule.replace("PAY", PAY))).unwrap_err();
        let said = errors.problems()[0].to_string();
        assert!(said.starts_with(expected), "{said}");
    }
}

#[test]
fn a_rule_that_can_never_hold_is_refused() {
    let never = refused("@id(\"x\") forbid PAY when { false };");
    assert!(never.contains("for policy `x`, policy is impossible"), "{never}");
    let hidden = refused("@id(\"x\") forbid PAY when { context.input.to == \"p\u{430}ypal\" };");
    assert!(hidden.contains("for policy `x`, string `\"p"), "{hidden}");
}

#[test]
fn a_rule_about_another_gateway_is_refused() {
    let gateway = "AgentCore::Gateway::\"other\"";
    let expected = "rules.cedar @id(\"x\"): the rule names AgentCore::Gateway::\"other\" and would \
                    never hold here: write `resource`";
    assert_eq!(
        refused(&format!("@id(\"x\") forbid (principal, action, resource == {gateway});")),
        expected
    );
    assert_eq!(
        refused(&format!("@id(\"x\") forbid PAY when {{ resource == {gateway} }};")),
        expected
    );
    loaded(&with_rule(
        "@id(\"x\") forbid (principal, action, resource == AgentCore::Gateway::\"demo\");",
    ));
}

#[test]
fn every_rule_has_an_id_of_its_own() {
    assert_eq!(
        refused("permit PAY;"),
        "rules.cedar rule 4: the rule has no name: add `@id(\"...\")`"
    );
    let blank = refused("@id permit PAY;");
    assert!(blank.starts_with("rules.cedar @id(\"\"): `@id`: `` is no rule id"), "{blank}");
    assert_eq!(
        refused("@id(\"pay\") forbid PAY;"),
        "rules.cedar @id(\"pay\"): `rules.cedar` has a rule of this id already: rename one"
    );
    let mut files = files();
    files.put("more.cedar", &format!("@id(\"pay\") forbid {PAY};"));
    assert_eq!(
        refusal(&files),
        "rules.cedar @id(\"pay\"): `more.cedar` has a rule of this id already: rename one"
    );
}

#[test]
fn templates_are_refused() {
    assert_eq!(
        refused("@id(\"x\") permit (principal == ?principal, action, resource);"),
        "rules.cedar @id(\"x\"): a template needs a principal or resource filled in, and nothing \
         does: name it instead of `?principal` or `?resource`"
    );
}

#[test]
fn annotations_that_are_unknown_or_malformed_are_refused() {
    for (rule, expected) in [
        (
            "@asks(\"payers\") forbid PAY;",
            "the annotation `@asks` is unknown: use @id, @ask, @quorum, @reject_quorum, @tier, \
             @decide_within, @escalate_after or @reason",
        ),
        (
            "@tier(\"severe\") forbid PAY;",
            "`@tier`: not a risk tier: use `low`, `medium`, `high` or `critical`",
        ),
        (
            "@tier(\"Low\") forbid PAY;",
            "`@tier`: not a risk tier: use `low`, `medium`, `high` or `critical`",
        ),
        (
            "@ask(\"payers\") @quorum(\"0\") forbid PAY;",
            "`@quorum`: not a number of people: write `@quorum(\"1\")` to `@quorum(\"100\")`",
        ),
        (
            "@ask(\"payers\") @quorum(\"+1\") forbid PAY;",
            "`@quorum`: not a number of people: write `@quorum(\"1\")` to `@quorum(\"100\")`",
        ),
        (
            "@ask(\"payers\") @quorum(\"01\") forbid PAY;",
            "`@quorum`: not a number of people: write `@quorum(\"1\")` to `@quorum(\"100\")`",
        ),
        (
            "@ask(\"payers\") @decide_within(\"4 hours\") forbid PAY;",
            "`@decide_within`: `4 hours` is not a duration: write days, hours, minutes and seconds \
             as `P7D` or `PT4H`",
        ),
        (
            "@ask(\"payers\") @decide_within(\"PT0S\") forbid PAY;",
            "`@decide_within`: a duration of zero: write at least `PT1M`",
        ),
        (
            "@ask(\"payers\") @decide_within(\"P8D\") forbid PAY;",
            "`@decide_within` is beyond `hard_limit` of policy.toml",
        ),
        ("@reason forbid PAY;", "`@reason`: say why in one line of at most 200 characters"),
        (
            "@reason(\"a\\nb\") forbid PAY;",
            "`@reason`: say why in one line of at most 200 characters",
        ),
        (
            "@quorum(\"2\") forbid PAY;",
            "`@quorum`, `@reject_quorum`, `@decide_within` and `@escalate_after` belong to an \
             `@ask`: add it",
        ),
        (
            "@escalate_after(\"PT1H\") permit PAY;",
            "`@quorum`, `@reject_quorum`, `@decide_within` and `@escalate_after` belong to an \
             `@ask`: add it",
        ),
        (
            "@ask(\"payers\") @escalate_after(\"PT2H\") @decide_within(\"PT2H\") forbid PAY;",
            "`@escalate_after` is not before `@decide_within`: write less",
        ),
        (
            "@ask(\"auditors\") @escalate_after(\"PT2H\") forbid PAY;",
            "`@escalate_after`, but the group has no further one: add `escalation` to \
             `[groups.auditors]`",
        ),
        (
            "@ask(\"payers\") @reject_quorum(\"3\") forbid PAY;",
            "`payers` has 2 permanent members and 3 must reject: lower `@reject_quorum`",
        ),
        (
            "@ask(\"payers\") permit PAY;",
            "`@ask` on a `permit` would ask nobody, since another permit may hold as well: write a \
             `forbid` with the same condition",
        ),
    ] {
        let said = refused(&format!("@id(\"x\") {rule}"));
        assert_eq!(said, format!("rules.cedar @id(\"x\"): {expected}"), "{rule}");
    }
    let blank = refused("@id(\"x\") @ask forbid PAY;");
    assert!(blank.starts_with("rules.cedar @id(\"x\"): `@ask`: `` is no group"), "{blank}");
}

#[test]
fn p07_a_rule_that_nobody_can_answer_is_refused() {
    assert_eq!(
        refused("@id(\"x\") @ask(\"owners\") forbid PAY;"),
        "rules.cedar @id(\"x\"): `@ask(\"owners\")` names no group: add `[groups.owners]` with members"
    );
    // A substitute comes and goes: the quorum must hold without them.
    assert_eq!(
        refused("@id(\"x\") @ask(\"payers\") @quorum(\"3\") forbid PAY;"),
        "rules.cedar @id(\"x\"): `payers` has 2 permanent members and 3 must agree: add members or \
         lower `@quorum`"
    );
}

#[test]
fn tiers_that_need_signed_in_approvers_are_refused() {
    let high = "@id(\"x\") @ask(\"payers\") @tier(\"high\") forbid PAY;";
    assert_eq!(
        refused(high),
        "rules.cedar @id(\"x\"): tier high needs approvers who sign in, which is not built yet: use \
         tier medium, or write `accept_mailbox_risk = true` in policy.toml"
    );
    let mut accepted = with_rule(&high.replace("PAY", PAY));
    accepted.put(POLICY, &format!("accept_mailbox_risk = true\n{POLICY_TOML}"));
    loaded(&accepted);

    let critical = high.replace("high", "critical").replace("PAY", PAY);
    accepted.put(FILE, &format!("{RULES}\n{critical}\n"));
    assert_eq!(
        refusal(&accepted),
        "rules.cedar @id(\"x\"): tier critical needs approvers who sign in, which is not built yet: \
         use a lower tier"
    );
}

#[test]
fn p07_the_quorum_of_a_high_rule_counts_what_an_unverified_person_adds() {
    let rule = "@id(\"x\") @ask(\"auditors\") @tier(\"high\") forbid PAY;";
    let mut files = with_rule(&rule.replace("PAY", PAY));
    files.put(APPROVERS, &APPROVERS_TOML.replace("[\"bea\", \"cid\"]", "[\"cid\"]"));
    files.put(POLICY, &format!("accept_mailbox_risk = true\n{POLICY_TOML}"));
    assert_eq!(
        refusal(&files),
        "rules.cedar @id(\"x\"): `auditors` has 1 permanent members and 2 must agree: add members or \
         lower `@quorum`"
    );
    files.put(POLICY, &format!("accept_mailbox_risk = true\nunverified_quorum = 1\n{POLICY_TOML}"));
    loaded(&files);
}

#[test]
fn p12_a_bundle_of_too_many_rules_is_refused() {
    let mut files = files();
    let rules: Vec<String> = (0..1001).map(|n| format!("@id(\"r{n}\") permit {PAY};")).collect();
    files.put("many.cedar", &rules.join("\n"));
    assert_eq!(refusal(&files), "*.cedar: the bundle has more than 1000 rules");
}

#[test]
fn p12_rules_nested_too_deeply_are_refused_and_do_not_crash() {
    let deep = format!("{}true{}", "(".repeat(20_000), ")".repeat(20_000));
    let said = refused(&format!("@id(\"x\") permit PAY when {{ {deep} }};"));
    assert!(said.contains(": brackets nest deeper than 64 levels: simplify the rule"), "{said}");
    let long = "true && ".repeat(2_000);
    let said = refused(&format!("@id(\"x\") permit PAY when {{ {long}true }};"));
    assert!(said.contains(": a rule has more than 10000 characters: split it"), "{said}");
}

#[test]
fn p12_the_worst_rule_within_the_limits_does_not_crash() {
    for worst in [
        format!("{}true", "!".repeat(9_000)),
        format!("{}1 == 1", "-".repeat(9_000)),
        format!("{}true", "true&&".repeat(1_500)),
        format!("{}true", "true||".repeat(1_500)),
        format!("1{} == 1", "+1".repeat(4_500)),
        format!("context{}", ".input".repeat(1_500)),
        format!("{}true{}", "if true then ".repeat(400), " else true".repeat(400)),
    ] {
        let rule = format!("@id(\"x\") forbid PAY when {{ {worst} }};").replace("PAY", PAY);
        let _ = build(&with_rule(&rule));
    }
}
