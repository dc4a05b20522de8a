//! Least privilege, asked of the servers that enforce it, with the very credentials that the
//! running functions hold.

use approval_aws::keys::{PartKeys, Sealer};
use approval_core::ports::{Open, Unavailable};
use approval_core::request::ApprovalRequest;
use approval_core::sealed::Part;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::types::AttributeValue;
use aws_sdk_kms::types::MacAlgorithmSpec;
use countersign_tests::events;
use countersign_tests::stack::Stack;

const FUNCTIONS: [&str; 7] = [
    "SubmitActionBedrockArn",
    "RiskClassifyArn",
    "RequestApprovalArn",
    "CallbackHandlerArn",
    "ExecuteActionArn",
    "RelayOutboxArn",
    "OperatorDeskArn",
];

/// What is tried with each role's credentials.
const ATTEMPTS: [&str; 20] = [
    "open the action",
    "open the display",
    "open the result",
    "seal an action",
    "seal a display",
    "seal what was before",
    "seal a result",
    "make a link code",
    "make a decision code",
    "make an ask hash",
    "send a mail",
    "publish a notice",
    "have people told",
    "start a workflow",
    "resume a workflow",
    "publish an event",
    "invoke the target",
    "invoke the executor",
    "scan the table",
    "delete a row",
];

/// Which attempts each role may succeed with, in the order of [`FUNCTIONS`].
const ALLOWED: [&[&str]; 7] = [
    &["open the result", "seal an action", "make an ask hash", "start a workflow"],
    &["open the action", "seal a display"],
    &["open the display", "make a link code", "send a mail", "publish a notice"],
    &["open the display", "make a decision code"],
    &["open the action", "seal what was before", "seal a result", "invoke the target"],
    &["have people told", "start a workflow", "resume a workflow", "publish an event"],
    &[],
];

struct House {
    stack: Stack,
    executed: ApprovalRequest,
}

/// All functions are at work, and one request has all its parts.
async fn house() -> House {
    let stack = Stack::named("main").await;
    let asked = stack.ask(&events::refund("R-101", "480.00")).await;
    let waiting = stack.waiting(&asked).await;
    let (mail, _) = stack.mail(&waiting.id, "billing-manager-1").await;
    assert_eq!(countersign_tests::browser::get(&mail.link).status, 200);
    // Nobody signed it, so it does nothing.
    stack.invoke("OperatorDeskArn", &serde_json::json!({})).await;
    let answer = stack.ask(&events::refund("R-102", "80.00")).await;
    stack.sweep().await;
    let executed = stack.request(&answer).await;
    House { stack, executed }
}

impl House {
    /// Whether the attempt is refused for want of a permission.
    async fn refused(&self, attempt: &str, role: &SdkConfig) -> bool {
        let key = |name: &str| self.stack.outputs[name].clone();
        match attempt {
            "open the action" => self.opens(Part::Action, role).await,
            "open the display" => self.opens(Part::Display, role).await,
            "open the result" => self.opens(Part::Result, role).await,
            "seal an action" => self.seal(&key("ActionKeyArn"), "action", role).await,
            "seal a display" => self.seal(&key("DisplayKeyArn"), "display", role).await,
            "seal what was before" => self.seal(&key("BeforeKeyArn"), "before", role).await,
            "seal a result" => self.seal(&key("ResultKeyArn"), "result", role).await,
            "make a link code" => code(&key("LinkKeyArn"), role).await,
            "make a decision code" => code(&key("DecisionKeyArn"), role).await,
            "make an ask hash" => code(&key("AskKeyArn"), role).await,
            "send a mail" => mail(role).await,
            "publish a notice" => {
                let call = aws_sdk_sns::Client::new(role).publish();
                denied(call.topic_arn(key("NoticeTopicArn")).message("look").send().await)
            }
            "have people told" => invoke(&key("RequestApprovalArn"), role).await,
            "start a workflow" => self.start(role).await,
            "resume a workflow" => self.resume(role).await,
            "publish an event" => event(role).await,
            "invoke the target" => invoke(&self.stack.backend["BillingFunctionArn"], role).await,
            "invoke the executor" => invoke(&key("ExecuteActionArn"), role).await,
            "scan the table" => {
                let client = aws_sdk_dynamodb::Client::new(role);
                denied(client.scan().table_name(key("TableName")).send().await)
            }
            "delete a row" => {
                let call = aws_sdk_dynamodb::Client::new(role).delete_item();
                let text = |text: &str| AttributeValue::S(text.to_owned());
                let call = call.key("pk", text("REQ#none")).key("sk", text("META"));
                denied(call.table_name(key("TableName")).send().await)
            }
            other => panic!("no attempt `{other}`"),
        }
    }

