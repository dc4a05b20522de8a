//! The events: the state machine's, with its task token, relay-outbox's, without one, and what the
//! mail service says of a mail that came back.
//!
//! Source: "Monitoring SES events using Amazon EventBridge", Amazon SES Developer Guide.

use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::notice::{Return, untagged};
use approval_core::ports::{
    Clock, Commits, Decisions, MakeMac, Notices, Open, Post, Publish, Requests,
};
use approval_core::step::{StepAnswer, StepInput};
use approval_views::mail::SubjectDetail;
use serde::Deserialize;
use serde_json::Value;

use crate::{RequestApproval, ReturnedMail};

/// Serves one invocation.
///
/// # Errors
///
/// Those of [`RequestApproval::handle`], and an event that is neither.
pub async fn handle<S, K, M, P, Q, N, C>(
    step: &RequestApproval<S, K, M, P, Q, N, C>,
    event: &str,
) -> Result<Value, HandlerError>
where
    S: Requests + Commits + Notices + Decisions,
    K: Open,
    M: MakeMac,
    P: Post,
    Q: Post,
    N: Publish,
    C: Clock,
{
    match said(event)? {
        Said::Step => {}
        Said::OthersMail => return Ok(Value::Null),
        Said::Mail(mail) => {
            Box::pin(step.returned(&mail)).await?;
            return Ok(Value::Null);
        }
    }
    let StepInput { request_id, task_token, attempt, .. } = StepInput::read(event)?;
    let wait = task_token.map(|token| (token, attempt));
    let status = Box::pin(step.handle(&request_id, wait)).await?;
    StepAnswer::of(request_id, status).write()
}

/// What an event is about.
enum Said {
    /// A mail of ours that came back.
    Mail(ReturnedMail),
    /// A mail that others sent.
    OthersMail,
    /// A request, as the state machine and relay-outbox say it.
    Step,
}

/// Reads what the mail service says through EventBridge, where the event is its.
///
/// # Security
///
/// Nobody but AWS puts events of a source that begins with `aws.` on a bus, and only the rule of
/// the stack may invoke the function with one.
fn said(event: &str) -> Result<Said, HandlerError> {
    #[derive(Deserialize)]
    struct Envelope {
        source: Option<String>,
        #[serde(rename = "detail-type")]
        kind: Option<String>,
        detail: Option<Value>,
    }

    // What is no object at all is for the other form to refuse.
    let Ok(Envelope { source: Some(source), kind, detail }) = serde_json::from_str(event) else {
        return Ok(Said::Step);
    };
    let bad = |what: &str| HandlerError::BadInput(format!("an event with {what}"));
    if source != "aws.ses" {
        return Err(bad("another source than the mail service"));
    }
    let detail = detail.ok_or_else(|| bad("no detail"))?;
    let text = |path: &str| detail.pointer(path).and_then(Value::as_str);
    let why = match (kind.as_deref(), text("/bounce/bounceType")) {
        (Some("Email Bounced"), Some("Permanent")) => Return::Bounce,
        (Some("Email Bounced"), Some("Transient" | "Undetermined")) => Return::Transient,
        (Some("Email Bounced"), Some(_) | None) => return Err(bad("no known kind of bounce")),
        (Some("Email Complaint Received"), _) => Return::Complaint,
        (Some("Email Rejected" | "Email Rendering Failed"), _) => Return::Rejected,
        (Some(_) | None, _) => return Err(bad("no known detail-type")),
    };
    let message = text("/mail/messageId").ok_or_else(|| bad("no message id"))?.to_owned();
    let tags = text("/mail/tags/request/0").zip(text("/mail/tags/approver/0"));
    let Some((request, approver)) = tags.and_then(|(one, two)| untagged(one, two)) else {
        // Others may send through the same configuration set.
        tracing::info!("mail came back that is not tagged as ours");
        return Ok(Said::OthersMail);
    };
    let taken_at = text("/mail/timestamp").and_then(|at| Moment::parse(at).ok());
    Ok(Said::Mail(ReturnedMail { request, approver, message, taken_at, why }))
}

/// A setting that cannot be used.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SettingError {
    /// Not where a browser can go.
    #[error("`PUBLIC_URL` is no address: write https://, a host, and nothing after it")]
    Base,
    /// Neither word.
    #[error("`SUBJECT_DETAIL` is neither `full` nor `minimal`: write one of them")]
    Detail,
}

/// Where the approvers' door is. Links are built from this alone, never from what a caller sends.
///
/// # Errors
///
/// It is not `https://` (or, for a name under `localhost`, `http://`) and a host.
pub fn base(setting: &str) -> Result<String, SettingError> {
    let here = |host: &&str| {
        let name = host.split(':').next().unwrap_or_default().trim_end_matches('/');
        name == "localhost" || name == "127.0.0.1" || name.ends_with(".localhost")
    };
    let plain = || setting.strip_prefix("http://").filter(here);
    let host = setting.strip_prefix("https://").or_else(plain);
    let fits = |c: char| c.is_ascii_alphanumeric() || ".-:".contains(c);
    let host = host.map(|host| host.trim_end_matches('/')).ok_or(SettingError::Base)?;
    if host.is_empty() || !host.chars().all(fits) {
        return Err(SettingError::Base);
    }
    Ok(setting.trim_end_matches('/').to_owned())
}

/// How much subjects say.
///
/// # Errors
///
/// It is neither word.
pub fn detail(setting: &str) -> Result<SubjectDetail, SettingError> {
    match setting {
        "full" => Ok(SubjectDetail::Full),
        "minimal" => Ok(SubjectDetail::Minimal),
        _ => Err(SettingError::Detail),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn l18_the_address_in_mails_is_a_setting_and_a_plain_one() {
        assert_eq!(base("https://approvals.example/").unwrap(), "https://approvals.example");
        assert!(base("http://api.localhost:4577").is_ok());
        assert_eq!(base("http://approvals.example"), Err(SettingError::Base), "codes in clear");
        for bad in [
            "",
            "approvals.example",
            "https://",
            "ftp://x",
            "https://a/b",
            "https://a@b",
            "https://a?b",
        ] {
            assert_eq!(base(bad), Err(SettingError::Base), "{bad}");
        }
        assert_eq!(detail("minimal"), Ok(SubjectDetail::Minimal));
        assert_eq!(detail("none"), Err(SettingError::Detail));
    }
}
