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
        let fix = |name: &str| format!("aws lambda get-function --function-name {name}");
        let look = async |name: &str| self.probe.function(name).await;
        self.each("functions", &FUNCTIONS, look, "cannot be invoked", fix).await
    }

    async fn keys(&self) -> Finding {
        let fix = |key: &str| {
            format!(
                "aws kms enable-key --key-id {key}; before it cancel-key-deletion, where it is to be deleted"
            )
        };
        let look = async |key: &str| self.probe.key(key).await;
        self.each("keys", &KEYS, look, "is disabled or to be deleted", fix).await
    }

    /// What does not work goes before what could not be looked at.
    async fn each(
        &self,
        what: &'static str,
        outputs: &[&'static str],
        look: impl AsyncFn(&str) -> Result<bool, Unavailable>,
        bad: &str,
        fix: impl Fn(&str) -> String,
    ) -> Finding {
        let (mut able, mut unseen) = (0_usize, None);
        for output in outputs {
            let Some(name) = self.stack.output(output) else { continue };
            match look(name).await {
                Ok(true) => able = able.saturating_add(1),
                Ok(false) => return Finding::fail(what, format!("{output} {bad}"), fix(name)),
                Err(error) => unseen = unseen.or(Some(Finding::unseen(what, &error))),
            }
        }
        unseen.unwrap_or_else(|| Finding::ok(what, format!("{able} able to work")))
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
