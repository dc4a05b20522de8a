//! What a bundle answers.

use approval_core::assessment::Answer;
use approval_core::requirement::Requirement;
use approval_core::risk::RiskTier;

use super::*;

fn assess(files: &Files, arguments: Value, behind: &str) -> Assessment {
    let bundle = loaded(files);
    bundle.assess(&action(&bundle, arguments, behind), now())
}

fn rules(assessment: &Assessment) -> Vec<&str> {
    assessment.rules.iter().map(approval_core::name::RuleId::as_str).collect()
}

fn asked(assessment: &Assessment) -> Vec<String> {
    let said = |one: &Requirement| format!("{} of {}", one.quorum, one.group);
    assessment.requirements.iter().map(said).collect()
}

fn reason(assessment: &Assessment) -> &str {
    assessment.reason.as_deref().unwrap_or_default()
}

/// The bundle with one more rule, where tier high is accepted.
fn with_high(rule: &str) -> Files {
    let mut files = with_rule(rule);
    files.put(POLICY, &format!("accept_mailbox_risk = true\n{POLICY_TOML}"));
    files
}

#[test]
fn a_permit_without_a_tier_is_low() {
    let found = assess(&files(), pay(100.0), "");
    assert_eq!((found.answer, found.tier), (Answer::Allowed, RiskTier::Low));
    assert_eq!(rules(&found), ["pay"]);
    assert_eq!((found.decide_by, found.requirements.len()), (None, 0));
    assert_eq!(found.bundle, loaded(&files()).digest());
}

#[test]
fn a_broader_permit_cannot_remove_the_person() {
    let files = with_rule("@id(\"all\") @tier(\"low\") permit (principal, action, resource);");
    let found = assess(&files, pay(100.01), "");
    assert_eq!((found.answer, found.tier), (Answer::Pending, RiskTier::Medium));
    assert_eq!(asked(&found), ["1 of payers"]);
    assert_eq!(rules(&found), ["over-100", "all"]);
    assert_eq!(reason(&found), "Above 100.00");
}

#[test]
fn a_forbid_beats_an_ask() {
    let found = assess(&files(), pay(1000.01), "");
    assert_eq!((found.answer, found.tier), (Answer::Refused, RiskTier::Low));
    assert_eq!(rules(&found), ["over-1000"]);
    assert_eq!((reason(&found), found.decide_by), ("Never above 1,000.00", None));
    assert!(found.requirements.is_empty());
}

#[test]
fn p11_what_no_rule_permits_is_refused_even_where_a_rule_asks() {
    let mut files = files();
    files.put("rules.cedar", RULES.split_once("\n\n").unwrap().1);
    for amount in [50.0, 500.0] {
        let found = assess(&files, pay(amount), "");
        assert_eq!((found.answer, found.tier), (Answer::Refused, RiskTier::Critical));
        assert_eq!((reason(&found), found.rules.len()), ("no rule permits this", 0));
    }
}

