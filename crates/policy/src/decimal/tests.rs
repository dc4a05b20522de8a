use proptest::prelude::*;

use super::*;

fn written(text: &str) -> String {
    Decimal::parse(text).expect(text).to_string()
}

#[test]
fn every_spelling_of_a_value_is_that_value() {
    for text in ["480", "480.0", "480.0000", "4.8e2", "4.8E+2", "48000e-2"] {
        assert_eq!(written(text), "480.0000", "{text}");
    }
    assert_eq!(written("-0.5"), "-0.5000");
    assert_eq!(written("1e-4"), "0.0001");
    assert_eq!(written("0.0"), "0.0000");
    assert_eq!(written("922337203685477.5807"), "922337203685477.5807");
}

#[test]
fn g09_numeric_edges_are_refused() {
    for text in [
        "", "-", "+1", ".5", "1.", "01", "0x10", "NaN", "Infinity", "1e", "1e+", "٣", " 1", "1_000",
    ] {
        assert_eq!(Decimal::parse(text), Err(DecimalError::NotNumber), "{text}");
    }
    for text in ["1e400", "1e99999999999999999999", "922337203685477.5808", "1000000000000000"] {
        assert_eq!(Decimal::parse(text), Err(DecimalError::OutOfRange), "{text}");
    }
    for text in ["0.00001", "1e-5", "100.00001", "0.30000000000000004", "1e-400"] {
        assert_eq!(Decimal::parse(text), Err(DecimalError::TooPrecise), "{text}");
    }
    for text in ["-0", "-0.0", "-0e5"] {
        assert_eq!(Decimal::parse(text), Err(DecimalError::NegativeZero), "{text}");
    }
}

#[test]
fn g09_a_number_that_no_double_holds_is_refused_instead_of_rounded() {
    let beyond = Decimal::parse("922337203685477.5807").unwrap();
    assert_eq!(beyond.to_number(), Err(DecimalError::TooPrecise));
    assert_eq!(Decimal::parse("480.00").unwrap().to_number(), Ok(Number::from(480)));
    assert_eq!(Decimal::parse("0.1").unwrap().to_number().unwrap().to_string(), "0.1");
}

#[test]
fn people_see_at_least_two_places() {
    let shown = |text| Decimal::parse(text).unwrap().shown();
    assert_eq!(
        [shown("480"), shown("0.5"), shown("-1.125"), shown("0.1234")],
        ["480.00", "0.50", "-1.125", "0.1234"]
    );
}

proptest! {
    #[test]
    fn proptest_a_number_reads_back_as_the_same_decimal(size in -90_000_000_000_000_i64..90_000_000_000_000) {
        let decimal = Decimal { ten_thousandths: size };
        let number = decimal.to_number().unwrap();
        prop_assert_eq!(Decimal::of(&number), Ok(decimal));
        let canonical = String::from_utf8(approval_core::canonical::bytes(&number).unwrap()).unwrap();
        prop_assert_eq!(Decimal::parse(&canonical), Ok(decimal));
    }

    #[test]
    fn proptest_no_text_makes_the_reader_panic(text in ".{0,40}") {
        let _ = Decimal::parse(&text);
    }
}
