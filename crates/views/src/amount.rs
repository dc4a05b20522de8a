//! Numbers with decimal places, in the one form that nobody reads as another number.

/// The number with its thousands in groups and two places, or four where it has more than two:
/// `1,200.00`, `-0.50`, `1.2550`.
///
/// Never three places: `1.255` is a thousand and more to half of the world. What is written in
/// another notation than plain digits stays as it is.
#[must_use]
pub fn shown(number: &str) -> String {
    let (sign, plain) = number.strip_prefix('-').map_or(("", number), |positive| ("-", positive));
    let (whole, places) = plain.split_once('.').unwrap_or((plain, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !digits(whole) || !digits(places) {
        return number.to_owned();
    }
    let most = if places.len() > 2 { 4 } else { 2 };
    format!("{sign}{}.{places:0<most$}", grouped(whole))
}

/// The same after its currency, three capitals: `EUR 1,200.00`.
#[must_use]
pub fn of_money(currency: &str, number: &str) -> String {
    format!("{currency} {}", shown(number))
}

/// Whether the text is the code of a currency.
#[must_use]
pub fn is_currency(text: &str) -> bool {
    text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_uppercase())
}

fn grouped(whole: &str) -> String {
    let mut shown = String::new();
    for (at, digit) in whole.chars().enumerate() {
        let left = whole.len().saturating_sub(at);
        if at > 0 && left.checked_rem(3) == Some(0) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn an_amount_has_groups_and_two_places_or_four() {
        for (number, said) in [
            ("0", "0.00"),
            ("480", "480.00"),
            ("1200", "1,200.00"),
            ("1200.5", "1,200.50"),
            ("-999999.99", "-999,999.99"),
            ("922337203685477", "922,337,203,685,477.00"),
            ("1.255", "1.2550"),
            ("0.0001", "0.0001"),
            ("1e21", "1e21"),
            ("", ""),
        ] {
            assert_eq!(shown(number), said);
        }
        assert_eq!(of_money("EUR", "1200"), "EUR 1,200.00");
        assert!(is_currency("USD") && !is_currency("usd") && !is_currency("EURO"));
    }

    proptest! {
        #[test]
        fn promise_12_an_amount_reads_back(
            whole in 0_u64..1_000_000_000_000,
            places in "|\\.[0-9]{0,3}[1-9]",
            negative in any::<bool>(),
        ) {
            let number = format!("{}{whole}{places}", if negative { "-" } else { "" });
            let said = of_money("EUR", &number);
            let read = said.strip_prefix("EUR ").unwrap().replace(',', "");
            let (digits, rest) = read.split_once('.').unwrap();
            prop_assert!([2, 4].contains(&rest.len()), "{said}");
            let rest = rest.trim_end_matches('0');
            let point = if rest.is_empty() { "" } else { "." };
            prop_assert_eq!(format!("{digits}{point}{rest}"), number);
        }
    }
}
