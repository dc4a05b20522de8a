use super::*;

#[test]
fn the_policy_allows_the_stylesheet_and_the_script_by_hash_and_nothing_else() {
    let headers = headers();
    let policy = &headers.iter().find(|(name, _)| *name == "content-security-policy").unwrap().1;
    let hash = |text: &str| BASE64_STANDARD.encode(Digest::of(text.as_bytes()).as_bytes());
    assert!(policy.starts_with("default-src 'none'; "), "{policy}");
    for text in [STYLE, SCRIPT] {
        assert!(policy.contains(&hash(text)), "{policy}");
    }
    for loose in ["unsafe", "*", "http", "data:"] {
        assert!(!policy.contains(loose), "{policy}");
    }
}

#[test]
fn the_script_is_small_and_no_key_gives_an_order() {
    assert!(SCRIPT.len() < 2048, "{}", SCRIPT.len());
    for never in ["submit", "innerHTML", "eval", "localStorage", "POST", "approve"] {
        assert!(!SCRIPT.contains(never), "{never}");
    }
}
