//! Wires execute-action to AWS.
#![recursion_limit = "256"] // the SDK's futures nest deeply

use approval_aws::environment::{bundle_folder, required, required_list, sdk_config};
use approval_aws::keys::{Macs, PartKeys, Sealer};
use approval_aws::{perform::LambdaTargets, runtime, store::Table, system::SystemClock};
use execute_action::{ExecuteAction, wire};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    let wired = async {
        let (config, stack) = (sdk_config().await, required("STACK")?);
        let (action, result) = (Some(required("KEY_ACTION")?), Some(required("KEY_RESULT")?));
        let parts =
            PartKeys { action, result, before: Some(required("KEY_BEFORE")?), display: None };
        let executor = ExecuteAction {
            policy: approval_policy::Bundle::load(&bundle_folder()?, &stack)?.into(),
            store: Table::new(&config, required("TABLE")?).measured(&stack),
            parts: Sealer::new(&config, stack.as_str(), parts),
            macs: Macs::new(&config, required_list("KEYS_LINK")?, required_list("KEYS_DECISION")?),
            targets: LambdaTargets::new(&config),
            clock: SystemClock,
            stack,
        };
        Ok(async move |call: runtime::Invocation| {
            wire::handle(&executor, call.event.get(), call.deadline).await
        })
    };
    runtime::serve("execute-action", wired).await
}
