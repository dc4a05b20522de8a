//! The deployed stack, as CloudFormation knows it.

use std::collections::BTreeMap;

use approval_core::ports::Unavailable;
use aws_config::SdkConfig;
use aws_sdk_cloudformation::Client;
use aws_sdk_cloudformation::error::ProvideErrorMetadata;

use crate::call::{unavailable, unusable};

/// What every stack of ours gives out, and few others do.
const OURS: [&str; 4] = ["TableName", "StateMachineArn", "ApprovalUrl", "OperatorDeskArn"];

/// A stack.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Stack {
    /// How it stands, in CloudFormation's words.
    pub status: String,
    outputs: BTreeMap<String, String>,
}

impl Stack {
    /// The stack of that name; none where there is none.
    ///
    /// # Errors
    ///
    /// CloudFormation does not answer, or not to us.
    pub async fn find(config: &SdkConfig, name: &str) -> Result<Option<Self>, Unavailable> {
        const OPERATION: &str = "cloudformation:DescribeStacks";
        let call = Client::new(config).describe_stacks().stack_name(name);
        let answer = match call.send().await {
            Ok(answer) => answer,
            Err(error) if error.code() == Some("ValidationError") => return Ok(None),
            Err(error) => return Err(unavailable(OPERATION)(error)),
        };
        let stack = answer.stacks.unwrap_or_default().into_iter().next();
        let stack = stack.ok_or_else(|| unusable(OPERATION, "no stack in the answer"))?;
        let outputs = stack.outputs.unwrap_or_default().into_iter();
        let outputs = outputs.filter_map(|one| Some((one.output_key?, one.output_value?)));
        let status = stack.stack_status.map(|status| status.as_str().to_owned());
        Ok(Some(Self { status: status.unwrap_or_default(), outputs: outputs.collect() }))
    }

    /// One of its outputs; none where it has none of that name, or an empty one.
    #[must_use]
    pub fn output(&self, name: &str) -> Option<&str> {
        self.outputs.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// Whether it is one of ours, by what it gives out.
    #[must_use]
    pub fn is_ours(&self) -> bool {
        OURS.into_iter().all(|name| self.output(name).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::call::chain;
    use crate::replay::{Answer, Replay};

    fn described(outputs: &[(&str, &str)]) -> Answer {
        let member = |(key, value): &(&str, &str)| {
            format!(
                "<member><OutputKey>{key}</OutputKey><OutputValue>{value}</OutputValue></member>"
            )
        };
        let outputs: String = outputs.iter().map(member).collect();
        let body = format!(
            "<DescribeStacksResponse><DescribeStacksResult><Stacks><member>\
             <StackName>demo</StackName><CreationTime>2026-11-22T10:00:00Z</CreationTime>\
             <StackStatus>UPDATE_COMPLETE</StackStatus><Outputs>{outputs}</Outputs>\
             </member></Stacks></DescribeStacksResult></DescribeStacksResponse>"
        );
        Answer::Says(200, vec![], body)
    }

    fn refused(code: &str) -> Answer {
        let body = format!(
            "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code>\
             <Message>secret 123</Message></Error></ErrorResponse>"
        );
        Answer::Says(400, vec![], body)
    }

    #[tokio::test]
    async fn a_stack_is_known_by_what_it_gives_out() {
        let ours = OURS.map(|name| (name, "something"));
        let replay = Replay::of([described(&ours), described(&[("TableName", "t")])]);
        let stack = Stack::find(&replay.config(), "demo").await.unwrap().unwrap();
        assert!(stack.is_ours());
        assert_eq!(stack.status, "UPDATE_COMPLETE");
        assert_eq!((stack.output("TableName"), stack.output("Other")), (Some("something"), None));
        let other = Stack::find(&replay.config(), "demo").await.unwrap().unwrap();
        assert!(!other.is_ours());
        let (_, body) = replay.all().swap_remove(0);
        let body = body.as_str().unwrap().to_owned();
        assert!(
            body.contains("Action=DescribeStacks") && body.contains("StackName=demo"),
            "{body}"
        );
    }

    #[tokio::test]
    async fn a_stack_that_is_not_there_is_none_and_a_refusal_is_a_failure() {
        let replay = Replay::of([refused("ValidationError"), refused("AccessDenied")]);
        assert_eq!(Stack::find(&replay.config(), "demo").await.unwrap(), None);
        let text = chain(&Stack::find(&replay.config(), "demo").await.unwrap_err());
        assert!(text.contains("cloudformation:DescribeStacks failed: AccessDenied"), "{text}");
        assert!(!text.contains("secret"), "{text}");
    }
}
