//! The local stack's people: their mail, and what they do with it.

use std::time::Duration;

use approval_core::name::RequestId;
use serde_json::Value;

use crate::browser::{self, Page};
use crate::letter::Personal;
use crate::stack::Stack;

/// A mail that the local mail service took.
#[derive(Clone, Debug)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain text.
    pub text: String,
    /// The HTML.
    pub html: String,
}

/// Every mail that was sent, oldest first.
///
/// # Panics
///
/// The mail service does not answer.
#[must_use]
pub fn mails() -> Vec<Mail> {
    fn collect<'a>(value: &'a Value, found: &mut Vec<&'a Value>) {
        match value {
            Value::Array(all) => all.iter().for_each(|each| collect(each, found)),
            Value::Object(all) if all.contains_key("BodyText") => found.push(value),
            Value::Object(all) => all.values().for_each(|each| collect(each, found)),
            _ => {}
        }
    }

    let endpoint = std::env::var("AWS_ENDPOINT_URL").expect("the local stack");
    let page = browser::get(&format!("{endpoint}/_ministack/ses/messages"));
    let sent: Value = serde_json::from_str(&page.body).expect("JSON");
    let mut found = Vec::new();
    collect(&sent, &mut found);
    let at = |mail: &Value| mail["Timestamp"].as_f64().unwrap_or_default();
    found.sort_by(|a, b| at(a).total_cmp(&at(b)));
    let text = |mail: &Value, name: &str| mail[name].as_str().unwrap_or_default().to_owned();
    found
        .into_iter()
        .map(|mail| Mail {
            to: mail["To"][0].as_str().unwrap_or_default().to_owned(),
            subject: text(mail, "Subject"),
            text: text(mail, "BodyText"),
            html: text(mail, "BodyHtml"),
        })
        .collect()
}

impl Stack {
    /// The newest mail to a person about a request, read as they read it.
    ///
    /// # Panics
    ///
    /// None comes within 30 seconds.
    pub async fn mail(&self, request: &RequestId, who: &str) -> (Personal, String) {
        let started = std::time::Instant::now();
        loop {
            let mails = mails();
            let about = |mail: &&Mail| {
                mail.to.starts_with(&format!("{who}@")) && mail.text.contains(request.as_str())
            };
            if let Some(mail) = mails.iter().rev().find(about) {
                return (Personal::read(&mail.text), format!("{}\n{}", mail.text, mail.html));
            }
            assert!(started.elapsed() < Duration::from_secs(30), "{who} has no mail");
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
    }

    /// A person decides with the link and the code they were mailed.
    pub async fn decide(&self, request: &RequestId, who: &str, verdict: &str) -> Page {
        let (mail, _) = self.mail(request, who).await;
        browser::decide(&mail.link, verdict, "as told", &mail.code)
    }
}
