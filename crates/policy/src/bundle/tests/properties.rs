//! What holds for every bundle and every action.

use approval_core::assessment::Answer;
use proptest::prelude::*;

use super::*;

/// One rule that asks: whom, how many, at which tier, from which amount.
type Asks = (bool, u32, usize, u32);

fn rule(index: usize, (payers, quorum, tier, from): &Asks) -> String {
    let group = if *payers { "payers" } else { "auditors" };
    let tier = ["low", "medium", "high"][*tier];
    format!(
        "@id(\"ask-{index}\") @ask(\"{group}\") @quorum(\"{quorum}\") @tier(\"{tier}\")
         forbid (principal, action, resource)
         when {{ context.input.amount.greaterThan(decimal(\"{from}.0\")) }};\n"
    )
}

fn bundle(asks: &[Asks]) -> Bundle {
    let rules: String = asks.iter().enumerate().map(|(index, asks)| rule(index, asks)).collect();
    let mut files = with_rule(&rules);
    files.put(POLICY, &format!("accept_mailbox_risk = true\n{POLICY_TOML}"));
    loaded(&files)
}

fn rank(answer: Answer) -> u8 {
    match answer {
        Answer::Allowed => 0,
        Answer::Pending => 1,
        Answer::Refused => 2,
    }
}

fn asks() -> impl Strategy<Value = Asks> {
    (any::<bool>(), 1..=2_u32, 0..3_usize, 0..1200_u32)
}

fn anything() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map("to|amount|count|urgent|tags|note|[a-z]{1,3}", inner, 0..6)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn proptest_p09_one_more_rule_that_asks_never_weakens_the_answer(
        some in prop::collection::vec(asks(), 0..4),
        more in asks(),
        amount in 0..1500_u32,
    ) {
        let amount = pay(f64::from(amount));
        let judge = |asks: &[Asks]| {
            let bundle = bundle(asks);
            bundle.judge(&action(&bundle, amount.clone(), ""), now())
        };
        let before = judge(&some);
        let after = judge(&[some, vec![more]].concat());
        prop_assert!(rank(before.answer) <= rank(after.answer));
        prop_assert!(before.tier <= after.tier);
        for requirement in &before.requirements {
            let kept = after.requirements.iter().find(|kept| kept.group == requirement.group);
            prop_assert!(kept.is_some_and(|kept| requirement.quorum <= kept.quorum));
        }
        if let (Some(earlier), Some(later)) = (after.decide_by, before.decide_by) {
            prop_assert!(earlier <= later);
        }
    }

    #[test]
    fn proptest_p11_arguments_of_any_kind_are_answered_and_only_sound_ones_allowed(
        arguments in anything()
    ) {
        let bundle = loaded(&files());
        let found = bundle.assess(&action(&bundle, arguments.clone(), ""), now());
        if found.answer != Answer::Refused {
            let entry = bundle.catalogue().by_function("shop", "pay").unwrap();
            prop_assert_eq!(entry.validate(&arguments), Ok(()));
        }
    }

    #[test]
    fn proptest_texts_of_any_kind_are_typed_or_refused(
        name in "to|amount|count|urgent|tags|note|pin|x",
        text in ".{0,24}|[-+0-9.eE]{0,12}|\\[.{0,8}\\]",
    ) {
        let bundle = loaded(&files());
        let entry = bundle.catalogue().by_function("shop", "pay").unwrap();
        if let Ok(typed) = entry.coerce(&[(name, text)]) {
            // What was typed survives the canonical form as the very same value.
            let bytes = approval_core::canonical::bytes(&typed).unwrap();
            prop_assert_eq!(approval_core::strict::parse(&bytes).unwrap(), typed);
        }
    }
}
