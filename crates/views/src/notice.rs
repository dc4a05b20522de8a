//! The notice to all who subscribed: that something waits, and where to look. No link, no argument.

use approval_core::request::ApprovalRequest;

use crate::mail::one_line;
use crate::time::minute;
use crate::visible::visible;

/// A notice.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Notice {
    /// One line of ASCII, under 100 characters, as SNS takes it.
    pub subject: String,
    /// The text.
    pub text: String,
}

/// The most characters of a subject.
const MOST_SUBJECT: usize = 99;

/// Writes the notice about a request that waits.
///
/// # Security
///
/// Anyone who may subscribe reads it, so it holds no link token and nothing the agent wrote.
#[must_use]
pub fn compose(request: &ApprovalRequest, stack: &str) -> Notice {
    let (tool, stack) = (visible(request.tool.as_str()), visible(stack));
    let tier = request.assessment.as_ref().map_or("unknown", |a| a.tier.as_str());
    let by = request.decide_by.map_or_else(|| "its deadline".to_owned(), minute);
    let id = &request.id;
    let text = format!(
        "A request waits for approval in stack {stack}.\n\n\
         Request:  {id}\nTool:     {tool}\nRisk:     {tier}\nDecide before {by}.\n\n\
         Approvers have personal mail; nothing can be decided from here.\n\
         To look at it: countersign show {id} --stack {stack} --table TABLE\n"
    );
    Notice { subject: one_line(&format!("Approval needed: {tool}"), MOST_SUBJECT), text }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{hostile_texts, pending, refund};
    use crate::visible::hides;

    #[tokio::test]
    async fn w06_a_notice_holds_nothing_the_agent_wrote_and_hides_nothing() {
        for text in hostile_texts() {
            let mut arguments = refund();
            arguments["order"] = text.as_str().into();
            let (request, _) = pending(arguments, &text).await;
            let Notice { subject, text: body } = compose(&request, &text);
            let plain = compose(&request, "demo");
            assert_eq!(subject, plain.subject);
            assert!(!plain.text.contains(text.as_str()), "{}", plain.text);
            assert!(!body.chars().any(|c| hides(c) && c != '\n'), "{body}");
            assert_eq!(body.lines().count(), plain.text.lines().count());
        }
        let (request, _) = pending(refund(), "dana").await;
        let text = compose(&request, "demo").text;
        for kept in ["A-1042", "1200", "parcel", "dana", "/a/"] {
            assert!(!text.contains(kept), "{kept}: {text}");
        }
    }
}
