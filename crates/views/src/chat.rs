//! The notice to a chat channel: that something waits, and how it ended. No link, no argument.
//!
//! Source: "Custom notifications using Amazon Q Developer in chat applications", AWS documentation,
//! version 1.0 of its event schema.

use approval_core::event::EventType;
use approval_core::request::ApprovalRequest;
use serde_json::{Value, json};

use crate::mail::one_line;
use crate::time::minute;
use crate::visible::visible;
use crate::words;

/// The most characters of a title.
const MOST_TITLE: usize = 99;

/// A notice for a chat channel.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChatNotice {
    /// One line of ASCII, under 100 characters, as SNS takes it.
    pub subject: String,
    /// The event, as JSON.
    pub event: String,
}

/// Writes the notice about a request that waits.
///
/// # Security
///
/// Whoever is in the channel reads it, so it holds no link token and nothing the agent wrote, and
/// nobody can decide from it. What names the request stands in code spans, in which markup means
/// nothing.
#[must_use]
pub fn asked(request: &ApprovalRequest, stack: &str) -> ChatNotice {
    let by = request.decide_by.map_or_else(|| "its deadline".to_owned(), minute);
    let what = format!("{} waits for approval. Decide before {by}.", code(request.tool.as_str()));
    let steps = ["Approvers: open the link in your own mail. Nothing can be decided from here."];
    notice(request, stack, EventType::ApprovalRequested, "Approval needed", &what, &steps)
}

/// Writes the notice about a request that has ended; none while it has not.
///
/// # Security
///
/// As with [`asked`]: neither the target's answer nor anybody's reason or comment is in it.
#[must_use]
pub fn ended(request: &ApprovalRequest, stack: &str) -> Option<ChatNotice> {
    let kind = EventType::ending(request.status)?;
    let what = format!("{} is {}.", code(request.tool.as_str()), words::status(request.status));
    Some(notice(request, stack, kind, kind.name(), &what, &[]))
}

fn notice(
    request: &ApprovalRequest,
    stack: &str,
    kind: EventType,
    title: &str,
    what: &str,
    steps: &[&str],
) -> ChatNotice {
    let (id, tool) = (request.id.as_str(), request.tool.as_str());
    let subject = one_line(&format!("{title}: {}", visible(tool)), MOST_TITLE);
    let tier = request.assessment.as_ref().map_or("unknown", |a| a.tier.as_str());
    let look = format!("Operators: {}", code(&format!("countersign show {id} --stack {stack}")));
    let steps: Vec<&str> = steps.iter().copied().chain([look.as_str()]).collect();
    let description =
        format!("{what}\nRequest: {}\nRisk: {tier}\nStack: {}", code(id), code(stack));
    // Names alone, so that whoever routes on them can compare them.
    let context: Value = json!({
        "request": id, "tool": request.tool, "stack": stack, "status": request.status, "risk": tier,
    });
    let title = one_line(&format!("{title}: {}", plain(tool)), MOST_TITLE);
    let event = json!({
        "version": "1.0",
        "source": "custom",
        "id": format!("{id}/{}", kind.name().replace(' ', "-").to_lowercase()),
        "content": {
            "textType": "client-markdown",
            "title": title,
            "description": description,
            "nextSteps": steps,
            "keywords": [tier, request.status.as_str()],
        },
        "metadata": {
            "threadId": id,
            "summary": title,
            "eventType": kind.name(),
            "relatedResources": [request.tool],
            "additionalContext": context,
        },
    });
    ChatNotice { subject, event: event.to_string() }
}

/// The text as a code span: one line, and no mark in it ends the span or addresses anybody.
fn code(text: &str) -> String {
    let text: String =
        visible(text).chars().map(|c| if "`<>&".contains(c) { '?' } else { c }).collect();
    format!("`{text}`")
}

