//! A permit cannot be made by hand: the compiler says so.

#[test]
fn promise_1_no_code_outside_the_evidence_check_makes_a_permit() {
    let cases = trybuild::TestCases::new();
    cases.pass("tests/forged/honest.rs");
    cases.compile_fail("tests/forged/permit.rs");
    cases.compile_fail("tests/forged/twice.rs");
}
