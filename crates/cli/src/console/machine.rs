//! Where the AWS console shows a workflow execution.

use approval_core::name::RequestId;

/// The state machine, by the parts of its ARN.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Machine {
    host: &'static str,
    region: String,
    execution: String,
}

impl Machine {
    /// Reads the ARN; none where it is not one of a state machine's.
    pub(super) fn read(arn: &str) -> Option<Self> {
        let parts: Vec<_> = arn.split(':').collect();
        let ["arn", partition, "states", region, account, "stateMachine", name] = parts.as_slice()
        else {
            return None;
        };
        let host = match *partition {
            "aws" => "console.aws.amazon.com",
            "aws-cn" => "console.amazonaws.cn",
            "aws-us-gov" => "console.amazonaws-us-gov.com",
            _ => return None,
        };
        let plain = |text: &str| {
            let fits = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
            !text.is_empty() && text.chars().all(fits)
        };
        if ![region, account, name].into_iter().all(|part| plain(part)) {
            return None;
        }
        let execution = format!("arn:{partition}:states:{region}:{account}:execution:{name}");
        Some(Self { host, region: (*region).to_owned(), execution })
    }

    /// The page of the request's workflow execution, which its id names.
    pub(super) fn execution(&self, id: &RequestId) -> Option<String> {
        // A name may hold more than an execution's may; such an id is of no execution.
        let plain = id.as_str().chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        let Self { host, region, execution } = self;
        let page = format!(
            "https://{region}.{host}/states/home?region={region}#/v2/executions/details/\
             {execution}:{id}"
        );
        plain.then_some(page)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_leads_to_the_console_of_the_partition_and_nowhere_else() {
        let id = RequestId::parse("r-1").unwrap();
        let page = |arn: &str| Machine::read(arn).and_then(|machine| machine.execution(&id));
        let arn = "arn:aws:states:eu-west-1:123456789012:stateMachine:prod-approvals";
        assert_eq!(
            page(arn).as_deref(),
            Some(
                "https://eu-west-1.console.aws.amazon.com/states/home?region=eu-west-1#/v2/\
                 executions/details/arn:aws:states:eu-west-1:123456789012:execution:\
                 prod-approvals:r-1"
            )
        );
        assert!(page(&arn.replace("aws:", "aws-cn:")).unwrap().contains("console.amazonaws.cn/"));
        let gov = page(&arn.replace("aws:", "aws-us-gov:")).unwrap();
        assert!(gov.contains("console.amazonaws-us-gov.com/"));
        for none in [
            "",
            "arn:aws:lambda:eu-west-1:123456789012:function:x",
            "arn:evil:states:eu-west-1:123456789012:stateMachine:x",
            "arn:aws:states:evil.example/:1:stateMachine:x",
            "arn:aws:states:eu-west-1:1:stateMachine:x:y",
        ] {
            assert_eq!(Machine::read(none), None, "{none}");
        }
        let odd = RequestId::parse("a/b@c").unwrap();
        assert_eq!(Machine::read(arn).unwrap().execution(&odd), None);
    }
}
