//! What a browser asks, and what it is answered, apart from how both travel.

use approval_views::console;

/// The most bytes of a form.
pub(super) const MOST_BODY: usize = 16 * 1024;
const FORM: &str = "application/x-www-form-urlencoded";

/// What is asked.
#[derive(Clone, Debug, Default)]
pub(super) struct Ask {
    pub(super) method: String,
    pub(super) path: String,
    pub(super) query: String,
    /// The one `host`; none where there is none, or more than one.
    pub(super) host: Option<String>,
    pub(super) cookie: Option<String>,
    pub(super) origin: Option<String>,
    /// `sec-fetch-site`.
    pub(super) site: Option<String>,
    pub(super) content_type: Option<String>,
    pub(super) body: Vec<u8>,
}

/// What is answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: String,
}

impl Ask {
    /// The pairs of the address.
    pub(super) fn pairs(&self) -> Pairs {
        Pairs::read(self.query.as_bytes())
    }

    /// The pairs of the form; nothing where it is no form.
    pub(super) fn form(&self) -> Pairs {
        let kind = self.content_type.as_deref().and_then(|kind| kind.split(';').next());
        let is_form = kind.is_some_and(|kind| kind.trim().eq_ignore_ascii_case(FORM));
        Pairs::read(if is_form { &self.body } else { &[] })
    }
}

/// Names with values.
#[derive(Clone, Debug, Default)]
pub(super) struct Pairs(Vec<(String, String)>);

impl Pairs {
    fn read(bytes: &[u8]) -> Self {
        Self(form_urlencoded::parse(bytes).into_owned().collect())
    }

    /// The value, without space around it; none where it is empty or stands there more than once.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        let mut those = self.0.iter().filter(|(key, _)| key == name);
        let one = those.next().map(|(_, value)| value.trim()).filter(|value| !value.is_empty())?;
        those.next().is_none().then_some(one)
    }

    /// The value, or nothing.
    pub(super) fn text(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// All of them.
    pub(super) fn all(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0.iter().map(|(key, value)| (key.as_str(), value.as_str()))
    }
}

/// An address of this console.
pub(super) fn address<'a>(
    path: &str,
    pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

impl Reply {
    /// A page.
    pub(super) fn page(status: u16, html: String) -> Self {
        Self { status, headers: console::headers().into(), body: html }
    }

    /// Something else than a page, under the same headers.
    pub(super) fn data(kind: &str, body: String) -> Self {
        let mut reply = Self::page(200, body);
        reply.set("content-type", kind);
        reply
    }

    /// Says where to go on.
    pub(super) fn see(address: &str) -> Self {
        let mut reply = Self::page(303, String::new());
        reply.set("location", address);
        reply
    }

    /// Sets a header.
    pub(super) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.headers.retain(|(known, _)| *known != name);
        self.headers.push((name, value.into()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_stands_there_twice_has_no_value() {
        let body = b"reason=a&reason=b&csrf=%20x+&empty=".to_vec();
        let content_type = Some("application/x-www-form-urlencoded; charset=utf-8".to_owned());
        let form = Ask { body: body.clone(), content_type, ..Ask::default() }.form();
        assert_eq!(
            (form.get("reason"), form.get("csrf"), form.get("empty")),
            (None, Some("x"), None)
        );
        let plain = Ask { body, content_type: Some("text/plain".to_owned()), ..Ask::default() };
        assert_eq!(plain.form().get("csrf"), None, "what other sites may send without asking");
    }

    #[test]
    fn an_address_carries_any_text() {
        let href = address("/", [("q", "a&b=\u{202e} \"<"), ("tab", "all")]);
        assert_eq!(href, "/?q=a%26b%3D%E2%80%AE+%22%3C&tab=all");
        assert_eq!(address("/freezes", []), "/freezes");
    }
}
