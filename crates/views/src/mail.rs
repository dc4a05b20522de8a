//! The mail that asks a person: text and HTML, the same facts in the same order.

use std::fmt;

use approval_core::name::RequestId;
use askama::Template;

use crate::before::Change;
use crate::case::Case;
use crate::wrap::Column;

/// Why a person gets mail.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MailKind {
    /// They are asked.
    Ask,
    /// They are asked because too few others have answered.
    Escalation,
    /// Their link was replaced.
    FreshLink,
    /// They have not answered yet.
    Reminder,
    /// It has ended; see [`ended`](crate::ended).
    Ended,
}

/// How much a subject says: lock screens show it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SubjectDetail {
    /// What is asked.
    Full,
    /// That something is asked.
    Minimal,
}

/// What only this person's mail holds.
pub struct Personal<'a> {
    /// The personal link.
    pub url: &'a str,
    /// The match code.
    pub code: &'a str,
}

impl fmt::Debug for Personal<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Personal")
    }
}

/// A mail.
pub struct Mail {
    /// One line of ASCII.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The same as HTML.
    pub html: String,
}

impl fmt::Debug for Mail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Mail({})", self.subject)
    }
}

/// The longest subject: what mail programs show of it.
const MOST_SUBJECT: usize = 150;

const FOOTER: &str = "You get this because your organisation named you to decide on such actions. The \
                      link is yours alone: do not forward this mail. Replies are not read and decide \
                      nothing. Report a mail you did not expect to your security team.";

#[derive(Template)]
#[template(path = "mail.html")]
struct Html<'a> {
    footer: &'static str,
    case: &'a Case,
    personal: &'a Personal<'a>,
    lead: Option<&'static str>,
}

/// Writes the mail.
///
/// # Security
///
/// The match code stands in the two bodies, and the link too; neither is in the subject or in the
/// preview that mail programs show. Nothing is loaded from elsewhere.
#[must_use]
pub fn compose(
    kind: MailKind,
    case: &Case,
    personal: &Personal<'_>,
    detail: SubjectDetail,
) -> Mail {
    let case = &case.inert();
    let lead = match kind {
        MailKind::Ask | MailKind::Ended => None,
        MailKind::Escalation => {
            Some("This comes to you because too few of those who were asked first have answered.")
        }
        MailKind::FreshLink => Some(
            "Your earlier link no longer works: a wrong code was typed too often, or the link was \
             renewed. Use the one in this mail. If somebody else may have typed wrong codes, tell \
             your security team.",
        ),
        MailKind::Reminder => Some("This still waits for you."),
    };
    let html = Html { footer: FOOTER, case, personal, lead }.render();
    Mail {
        subject: subject(kind, case, detail),
        text: text(case, personal, lead),
        // INVARIANT: what the template writes to cannot fail.
        html: html.unwrap_or_default(),
    }
}

pub(crate) fn subject(kind: MailKind, case: &Case, detail: SubjectDetail) -> String {
    let first = [MailKind::Ask, MailKind::Escalation].contains(&kind);
    let follows = if first { "" } else { "Re: " };
    let serious = if case.serious { "HIGH RISK - " } else { "" };
    let tag = tag(&case.id);
    match detail {
        SubjectDetail::Minimal => format!("{follows}{serious}Approval needed {tag}"),
        SubjectDetail::Full => {
            let fixed = format!("{follows}{serious}Approval needed:  {tag}");
            let room = MOST_SUBJECT.saturating_sub(fixed.len());
            let headline = one_line(&case.headline, room);
            format!("{follows}{serious}Approval needed: {headline} {tag}")
        }
    }
}

/// The short name of a request: `[R-4f21aa]`.
fn tag(id: &RequestId) -> String {
    format!("[R-{}]", id.as_str().chars().take(6).collect::<String>())
}

/// The text in at most `room` printable ASCII characters, others as `?`.
pub(crate) fn one_line(text: &str, room: usize) -> String {
    let plain = |c: char| if c.is_ascii_graphic() || c == ' ' { c } else { '?' };
    let all: String = text.chars().map(plain).collect();
    if all.len() <= room {
        return all;
    }
    let cut: String = all.chars().take(room.saturating_sub(3)).collect();
    format!("{cut}...")
}

impl Column {
    /// What stands below a mail.
    pub(crate) fn foot(&mut self, footer: &str, case: &Case) {
        self.whole("--");
        self.paragraph(footer);
        if let Some(help) = &case.help {
            self.paragraph(&format!("Help: {}", help.text));
        }
        self.paragraph(&case.imprint());
    }
}

fn text(case: &Case, personal: &Personal<'_>, lead: Option<&str>) -> String {
    let mut mail = Column::default();
    mail.hanging(&case.headline);
    mail.paragraph(&case.risk);
    if let Some(lead) = lead {
        mail.paragraph(lead);
    }
    mail.paragraph(&format!("Decide before {}. {}", case.deadline(), case.so_far()));
    mail.heading("To decide, open your personal link:");
    mail.whole(personal.url);
    mail.whole(&format!("To decide, type this code on the page: {}", personal.code));
    mail.gap();
    mail.heading("What is asked");
    for fact in &case.facts {
        mail.fact(&fact.name, &format!("{}{}", fact.value, fact.ours));
        if let Some(warning) = &fact.warning {
            mail.fact("", &format!("! {warning}"));
        }
    }
    mail.gap();
    if !case.changes.is_empty() {
        mail.heading("What would change");
        for change in &case.changes {
            let Change { name, was, becomes, warning } = change;
            // Each with a name of its own: what was stored could else play what would be.
            mail.fact(&format!("{name} was"), was);
            mail.fact("would be", becomes);
            if let Some(warning) = warning {
                mail.fact("", &format!("! {warning}"));
            }
        }
        mail.paragraph(&case.looked());
    }
    mail.heading(&format!("Who decides: needs {}", case.needs));
    for voice in &case.voices {
        mail.fact(&voice.named(), &voice.did);
    }
    mail.gap();
    mail.heading("What happens");
    for (when, what) in case.consequences() {
        mail.fact(when, &what);
    }
    mail.gap();
    if let Some(explanation) = &case.explanation {
        mail.heading("The agent's own explanation (not checked)");
        mail.quote(&explanation.text);
        if let Some(warning) = &explanation.warning {
            mail.fact("", &format!("! {warning}"));
        }
        mail.gap();
    }
    mail.foot(FOOTER, case);
    mail.done()
}

#[cfg(test)]
mod tests;
