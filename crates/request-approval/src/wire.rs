//! The event: the state machine's, with its task token, or relay-outbox's, without one.

use approval_core::failure::HandlerError;
use approval_core::ports::{
    Clock, Commits, Decisions, MakeMac, Notices, Open, Post, Publish, Requests,
};
use approval_core::step::{StepAnswer, StepInput};
use approval_views::mail::SubjectDetail;
use serde_json::Value;

use crate::RequestApproval;

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
    let StepInput { request_id, task_token, attempt, .. } = StepInput::read(event)?;
    let wait = task_token.map(|token| (token, attempt));
    let status = step.handle(&request_id, wait).await?;
    StepAnswer::of(request_id, status).write()
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
