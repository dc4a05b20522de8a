//! Personal mail through Amazon SES.

use approval_core::notice::{Channel, tagged};
use approval_core::ports::{Letter, Post, Undelivered};
use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::config::Builder;
use aws_sdk_sesv2::error::BuildError;
use aws_sdk_sesv2::types::{
    Body, Content, Destination, EmailContent, Message, MessageHeader, MessageTag,
};

use crate::call::undelivered;

/// Sends personal mail, one person each.
///
/// One attempt a call: SES does not recognise a repeat, so a second attempt after a lost answer
/// would be a second mail. The ledger tries again a minute later instead.
#[derive(Clone, Debug)]
pub struct Mail {
    client: Client,
    from: String,
    configuration_set: Option<String>,
    /// What the ids of SES end in, as a message id.
    domain: String,
}

impl Mail {
    /// Sends from that address, with that configuration set.
    #[must_use]
    pub fn new(config: &SdkConfig, from: String, configuration_set: Option<String>) -> Self {
        let region = config.region().map_or("us-east-1", AsRef::as_ref);
        let domain = match region {
            "us-east-1" => "email.amazonses.com".to_owned(),
            region => format!("{region}.amazonses.com"),
        };
        let once = Builder::from(config).retry_config(RetryConfig::disabled()).build();
        Self { client: Client::from_conf(once), from, configuration_set, domain }
    }

    fn headers(&self, letter: &Letter) -> Result<Vec<MessageHeader>, BuildError> {
        let mut headers = vec![
            ("Auto-Submitted", "auto-generated".to_owned()),
            ("X-Auto-Response-Suppress", "All".to_owned()),
            ("X-Approval-Request-Id", letter.request.to_string()),
        ];
        if let Some(first) = &letter.follows {
            // SES answers an id without its domain; threads are told by the whole one.
            let whole = if first.contains('@') {
                format!("<{first}>")
            } else {
                format!("<{first}@{}>", self.domain)
            };
            headers.push(("In-Reply-To", whole.clone()));
            headers.push(("References", whole));
        }
        if letter.important {
            headers.push(("Importance", "high".to_owned()));
        }
        let header = |(name, value): (&str, String)| {
            let value: String = value.chars().filter(char::is_ascii_graphic).collect();
            MessageHeader::builder().name(name).value(value).build()
        };
        headers.into_iter().map(header).collect()
    }

    fn message(&self, letter: &Letter) -> Result<Message, BuildError> {
        let content = |text: &str| Content::builder().data(text).charset("UTF-8").build();
        let one_line = letter.subject.replace(['\r', '\n'], " ");
        let body = Body::builder().text(content(&letter.text)?).html(content(&letter.html)?);
        Ok(Message::builder()
            .subject(content(&one_line)?)
            .body(body.build())
            .set_headers(Some(self.headers(letter)?))
            .build())
    }
}

/// By which the service's later word on the message names whose it was.
fn tags(letter: &Letter) -> Result<Vec<MessageTag>, BuildError> {
    let tag =
        |name: &str, value: &str| MessageTag::builder().name(name).value(tagged(value)).build();
    Ok(vec![tag("request", letter.request.as_str())?, tag("approver", letter.approver.as_str())?])
}

impl Post for Mail {
    fn channel(&self) -> Channel {
        Channel::Mail
    }

    async fn send(&self, letter: &Letter) -> Result<String, Undelivered> {
        let unwritten = |_: BuildError| Undelivered { code: "Unwritten".to_owned() };
        let message = self.message(letter).map_err(unwritten)?;
        let sent = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(&letter.to).build())
            .content(EmailContent::builder().simple(message).build())
            .set_email_tags(Some(tags(letter).map_err(unwritten)?))
            .set_configuration_set_name(self.configuration_set.clone())
            .send()
            .await;
        let id = sent.map_err(|error| undelivered(&error))?.message_id;
        id.ok_or_else(|| Undelivered { code: "NoMessageId".to_owned() })
    }
}

#[cfg(test)]
mod tests {
    use approval_core::name::{ApproverId, RequestId};
    use aws_config::Region;
    use serde_json::{Value, json};

    use super::*;
    use crate::replay::{Answer, Replay};

    fn letter() -> Letter {
        Letter {
            request: RequestId::parse("r-1").unwrap(),
            approver: ApproverId::parse("ana").unwrap(),
            to: "ana@example.com".to_owned(),
            subject: "Approval needed".to_owned(),
            text: "the text".to_owned(),
            html: "<p>the text".to_owned(),
            follows: None,
            important: false,
        }
    }

    async fn send(letter: &Letter, answer: Answer) -> (Result<String, Undelivered>, Vec<Value>) {
        let replay = Replay::of([answer]);
        let named = Some("set".to_owned());
        let mail = Mail::new(&replay.config(), "approvals@example.com".to_owned(), named);
        let sent = mail.send(letter).await;
        (sent, replay.all().into_iter().map(|(_, body)| body).collect())
    }

