//! What is typed, read into what is meant.

use std::str::FromStr;

use approval_core::freeze::FreezeScope;
use approval_core::name::RequestId;
use approval_core::reference::Reference;
use jiff::{SignedDuration, Span, SpanRelativeTo};

/// What a request is called by.
#[derive(Clone, Debug)]
pub(crate) enum Handle {
    Reference(Reference),
    Id(RequestId),
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum HandleError {
    #[error("not a reference (`cs-` and 32 hexadecimal digits) or the id of a request")]
    None,
    #[error(
        "the short name of a request: find it with `countersign list --status all --query R-{0}`"
    )]
    Short(String),
}

/// The first digits of an id, out of the short name that mails call a request by: `[R-4f21aa]`.
pub(crate) fn short(text: &str) -> Option<String> {
    let bare = text.strip_prefix('[').and_then(|text| text.strip_suffix(']')).unwrap_or(text);
    let digits = bare.strip_prefix(['R', 'r'])?.strip_prefix('-')?;
    let known = digits.len() >= 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    known.then(|| digits.to_ascii_lowercase())
}

impl FromStr for Handle {
    type Err = HandleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim().to_ascii_lowercase().starts_with("cs-") {
            return Reference::parse(text).map(Self::Reference).ok_or(HandleError::None);
        }
        // An order is for one request, and a few digits may be of several.
        if let Some(digits) = short(text.trim()) {
            return Err(HandleError::Short(digits));
        }
        RequestId::parse(text).map(Self::Id).map_err(|_| HandleError::None)
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a duration: write `2h`, `90m`, `1d 12h` or `PT2H`; a day is 24 hours")]
pub(crate) struct SpanError;

/// A positive span of time.
pub(crate) fn span(text: &str) -> Result<SignedDuration, SpanError> {
    let span: Span = text.trim().parse().map_err(|_| SpanError)?;
    let read = span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| SpanError)?;
    if read.is_positive() { Ok(read) } else { Err(SpanError) }
}

#[derive(Debug, thiserror::Error)]
#[error("not the address of an API: write https:// and a host; http:// is for this machine alone")]
pub(crate) struct AddressError;

/// The address of an API.
///
/// # Security
///
/// Whoever reads an order on its way can send it again while its signature is fresh, so it goes
/// over TLS wherever it leaves this machine.
pub(crate) fn address(text: &str) -> Result<String, AddressError> {
    let (scheme, rest) = text.split_once("://").ok_or(AddressError)?;
    let host = rest.split('/').next().unwrap_or_default();
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
    let here = ["localhost", "127.0.0.1", "[::1]"].contains(&name) || name.ends_with(".localhost");
    let known = scheme == "https" || (scheme == "http" && here);
    let plain = !host.is_empty() && !text.contains(['@', '?', '#']);
    let plain = plain && text.chars().all(|c| c.is_ascii_graphic());
    if known && plain { Ok(text.to_owned()) } else { Err(AddressError) }
}

#[derive(Debug, thiserror::Error)]
#[error("name what is meant: `all`, `tool NAME` or `agent ID`")]
pub(crate) struct WordsError;

/// Reads a scope out of its words.
pub(crate) fn scope(words: &[String]) -> Result<FreezeScope, WordsError> {
    let words: Vec<_> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["all"] => Ok(FreezeScope::All),
        [kind @ ("tool" | "agent"), name] => {
            format!("{kind}#{name}").parse().map_err(|_| WordsError)
        }
        _ => Err(WordsError),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_as_people_and_as_iso_write_them() {
        let hours = |text: &str| span(text).map(|read| read.as_hours()).ok();
        for (text, read) in [("2h", 2), ("PT2H", 2), ("120m", 2), ("1d 12h", 36), ("P1D", 24)] {
            assert_eq!(hours(text), Some(read), "{text}");
        }
        for none in ["", "2", "h", "-2h", "2h ago", "0s", "1mo", "P1M", "P1Y", "two hours"] {
            assert!(span(none).is_err(), "{none}");
        }
    }

    #[test]
    fn orders_go_over_tls_unless_they_stay_here() {
        for good in [
            "https://a1b2.execute-api.eu-west-1.amazonaws.com",
            "https://approvals.example.com/",
            "http://127.0.0.1:4566/_aws/execute-api/a1b2/$default",
            "http://a1b2.execute-api.localhost:4566",
            "http://[::1]:80",
        ] {
            assert!(address(good).is_ok(), "{good}");
        }
        for bad in [
            "",
            "approvals.example.com",
            "https://",
            "http://approvals.example.com",
            "http://localhost.example.com",
            "http://127.0.0.1@example.com",
            "ftp://127.0.0.1",
            "https://a b",
            "https://a?b",
        ] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_scope_is_read_out_of_its_words() {
        let read = |words: &[&str]| {
            let words: Vec<_> = words.iter().map(|&word| word.to_owned()).collect();
            scope(&words).map(|scope| scope.key()).ok()
        };
        assert_eq!(read(&["all"]).as_deref(), Some("all"));
        let tool = read(&["tool", "billing___refund_order"]);
        assert_eq!(tool.as_deref(), Some("tool#billing___refund_order"));
        assert_eq!(read(&["agent", "A1/live"]).as_deref(), Some("agent#A1/live"));
        let none: [&[&str]; 7] =
            [&[], &["tool"], &["agent"], &["all", "x"], &["tool", "a b"], &["agent", ""], &["A1"]];
        for words in none {
            assert_eq!(read(words), None, "{words:?}");
        }
    }
}