#[test]
fn p09_of_several_rules_the_highest_tier_the_largest_quorum_and_the_earliest_deadline_hold() {
    let more = "@id(\"urgent\") @ask(\"payers\") @quorum(\"2\") @tier(\"low\") @reason(\"Urgent\")
        forbid (principal, action, resource)
        when { context.input has urgent && context.input.urgent };
        @id(\"audited\") @ask(\"auditors\") @decide_within(\"PT1H\")
        forbid (principal, action, resource) when { context.input.to == \"y\" };";
    let arguments = json!({ "to": "y", "amount": 500, "urgent": true });
    let found = assess(&with_rule(more), arguments, "");
    assert_eq!((found.answer, found.tier), (Answer::Pending, RiskTier::Medium));
    assert_eq!(rules(&found), ["audited", "over-100", "urgent"]);
    // Three people are needed and three are there: `bea`, in both groups, fills one place.
    assert_eq!(asked(&found), ["1 of auditors", "2 of payers"]);
    assert_eq!(found.decide_by, Some(now().plus(jiff::SignedDuration::from_hours(1))));
    assert_eq!(reason(&found), "Above 100.00; Urgent");
}

#[test]
fn a_rule_without_a_deadline_has_that_of_the_tier() {
    let rule = "@id(\"x\") @ask(\"payers\") forbid (principal, action, resource);";
    let found = assess(&with_rule(rule), pay(1.0), "");
    assert_eq!(found.decide_by, Some(now().plus(jiff::SignedDuration::from_hours(8))));
    let high = rule.replace("@ask", "@tier(\"high\") @ask");
    let found = assess(&with_high(&high), pay(1.0), "");
    assert_eq!(found.decide_by, Some(now().plus(jiff::SignedDuration::from_hours(4))));
}

#[test]
fn no_deadline_lies_beyond_the_hard_limit() {
    let bundle = loaded(&files());
    let mut late = action(&bundle, pay(500.0), "");
    late.asked_at = Moment::parse("2025-12-25T13:00:00.000Z").unwrap();
    let found = bundle.assess(&late, now());
    assert_eq!(found.decide_by.unwrap().to_string(), "2026-01-01T13:00:00.000Z");
}

#[test]
fn from_tier_high_two_people_answer_for_somebody_unverified() {
    let rule = "@id(\"x\") @ask(\"payers\") @tier(\"high\") forbid (principal, action, resource);";
    let files = with_high(rule);
    assert_eq!(asked(&assess(&files, pay(1.0), "")), ["2 of payers"]);
    assert_eq!(asked(&assess(&files, pay(1.0), "somebody")), ["2 of payers"]);
    let verified = "https://login.example.com 0c";
    assert_eq!(asked(&assess(&files, pay(1.0), verified)), ["1 of payers"]);
    let mut off = files;
    off.put(POLICY, &format!("accept_mailbox_risk = true\nunverified_quorum = 1\n{POLICY_TOML}"));
    assert_eq!(asked(&assess(&off, pay(1.0), "")), ["1 of payers"]);
}

#[test]
fn a_permit_that_states_a_tier_raises_what_is_asked() {
    let files = with_high("@id(\"x\") @tier(\"high\") permit (principal, action, resource);");
    let found = assess(&files, pay(500.0), "");
    assert_eq!((found.answer, found.tier), (Answer::Pending, RiskTier::High));
    assert_eq!(rules(&found), ["over-100", "x"]);
    assert_eq!(asked(&found), ["2 of payers"]);
}

#[test]
fn p07_what_nobody_but_the_requester_could_approve_is_refused_at_once() {
    let rule = "@id(\"x\") @ask(\"payers\") @quorum(\"2\") forbid (principal, action, resource);";
    for behind in
        ["ada", "ADA", " Approver A ", "approver-a+x@example.com", "https://login.example.com 0a"]
    {
        let found = assess(&with_rule(rule), pay(1.0), behind);
        assert_eq!(found.answer, Answer::Refused, "{behind}");
        assert_eq!(
            reason(&found),
            "nobody can approve this: `payers` needs 2 and has 1 besides the person who asks"
        );
        assert_eq!((rules(&found), found.decide_by), (vec!["x"], None));
        assert!(found.requirements.is_empty());
    }
    assert_eq!(assess(&with_rule(rule), pay(1.0), "cid").answer, Answer::Pending);
}

#[test]
fn p07_groups_that_share_too_few_people_are_refused_at_once() {
    let rules = "@id(\"x\") @ask(\"payers\") @quorum(\"2\") forbid (principal, action, resource);
        @id(\"y\") @ask(\"auditors\") @quorum(\"2\") forbid (principal, action, resource);";
    let found = assess(&with_rule(rules), pay(1.0), "");
    assert_eq!(found.answer, Answer::Refused);
    assert_eq!(
        reason(&found),
        "nobody can approve this: the groups share too few people besides the person who asks"
    );
}

#[test]
fn p07_a_substitute_counts_only_within_their_dates() {
    let rule = "@id(\"x\") @ask(\"payers\") @quorum(\"2\") forbid (principal, action, resource);";
    let bundle = loaded(&with_rule(rule));
    for (at, answer) in [
        ("2026-01-31T23:59:59.999Z", Answer::Refused),
        ("2026-02-01T00:00:00.000Z", Answer::Pending),
        ("2026-02-28T23:59:59.999Z", Answer::Pending),
        ("2026-03-01T00:00:00.000Z", Answer::Refused),
    ] {
        let at = Moment::parse(at).unwrap();
        let asked = action(&bundle, pay(1.0), "ada");
        assert_eq!(bundle.assess(&asked, at).answer, answer, "{at}");
        // The rules alone ask, whoever is there to answer.
        assert_eq!(bundle.judge(&asked, at).answer, Answer::Pending);
    }
}

#[test]
fn g10_a_rule_that_errs_refuses_whatever_the_others_say() {
    let overflow = "context.input has count && context.input.count * 9223372036854775807 > 1";
    for rule in [
        format!("@id(\"x\") forbid (principal, action, resource) when {{ {overflow} }};"),
        format!("@id(\"x\") permit (principal, action, resource) when {{ {overflow} }};"),
        format!(
            "@id(\"x\") @ask(\"payers\") forbid (principal, action, resource) when {{ {overflow} }};"
        ),
    ] {
        let files = with_rule(&rule);
        let arguments = |count: i64| json!({ "to": "x", "amount": 1, "count": count });
        assert_eq!(assess(&files, arguments(0), "").answer, Answer::Allowed);
        let found = assess(&files, arguments(2), "");
        assert_eq!((found.answer, found.tier), (Answer::Refused, RiskTier::Critical), "{rule}");
        assert_eq!(
            (rules(&found), reason(&found)),
            (vec!["x"], "the rules could not be evaluated")
        );
    }
}

#[test]
fn g10_arguments_of_another_type_refuse_before_a_rule_could_be_skipped() {
    for arguments in [
        json!({ "to": "x", "amount": "500" }),
        json!({ "to": "x" }),
        json!({ "to": "x", "amount": 500, "count": "2" }),
        json!({ "to": "x", "amount": 500, "count": 2.5 }),
        json!({ "to": "x", "amount": 500, "extra": 1 }),
        json!({ "to": "x", "amount": null }),
        json!({ "to": "x", "amount": 100.000_01 }),
        json!({ "to": "x", "amount": 1e15 }),
        json!([]),
    ] {
        let found = assess(&files(), arguments.clone(), "");
        assert_eq!(
            (found.answer, found.tier),
            (Answer::Refused, RiskTier::Critical),
            "{arguments}"
        );
        assert_eq!(reason(&found), "the arguments are not what the tool takes");
    }
}

#[test]
fn g11_an_unknown_tool_is_refused() {
    let bundle = loaded(&files());
    let mut unknown = action(&bundle, pay(1.0), "");
    unknown.tool = ToolName::parse("shop___buy").unwrap();
    let found = bundle.assess(&unknown, now());
    assert_eq!((found.answer, reason(&found)), (Answer::Refused, "no such tool"));
}

#[test]
fn a_retargeted_tool_and_another_stack_are_refused() {
    let before = loaded(&files());
    let asked = action(&before, pay(1.0), "");
    for (name, from, to) in [
        (ACTIONS, "-shop", "-bank"),
        (ACTIONS, "irreversible", "read"),
        (ACTIONS, "idempotent = true", "idempotent = false"),
        (TOOLS, "40", "41"),
    ] {
        let found = loaded(&changed(name, from, to)).assess(&asked, now());
        assert_eq!(found.answer, Answer::Refused, "{to}");
        assert_eq!(reason(&found), "the tool changed since it was asked for");
    }
    let mut staging = asked;
    staging.stack = "staging".to_owned();
    let found = before.assess(&staging, now());
    assert_eq!((found.answer, reason(&found)), (Answer::Refused, "asked in another stack"));
}

#[test]
fn rules_see_every_kind_of_value_the_clock_and_who_asks() {
    let when = |condition: &str| {
        with_rule(&format!(
            "@id(\"x\") forbid (principal, action, resource) when {{ {condition} }};"
        ))
    };
    let arguments = json!({
        "to": "x", "amount": -0.5, "count": -3, "urgent": false, "tags": [], "note": "__entity"
    });
    for condition in [
        "context.input.to == \"x\"",
        "context.input.amount == decimal(\"-0.5\")",
        "context.input has count && context.input.count == -3",
        "context.input has urgent && !context.input.urgent",
        "context.input has tags && context.input.tags.isEmpty()",
        "context.input has note && context.input.note like \"__*\"",
        "!(context.input has pin)",
        "context.system.now == datetime(\"2026-01-01T12:00:00.000Z\")",
        "principal == AgentCore::IamEntity::\"agent-1\"",
        "resource == AgentCore::Gateway::\"demo\"",
    ] {
        let found = assess(&when(condition), arguments.clone(), "ada");
        assert_eq!(found.answer, Answer::Refused, "{condition}");
        assert_eq!((rules(&found), reason(&found)), (vec!["x"], "a rule forbids this"));
    }
    let verified = when(
        "principal is AgentCore::OAuthUser && principal == AgentCore::OAuthUser::\"0c\" && \
         principal.hasTag(\"iss\") && principal.getTag(\"iss\") == \"https://login.example.com\"",
    );
    let found = assess(&verified, arguments, "https://login.example.com 0c");
    assert_eq!(rules(&found), ["x"]);
}

#[test]
fn a_further_group_comes_in_after_the_time_of_the_rule_or_of_the_tier() {
    let asks = |files: &Files| {
        let found = assess(files, pay(200.0), "");
        let escalation = found.requirements[0].escalation.clone();
        escalation.map(|to| format!("{} from {}", to.group, to.from))
    };
    assert_eq!(asks(&files()), None, "nothing says after how long");
    let mut tiered = files();
    let after = "decide_within = \"PT8H\"\nescalate_after = \"PT1H\"";
    tiered.put(POLICY, &POLICY_TOML.replace("decide_within = \"PT8H\"", after));
    assert_eq!(asks(&tiered).unwrap(), "auditors from 2026-01-01T13:00:00.000Z");
    let own = RULES.replace("@quorum(\"1\")", "@escalate_after(\"PT30M\")");
    tiered.put("rules.cedar", &own);
    assert_eq!(asks(&tiered).unwrap(), "auditors from 2026-01-01T12:30:00.000Z");
    let both = format!("{own}@id(\"late\") @ask(\"payers\") forbid (principal, action, resource);");
    tiered.put("rules.cedar", &both);
    assert_eq!(asks(&tiered).unwrap(), "auditors from 2026-01-01T13:00:00.000Z", "the later one");
}

#[test]
fn a_further_group_may_come_in_at_once_only_where_the_settings_say_so() {
    let after = "decide_within = \"PT8H\"\nescalate_after = \"PT1H\"";
    let tiered = POLICY_TOML.replace("decide_within = \"PT8H\"", after);
    for (says, earliest) in [
        ("", "2026-01-01T13:00:00.000Z"),
        ("escalate_unreached = false\n", "2026-01-01T13:00:00.000Z"),
        ("escalate_unreached = true\n", "2026-01-01T12:00:00.000Z"),
    ] {
        let mut files = files();
        files.put(POLICY, &format!("{says}{tiered}"));
        let found = assess(&files, pay(200.0), "");
        let to = found.requirements[0].escalation.clone().unwrap();
        assert_eq!(to.from.to_string(), "2026-01-01T13:00:00.000Z", "the plan stays");
        assert_eq!(to.earliest().to_string(), earliest, "{says}");
    }
}

#[test]
fn of_several_rules_the_fewest_rejections_reject() {
    let two = RULES.replace("@quorum(\"1\")", "@reject_quorum(\"2\")");
    let mut files = files();
    files.put("rules.cedar", &two);
    assert_eq!(assess(&files, pay(200.0), "").requirements[0].reject_quorum, 2);
    files.put(
        "rules.cedar",
        &format!("{two}@id(\"one\") @ask(\"payers\") forbid (principal, action, resource);"),
    );
    assert_eq!(assess(&files, pay(200.0), "").requirements[0].reject_quorum, 1);
}
