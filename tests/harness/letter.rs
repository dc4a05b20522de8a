//! What a person finds in a mail: a personal link, and a match code.

use approval_core::digest::Digest;

/// A personal link and the code that goes with it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Personal {
    /// The whole link.
    pub link: String,
    /// The match code.
    pub code: String,
}

impl Personal {
    /// Reads the plain text of a mail, as a person does.
    ///
    /// # Panics
    ///
    /// There is no link, or no code.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut lines = text.lines().map(str::trim);
        let is_link = |line: &&str| line.starts_with("http") && line.contains("/a/");
        let link = lines.find(is_link).expect("a link on a line of its own").to_owned();
        let code = text.lines().find_map(|line| {
            let (said, code) = line.trim().rsplit_once(": ")?;
            (said.contains("code") && code.len() == 4).then(|| code.to_owned())
        });
        Self { link, code: code.unwrap_or_else(|| panic!("no code in {text}")) }
    }

    /// The path of the link.
    ///
    /// # Panics
    ///
    /// It has none.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.link[self.link.find("/a/").expect("a path")..]
    }

    /// The token in the link.
    #[must_use]
    pub fn token(&self) -> &str {
        self.path().trim_start_matches("/a/")
    }

    /// A code that is certainly another one.
    #[must_use]
    pub fn wrong_code(&self) -> &'static str {
        if self.code == "ZZZZ" { "YYYY" } else { "ZZZZ" }
    }
}

/// The form with which a person decides on that action: for an approval, the one of the page that
/// asks once more.
#[must_use]
pub fn form(digest: &Digest, verdict: &str, comment: &str, code: &str) -> String {
    let confirmed = if verdict == "approve" { "yes" } else { "" };
    let digest = digest.to_string();
    encoded([
        ("digest", digest.as_str()),
        ("verdict", verdict),
        ("comment", comment),
        ("code", code),
        ("confirmed", confirmed),
    ])
}

/// The fields as browsers post them.
#[must_use]
pub fn encoded<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let encode = |text: &str| -> String {
        text.bytes()
            .map(|byte| match byte {
                b if b.is_ascii_alphanumeric() => char::from(b).to_string(),
                b => format!("%{b:02X}"),
            })
            .collect()
    };
    let fields = fields.into_iter().map(|(name, value)| format!("{name}={}", encode(value)));
    fields.collect::<Vec<_>>().join("&")
}
