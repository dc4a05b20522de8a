//! Amazon SNS: the notice to all who subscribed, and personal messages where the operator opted in.

use approval_core::notice::Channel;
use approval_core::ports::{Letter, Post, Publish, Undelivered};
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_sns::Client;
use aws_sdk_sns::config::Builder;
use aws_sdk_sns::types::MessageAttributeValue;

use crate::call::undelivered;

/// The message attribute by which a subscription's filter policy names its one approver.
pub const APPROVER: &str = "approver";
/// The longest subject SNS takes.
const MOST_SUBJECT: usize = 99;

/// A topic for notices without links; none where the stack has none.
#[derive(Clone, Debug)]
pub struct Topic {
    client: Client,
    arn: Option<String>,
}

impl Topic {
    /// The topic of that ARN.
    #[must_use]
    pub fn new(config: &SdkConfig, arn: Option<String>) -> Self {
        Self { client: Client::new(config), arn }
    }
}

impl Publish for Topic {
    async fn publish(&self, subject: &str, text: &str) -> Result<bool, Undelivered> {
        let Some(arn) = &self.arn else { return Ok(false) };
        let call = self.client.publish().topic_arn(arn);
        let call = call.subject(shortened(subject)).message(text);
        call.send().await.map_err(|error| undelivered(&error))?;
        Ok(true)
    }
}

/// A topic for personal messages. One attempt a call, as with mail: a repeat would be a second
/// message.
///
/// # Security
///
/// Whoever may subscribe to it without a filter reads every link. The template closes
/// `Subscribe`; what opens it is the operator's word.
#[derive(Clone, Debug)]
pub struct PersonalTopic {
    client: Client,
    arn: String,
}

impl PersonalTopic {
    /// The topic of that ARN.
    #[must_use]
    pub fn new(config: &SdkConfig, arn: String) -> Self {
        let once = Builder::from(config).retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(once), arn }
    }
}

impl Post for PersonalTopic {
    fn channel(&self) -> Channel {
        Channel::Sns
    }

    async fn send(&self, letter: &Letter) -> Result<String, Undelivered> {
        let named = MessageAttributeValue::builder().data_type("String");
        let named = named.string_value(letter.approver.as_str()).build();
        let named = named.map_err(|_| Undelivered { code: "Unwritten".to_owned() })?;
        let call = self.client.publish().topic_arn(&self.arn);
        let call = call.subject(shortened(&letter.subject)).message(&letter.text);
        let sent = call.message_attributes(APPROVER, named).send().await;
        let id = sent.map_err(|error| undelivered(&error))?.message_id;
        id.ok_or_else(|| Undelivered { code: "NoMessageId".to_owned() })
    }
}

fn shortened(subject: &str) -> String {
    let one_line = subject.chars().map(|c| if c.is_control() { ' ' } else { c });
    one_line.filter(char::is_ascii).take(MOST_SUBJECT).collect()
}

#[cfg(test)]
mod tests {
    use approval_core::name::{ApproverId, RequestId};

    use super::*;
    use crate::replay::{Answer, Replay};

    const PUBLISHED: &str = "<PublishResponse><PublishResult><MessageId>id-1</MessageId>\
                             </PublishResult></PublishResponse>";

    fn published() -> Answer {
        Answer::Says(200, Vec::new(), PUBLISHED.to_owned())
    }

    fn letter() -> Letter {
        Letter {
            request: RequestId::parse("r-1").unwrap(),
            approver: ApproverId::parse("ana").unwrap(),
            to: "ana@example.com".to_owned(),
            subject: "Approval needed".to_owned(),
            text: "the text".to_owned(),
            html: "<p>".to_owned(),
            follows: None,
            important: false,
        }
    }

    fn refused() -> Answer {
        let body = "<ErrorResponse><Error><Code>AuthorizationError</Code><Message>not on ana's \
                    topic</Message></Error></ErrorResponse>";
        Answer::Says(403, Vec::new(), body.to_owned())
    }

    fn sent(replay: &Replay) -> String {
        let [(_, body)] = replay.all().try_into().unwrap();
        body.as_str().unwrap().to_owned()
    }

    #[tokio::test]
    async fn a_notice_goes_to_the_topic_and_nowhere_where_there_is_none() {
        let replay = Replay::of([published()]);
        let topic = Topic::new(&replay.config(), Some("arn:topic".to_owned()));
        assert_eq!(topic.publish("Approval\nneeded", "look").await, Ok(true));
        let body = sent(&replay);
        assert!(
            body.contains("Subject=Approval%20needed") && body.contains("Message=look"),
            "{body}"
        );
        let none = Topic::new(&Replay::of([]).config(), None);
        assert_eq!(none.publish("Approval needed", "look").await, Ok(false));
    }

    #[tokio::test]
    async fn a_personal_message_names_its_approver_for_the_filter() {
        let replay = Replay::of([published()]);
        let topic = PersonalTopic::new(&replay.config(), "arn:personal".to_owned());
        assert_eq!(topic.send(&letter()).await.unwrap(), "id-1");
        let body = sent(&replay);
        assert!(body.contains("MessageAttributes.entry.1.Name=approver"), "{body}");
        assert!(body.contains("StringValue=ana") && !body.contains("%3Cp"), "{body}");
    }

    #[tokio::test]
    async fn promise_10_a_refusal_is_told_by_its_code_alone() {
        let code = "AuthorizationError".to_owned();
        let replay = Replay::of([refused(), refused()]);
        let personal = PersonalTopic::new(&replay.config(), "arn:personal".to_owned());
        assert_eq!(personal.send(&letter()).await, Err(Undelivered { code: code.clone() }));
        let topic = Topic::new(&replay.config(), Some("arn:topic".to_owned()));
        assert_eq!(topic.publish("subject", "text").await, Err(Undelivered { code }));
    }

    #[tokio::test]
    async fn f06_a_personal_message_is_not_sent_twice() {
        let replay = Replay::of([Answer::Breaks]);
        let topic = PersonalTopic::new(&replay.config(), "arn:personal".to_owned());
        assert_eq!(topic.send(&letter()).await.unwrap_err().code, "NotReached");
        assert_eq!(replay.all().len(), 1);
    }

    #[test]
    fn a_subject_is_one_short_line_of_ascii() {
        assert_eq!(shortened("a\r\nBcc: b\u{2028}\u{e9}"), "a  Bcc: b");
        assert_eq!(shortened(&"x".repeat(200)).len(), MOST_SUBJECT);
    }
}
