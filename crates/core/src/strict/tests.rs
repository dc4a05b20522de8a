use proptest::prelude::*;

use super::*;

fn refusal(text: &str) -> InputError {
    parse(text.as_bytes()).expect_err(text)
}

#[test]
fn g08_a_repeated_key_is_refused_at_every_depth() {
    assert_eq!(refusal(r#"{"a":1,"a":2}"#), InputError::RepeatedKey("a".into()));
    assert_eq!(refusal(r#"[{"b":{"a":1,"\u0061":2}}]"#), InputError::RepeatedKey("a".into()));
}

#[test]
fn g09_numbers_that_canonical_json_would_change_are_refused() {
    for text in ["9007199254740992", "-9007199254740992", "1e17", "9007199254740993.0", "1e300"] {
        assert!(matches!(refusal(text), InputError::IntegerTooLarge(_)), "{text}");
    }
    assert_eq!(refusal("-0"), InputError::NegativeZero);
    assert_eq!(refusal("-0.0"), InputError::NegativeZero);
    for text in ["1e400", "NaN", "0x10", "01", "+1", ".5", "1.", "٣", "Infinity"] {
        assert!(matches!(refusal(text), InputError::NotJson(_)), "{text}");
    }
    assert_eq!(parse(b"9007199254740991").unwrap(), serde_json::json!(9_007_199_254_740_991_i64));
    assert_eq!(parse(b"0.3").unwrap(), serde_json::json!(0.3));
}

#[test]
fn g12_depth_size_and_count_are_bounded() {
    let nested = |n: usize| format!("{}{}", "[".repeat(n), "]".repeat(n));
    assert!(parse(nested(MOST_DEPTH).as_bytes()).is_ok());
    assert_eq!(refusal(&nested(MOST_DEPTH + 1)), InputError::TooDeep);
    assert_eq!(refusal(&"[".repeat(10_000)), InputError::TooDeep);
    assert_eq!(refusal(&format!("\"{}\"", "x".repeat(MOST_BYTES))), InputError::TooLarge);
    assert_eq!(refusal(&format!("[{}1]", "1,".repeat(MOST_ELEMENTS))), InputError::TooMany);
}

#[test]
fn g12_broken_text_is_refused() {
    assert_eq!(parse(&[b'"', 0xff, b'"']), Err(InputError::NotUtf8));
    for text in [r#""\ud800""#, r#""\udc00x""#, "{}{}", "", "nul", "{\"a\"}", "\"\u{1}\""] {
        assert!(matches!(refusal(text), InputError::NotJson(_)), "{text}");
    }
}

#[test]
fn hostile_keys_are_shown_escaped() {
    let text = refusal("{\"\\u202e\\n\":1,\"\\u202e\\n\":2}").to_string();
    assert_eq!(text, r"the key `\u{202e}\n` appears twice: send it once");
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_007_199_254_740_991_i64..=9_007_199_254_740_991).prop_map(Value::from),
        (-1e15..1e15_f64).prop_filter("zero", |n| *n != 0.0).prop_map(Value::from),
        ".{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::btree_map(".{0,6}", inner, 0..6)
                .prop_map(|m| Value::Object(m.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn proptest_canonical_bytes_read_back_as_themselves(value in json()) {
        let once = crate::canonical::bytes(&value).unwrap();
        let again = crate::canonical::bytes(&parse(&once).unwrap()).unwrap();
        prop_assert_eq!(once, again);
    }

    #[test]
    fn proptest_no_input_makes_the_parser_panic(bytes in prop::collection::vec(any::<u8>(), 0..256)) {
        let _ = parse(&bytes);
    }
}