/// The text without what a chat program reads as markup, a mention or a link, where no code span
/// can stand.
fn plain(text: &str) -> String {
    let marks = |c: char| if c.is_ascii_alphanumeric() || "- ".contains(c) { c } else { '_' };
    let text: String = visible(text).chars().map(marks).collect();
    // Two in a row would begin emphasis.
    text.split('_').filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use approval_core::request::ApprovalRequest;
    use approval_core::status::Status;

    use super::*;
    use crate::fixture::{pending, refund};

    async fn request() -> ApprovalRequest {
        let (mut request, _) = pending(refund(), "mia").await;
        request.comment = Some("canary-comment".to_owned());
        request.reason = Some("canary-reason".to_owned());
        request
    }

    fn read(notice: &ChatNotice) -> Value {
        serde_json::from_str(&notice.event).unwrap()
    }

    #[tokio::test]
    async fn a_channel_reads_what_waits_until_when_and_where_to_look() {
        let notice = asked(&request().await, "prod");
        assert_eq!(notice.subject, "Approval needed: billing___refund_order");
        let event = json!({
            "version": "1.0",
            "source": "custom",
            "id": "r-123456789/approval-requested",
            "content": {
                "textType": "client-markdown",
                "title": "Approval needed: billing refund order",
                "description": "`billing___refund_order` waits for approval. Decide before \
                    2026-11-22 14:00 UTC.\nRequest: `r-123456789`\nRisk: medium\nStack: `prod`",
                "nextSteps": [
                    "Approvers: open the link in your own mail. Nothing can be decided from here.",
                    "Operators: `countersign show r-123456789 --stack prod`",
                ],
                "keywords": ["medium", "pending"],
            },
            "metadata": {
                "threadId": "r-123456789",
                "summary": "Approval needed: billing refund order",
                "eventType": "Approval Requested",
                "relatedResources": ["billing___refund_order"],
                "additionalContext": {
                    "request": "r-123456789", "tool": "billing___refund_order", "stack": "prod",
                    "status": "pending", "risk": "medium",
                },
            },
        });
        assert_eq!(read(&notice), event);
    }

    #[tokio::test]
    async fn each_end_is_told_in_the_thread_of_the_ask_and_what_goes_on_is_not() {
        let pending = request().await;
        let mut ids = vec![read(&asked(&pending, "prod"))["id"].clone()];
        for status in Status::ALL {
            let request = ApprovalRequest { status, ..pending.clone() };
            let notice = ended(&request, "prod");
            assert_eq!(notice.is_some(), status.is_terminal(), "{status}");
            let Some(event) = notice.map(|notice| read(&notice)) else { continue };
            assert_eq!(event["metadata"]["threadId"], "r-123456789");
            let description = event["content"]["description"].as_str().unwrap();
            assert!(description.contains(words::status(status)), "{description}");
            assert!(!ids.contains(&event["id"]), "{}", event["id"]);
            ids.push(event["id"].clone());
        }
    }

    #[tokio::test]
    async fn promise_10_nothing_that_the_agent_or_a_person_wrote_is_in_it() {
        let pending = request().await;
        let done = ApprovalRequest { status: Status::Rejected, ..pending.clone() };
        for notice in [asked(&pending, "prod"), ended(&done, "prod").unwrap()] {
            let all = format!("{} {}", notice.subject, notice.event);
            for canary in ["canary", "480", "A-1042", "/a/", "mia", "session-1", "Refund"] {
                assert!(!all.contains(canary), "{canary}: {all}");
            }
        }
    }

    #[test]
    fn h08_no_text_ends_its_code_span_mentions_anybody_or_becomes_markup() {
        for hostile in [
            "a`b`<!channel> <https://evil.example|click>",
            "*bold* _it_ ~no~ [text](https://evil.example) @here & more",
            "line\nbreak\u{202e}",
        ] {
            let span = code(hostile);
            assert_eq!(span.matches('`').count(), 2, "{span}");
            assert!(!span.contains(['<', '>', '&', '\n', '\u{202e}']), "{span}");
            let title = plain(hostile);
            assert!(
                title.chars().all(|c| c.is_ascii_alphanumeric() || "- ".contains(c)),
                "{title}"
            );
        }
        assert_eq!(plain("billing___refund_order"), "billing refund order");
    }
}