    fn header<'a>(sent: &'a Value, name: &str) -> Option<&'a str> {
        let headers = sent["Content"]["Simple"]["Headers"].as_array().unwrap();
        headers.iter().find(|header| header["Name"] == name)?["Value"].as_str()
    }

    #[tokio::test]
    async fn one_person_gets_text_and_html_and_machines_are_told_not_to_answer() {
        let (id, sent) = send(&letter(), Answer::ok(&json!({"MessageId": "id-1"}))).await;
        assert_eq!(id.unwrap(), "id-1");
        let [sent] = sent.try_into().unwrap();
        assert_eq!(sent["Destination"]["ToAddresses"], json!(["ana@example.com"]));
        assert_eq!(sent["FromEmailAddress"], "approvals@example.com");
        assert_eq!(sent["ConfigurationSetName"], "set");
        let tag = |name, of| json!({"Name": name, "Value": tagged(of)});
        assert_eq!(sent["EmailTags"], json!([tag("request", "r-1"), tag("approver", "ana")]));
        let simple = &sent["Content"]["Simple"];
        for part in [&simple["Subject"], &simple["Body"]["Text"], &simple["Body"]["Html"]] {
            assert_eq!(part["Charset"], "UTF-8");
        }
        assert_eq!(simple["Body"]["Text"]["Data"], "the text");
        assert_eq!(simple["Body"]["Html"]["Data"], "<p>the text");
        assert_eq!(header(&sent, "Auto-Submitted"), Some("auto-generated"));
        assert_eq!(header(&sent, "X-Auto-Response-Suppress"), Some("All"));
        assert_eq!(header(&sent, "X-Approval-Request-Id"), Some("r-1"));
        assert_eq!(header(&sent, "Importance"), None);
    }

    #[tokio::test]
    async fn later_mails_stand_in_the_thread_of_the_first() {
        let later = Letter { follows: Some("id-1".into()), important: true, ..letter() };
        let (_, sent) = send(&later, Answer::ok(&json!({"MessageId": "id-2"}))).await;
        assert_eq!(header(&sent[0], "In-Reply-To"), Some("<id-1@eu-west-1.amazonses.com>"));
        assert_eq!(header(&sent[0], "References"), Some("<id-1@eu-west-1.amazonses.com>"));
        assert_eq!(header(&sent[0], "Importance"), Some("high"));
    }

    #[tokio::test]
    async fn ids_have_the_domain_of_their_region_and_only_one() {
        let replay = Replay::of([]);
        let in_region = |region: &'static str| {
            let config = replay.config().into_builder().region(Region::new(region)).build();
            Mail::new(&config, "approvals@example.com".to_owned(), None)
        };
        let follows = |mail: &Mail, id: &str| {
            let headers = mail.headers(&Letter { follows: Some(id.to_owned()), ..letter() });
            let headers = headers.unwrap();
            headers.iter().find(|h| h.name() == "References").unwrap().value().to_owned()
        };
        assert_eq!(follows(&in_region("us-east-1"), "id"), "<id@email.amazonses.com>");
        assert_eq!(follows(&in_region("eu-west-1"), "id"), "<id@eu-west-1.amazonses.com>");
        assert_eq!(follows(&in_region("eu-west-1"), "id@whole"), "<id@whole>");
    }

    #[tokio::test]
    async fn a_mail_that_ses_names_no_id_of_did_not_go_out() {
        let (id, _) = send(&letter(), Answer::ok(&json!({}))).await;
        assert_eq!(id.unwrap_err().code, "NoMessageId");
    }

    #[tokio::test]
    async fn no_line_break_gets_into_a_header() {
        let subject = "Approval needed\r\nBcc: mallory@example.com".to_owned();
        let follows = Some("id\r\nBcc: mallory@example.com".to_owned());
        let hostile = Letter { subject, follows, ..letter() };
        let (_, sent) = send(&hostile, Answer::ok(&json!({"MessageId": "id"}))).await;
        let simple = &sent[0]["Content"]["Simple"];
        assert_eq!(simple["Subject"]["Data"], "Approval needed  Bcc: mallory@example.com");
        assert!(!simple["Headers"].to_string().contains("\\n"), "{}", simple["Headers"]);
    }

    #[tokio::test]
    async fn a_refusal_is_told_by_its_code_and_nothing_is_sent_twice() {
        let refusal = r#"{"message":"Email address is not verified: ana@example.com"}"#;
        let header = vec![("x-amzn-errortype", "MessageRejected")];
        let rejected = Answer::Says(400, header, refusal.to_owned());
        let (refused, sent) = send(&letter(), rejected).await;
        assert_eq!(refused.unwrap_err().code, "MessageRejected");
        assert_eq!(sent.len(), 1);
        let (broken, sent) = send(&letter(), Answer::Breaks).await;
        assert_eq!(broken.unwrap_err().code, "NotReached");
        assert_eq!(sent.len(), 1);
        let throttled = vec![("x-amzn-errortype", "TooManyRequestsException")];
        let (slow, sent) = send(&letter(), Answer::Says(429, throttled, "{}".into())).await;
        assert_eq!(slow.unwrap_err().code, "TooManyRequestsException");
        assert_eq!(sent.len(), 1);
    }
}
