//! What a browser may send: a form of ours, from a page of ours.

use std::collections::BTreeMap;

use approval_views::page::PageState;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;

/// The most bytes of a form. A thousand characters of four bytes each, and each byte as `%F0`, are
/// three quarters of it.
pub(crate) const MOST_BODY: usize = 16 * 1024;
/// The same where the HTTP API hands it over as Base64.
const MOST_ENCODED: usize = 22 * 1024;

/// What was posted, before anything in it is read.
pub(crate) struct Sent<'a> {
    /// The headers, by lower-case name.
    pub(crate) headers: &'a BTreeMap<String, String>,
    /// Where the HTTP API was asked.
    pub(crate) domain: Option<&'a str>,
    pub(crate) body: &'a str,
    pub(crate) is_base64: bool,
}

impl Sent<'_> {
    /// The form, or the page for what is none. It is asked before the link is looked at, so that
    /// the answer is the same for every link.
    pub(crate) fn form(&self) -> Result<Vec<u8>, PageState> {
        if self.is_foreign() {
            return Err(PageState::Foreign);
        }
        if !self.is_form() {
            return Err(PageState::WrongType);
        }
        let most = if self.is_base64 { MOST_ENCODED } else { MOST_BODY };
        if self.body.len() > most {
            return Err(PageState::TooLarge);
        }
        if !self.is_base64 {
            return Ok(self.body.as_bytes().to_vec());
        }
        match BASE64_STANDARD.decode(self.body) {
            Ok(form) if form.len() > MOST_BODY => Err(PageState::TooLarge),
            Ok(form) => Ok(form),
            Err(_) => Err(PageState::WrongType),
        }
    }

    fn is_form(&self) -> bool {
        let kind = self.header("content-type").and_then(|kind| kind.split(';').next());
        kind.is_some_and(|kind| {
            kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded")
        })
    }

    /// Whether another site sent it.
    ///
    /// # Security
    ///
    /// The link and the code are what an attacker lacks; this turns away a page that has tricked
    /// somebody out of both. Browsers say where a form comes from and let no page say otherwise.
    /// Those that do not say it are let in. `Origin` alone cannot tell: a page without a referrer,
    /// as ours is, sends `null`, and a proxy in front may have rewritten `Host`. So it is asked
    /// only where `Sec-Fetch-Site` is missing.
    fn is_foreign(&self) -> bool {
        if let Some(site) = self.header("sec-fetch-site") {
            return !["same-origin", "none"].contains(&site);
        }
        let Some(origin) = self.header("origin").filter(|origin| *origin != "null") else {
            return false;
        };
        let from = origin.split_once("://").map_or(origin, |(_, host)| host);
        let ours = [self.header("host"), self.domain];
        !ours.into_iter().flatten().any(|host| host.eq_ignore_ascii_case(from))
    }

    fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.trim())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FORM: &str = "application/x-www-form-urlencoded";

    fn sent(headers: &[(&str, &str)], body: &str, is_base64: bool) -> Result<Vec<u8>, PageState> {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        let headers = headers.iter().map(own).collect();
        Sent { headers: &headers, domain: Some("api.example"), body, is_base64 }.form()
    }

    #[test]
    fn w01_what_another_site_sends_is_turned_away_and_silence_is_let_in() {
        for (headers, is_ours) in [
            (&[][..], true),
            (&[("sec-fetch-site", "same-origin")], true),
            (&[("sec-fetch-site", "none")], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "null")], true),
            (&[("sec-fetch-site", "same-origin"), ("origin", "https://front.example")], true),
            (&[("origin", "null")], true),
            (&[("origin", "https://approvals.example")], true),
            (&[("origin", "https://API.example")], true),
            (&[("sec-fetch-site", "cross-site")], false),
            (&[("sec-fetch-site", "same-site")], false),
            (&[("sec-fetch-site", "odd")], false),
            (&[("sec-fetch-site", "cross-site"), ("origin", "https://approvals.example")], false),
            (&[("origin", "https://evil.example")], false),
            (&[("origin", "https://approvals.example.evil.example")], false),
            (&[("origin", "https://approvals.example:8443")], false),
            (&[("origin", "")], false),
        ] {
            let host = [("host", "approvals.example"), ("content-type", FORM)];
            let all = [&host[..], headers].concat();
            let expected = if is_ours { Ok(b"a=b".to_vec()) } else { Err(PageState::Foreign) };
            assert_eq!(sent(&all, "a=b", false), expected, "{headers:?}");
        }
    }

    #[test]
    fn w13_only_a_form_is_a_form() {
        for kind in [
            "text/plain",
            "application/json",
            "multipart/form-data; boundary=x",
            "application/x-www-form-urlencodedx",
            "",
        ] {
            let answer = sent(&[("content-type", kind)], "a=b", false);
            assert_eq!(answer, Err(PageState::WrongType), "{kind}");
        }
        assert_eq!(sent(&[], "a=b", false), Err(PageState::WrongType));
        let kind = [("content-type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8")];
        assert_eq!(sent(&kind, "a=b", false), Ok(b"a=b".to_vec()));
        assert_eq!(sent(&kind, "YT1i", true), Ok(b"a=b".to_vec()));
        assert_eq!(sent(&kind, "%%%", true), Err(PageState::WrongType));
    }

    #[test]
    fn w19_more_than_a_form_holds_is_not_read() {
        let kind = [("content-type", FORM)];
        let most = "x".repeat(MOST_BODY);
        assert_eq!(sent(&kind, &most, false), Ok(most.clone().into_bytes()));
        assert_eq!(sent(&kind, &format!("{most}x"), false), Err(PageState::TooLarge));
        let encoded = BASE64_STANDARD.encode(&most);
        assert_eq!(sent(&kind, &encoded, true), Ok(most.clone().into_bytes()));
        let more = BASE64_STANDARD.encode(format!("{most}x"));
        assert_eq!(sent(&kind, &more, true), Err(PageState::TooLarge));
        assert_eq!(sent(&kind, &"x".repeat(10 << 20), true), Err(PageState::TooLarge));
    }
}
