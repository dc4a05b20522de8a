//! The parts of the stack: whether they are there and able to work.

use approval_core::ports::Unavailable;

use super::Patient;
use super::finding::{Finding, Report};

/// The functions, by the outputs that name them.
const FUNCTIONS: [&str; 9] = [
    "SubmitActionBedrockName",
    "SubmitActionGatewayName",
    "SubmitActionDirectName",
    "RiskClassifyName",
    "RequestApprovalName",
    "CallbackHandlerName",
    "ExecuteActionName",
    "RelayOutboxName",
    "OperatorDeskName",
];
/// The keys, by the outputs that name them.
const KEYS: [&str; 9] = [
    "ActionKeyArn",
    "DisplayKeyArn",
    "BeforeKeyArn",
    "ResultKeyArn",
    "LinkKeyArn",
    "DecisionKeyArn",
    "AskKeyArn",
    "TableKeyArn",
    "NoticeKeyArn",
];
/// What else is looked up by its name.
const OTHERS: [&str; 3] = ["SweepRuleName", "MailIdentityArn", "OperatorUrl"];

impl Patient<'_> {
    pub(super) async fn parts(&self, report: &mut Report) {
        report.add(self.stack());
        report.add(self.functions().await);
        let arn = self.stack.output("StateMachineArn").unwrap_or_default();
        let fix = "deploy the stack again";
        let works = self.probe.workflow(arn).await;
        report.add(part("state machine", works, "active", "not active", fix));
        if let Some(rule) = self.stack.output("SweepRuleName") {
            let fix = format!("aws events enable-rule --name {rule}");
            let works = self.probe.rule(rule).await;
            report.add(part("sweep schedule", works, "enabled", "disabled", &fix));
        }
        report.add(self.keys().await);
    }

    fn stack(&self) -> Finding {
        let names = FUNCTIONS.into_iter().chain(KEYS).chain(OTHERS);
        let missing: Vec<_> = names.filter(|name| self.stack.output(name).is_none()).collect();
        let (name, status) = (self.name, self.stack.status.as_str());
        let found = format!("{name}, {status}");
        if !missing.is_empty() {
            let found = format!("{found}, has no output {}", missing.join(", "));
            return Finding::warn("stack", found, "update it to the template of this version");
        }
        let events = format!("aws cloudformation describe-stack-events --stack-name {name}");
        if status.ends_with("_IN_PROGRESS") {
            return Finding::warn("stack", found, "wait until it is complete");
        }
        let complete = status.ends_with("_COMPLETE") && !status.starts_with("ROLLBACK");
        let complete = complete && !status.starts_with("DELETE");
        Finding::works("stack", complete, found.clone(), found, events)
    }

    async fn functions(&self) -> Finding {
        let mut able = 0_usize;
        for output in FUNCTIONS {
            let Some(name) = self.stack.output(output) else { continue };
            match self.probe.function(name).await {
                Ok(true) => able = able.saturating_add(1),
                Ok(false) => {
                    let found = format!("{name} cannot be invoked");
                    let fix = format!("aws lambda get-function --function-name {name}");
                    return Finding::fail("functions", found, fix);
                }
                Err(error) => return Finding::unseen("functions", &error),
            }
        }
        Finding::ok("functions", format!("{able} that can be invoked"))
    }

    async fn keys(&self) -> Finding {
        let mut enabled = 0_usize;
        for output in KEYS {
            let Some(key) = self.stack.output(output) else { continue };
            match self.probe.key(key).await {
                Ok(true) => enabled = enabled.saturating_add(1),
                Ok(false) => {
                    let found = format!("{output} is disabled or to be deleted");
                    let fix = format!(
                        "aws kms enable-key --key-id {key}; before it cancel-key-deletion, where it is to be deleted"
                    );
                    return Finding::fail("keys", found, fix);
                }
                Err(error) => return Finding::unseen("keys", &error),
            }
        }
        Finding::ok("keys", format!("{enabled} that are enabled"))
    }
}

fn part(
    what: &'static str,
    works: Result<bool, Unavailable>,
    ok: &str,
    bad: &str,
    fix: &str,
) -> Finding {
    match works {
        Ok(works) => Finding::works(what, works, ok, bad, fix),
        Err(error) => Finding::unseen(what, &error),
    }
}
