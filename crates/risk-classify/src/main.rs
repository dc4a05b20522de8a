//! Wires risk-classify to AWS.
#![recursion_limit = "256"] // the SDK's futures nest deeply

use std::process::ExitCode;

use approval_aws::environment::{bundle_folder, required, required_seconds, sdk_config};
use approval_aws::keys::{PartKeys, Sealer};
use approval_aws::runtime::{self, Invocation};
use approval_aws::{store::Table, system::SystemClock};
use approval_policy::Bundle;
use risk_classify::{RiskClassify, wire};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    runtime::serve("risk-classify", async {
        let (config, stack) = (sdk_config().await, required("STACK")?);
        let (action, display) = (Some(required("KEY_ACTION")?), Some(required("KEY_DISPLAY")?));
        let keys = PartKeys { action, display, ..PartKeys::default() };
        let step = RiskClassify {
            policy: Bundle::load(&bundle_folder()?, &stack)?.into(),
            store: Table::new(&config, required("TABLE")?).measured(&stack),
            most_decide: required_seconds("MOST_DECIDE_SECONDS")?,
            keys: Sealer::new(&config, stack.as_str(), keys),
            clock: SystemClock,
            stack,
        };
        Ok(async move |call: Invocation| wire::handle(&step, call.event.get()).await)
    })
    .await
}