    async fn opens(&self, part: Part, role: &SdkConfig) -> bool {
        let key = |name: &str| Some(self.stack.outputs[name].clone());
        let keys = PartKeys {
            action: key("ActionKeyArn"),
            display: key("DisplayKeyArn"),
            result: key("ResultKeyArn"),
            ..PartKeys::default()
        };
        let sealed = match part {
            Part::Action => self.executed.action.clone(),
            Part::Display => self.executed.display.clone().expect("a display part"),
            Part::Result => self.executed.result.clone().expect("a result"),
            Part::Before => panic!("nobody looks before a refund"),
        };
        let sealer = Sealer::new(role, self.stack.name.as_str(), keys);
        match sealer.open(part, &self.executed.id, &sealed).await {
            Ok(opened) => {
                assert!(opened.is_some_and(|bytes| bytes.starts_with(b"{")), "opened to JSON");
                false
            }
            Err(Unavailable(cause)) => refusal(&format!("{cause:?}")),
        }
    }

    async fn seal(&self, key: &str, part: &str, role: &SdkConfig) -> bool {
        let call = aws_sdk_kms::Client::new(role).encrypt().key_id(key);
        let call = call.plaintext(aws_sdk_kms::primitives::Blob::new([0; 64]));
        let call = call.encryption_context("stack", &self.stack.name);
        let call = call.encryption_context("part", part).encryption_context("request", "r1");
        denied(call.send().await)
    }

    /// Step Functions runs on a server that does not enforce IAM; the other one has it too.
    fn enforcing(&self, role: &SdkConfig) -> aws_sdk_sfn::Client {
        let endpoint = std::env::var("AWS_ENDPOINT_URL").expect("the local stack");
        let config = aws_sdk_sfn::config::Builder::from(role).endpoint_url(endpoint);
        aws_sdk_sfn::Client::from_conf(config.build())
    }

    async fn start(&self, role: &SdkConfig) -> bool {
        let machine = &self.stack.outputs["StateMachineArn"];
        let call = self.enforcing(role).start_execution().state_machine_arn(machine);
        denied(call.input("{}").send().await)
    }

    async fn resume(&self, role: &SdkConfig) -> bool {
        let call = self.enforcing(role).send_task_success().task_token("no such token");
        denied(call.output("{}").send().await)
    }
}

async fn code(key: &str, role: &SdkConfig) -> bool {
    let call = aws_sdk_kms::Client::new(role).generate_mac().key_id(key);
    let call = call.mac_algorithm(MacAlgorithmSpec::HmacSha256);
    denied(call.message(aws_sdk_kms::primitives::Blob::new("x")).send().await)
}

async fn mail(role: &SdkConfig) -> bool {
    use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message};
    let text = || Content::builder().data("x").build().unwrap();
    let message = Message::builder().subject(text()).body(Body::builder().text(text()).build());
    let call = aws_sdk_sesv2::Client::new(role).send_email();
    let call = call.from_email_address("approvals@countersign.example");
    let call = call.destination(Destination::builder().to_addresses("x@example.com").build());
    denied(call.content(EmailContent::builder().simple(message.build()).build()).send().await)
}

async fn event(role: &SdkConfig) -> bool {
    let entry = aws_sdk_eventbridge::types::PutEventsRequestEntry::builder();
    let entry = entry.source("countersign").detail_type("Approved").detail("{}").build();
    denied(aws_sdk_eventbridge::Client::new(role).put_events().entries(entry).send().await)
}

async fn invoke(function: &str, role: &SdkConfig) -> bool {
    let call = aws_sdk_lambda::Client::new(role).invoke().function_name(function);
    denied(call.payload(aws_sdk_lambda::primitives::Blob::new("{}")).send().await)
}

fn denied<T, E: std::fmt::Debug>(answer: Result<T, E>) -> bool {
    answer.err().is_some_and(|error| refusal(&format!("{error:?}")))
}

fn refusal(error: &str) -> bool {
    ["AccessDenied", "NotAuthorized", "AuthorizationError"].iter().any(|word| error.contains(word))
}

#[tokio::test]
async fn i01_g20_each_role_may_do_what_its_function_does_and_nothing_else() {
    let house = house().await;
    for (function, allowed) in FUNCTIONS.into_iter().zip(ALLOWED) {
        let role = house.stack.role_of(function);
        for attempt in ATTEMPTS {
            let refused = house.refused(attempt, &role).await;
            assert_eq!(!refused, allowed.contains(&attempt), "{function}: {attempt}");
        }
    }
}
