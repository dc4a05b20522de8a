//! Wires submit-action to AWS.
#![recursion_limit = "256"] // the SDK's futures nest deeply

use std::process::ExitCode;

use approval_aws::environment::{bundle_folder, required, required_seconds, sdk_config};
use approval_aws::keys::{AskKey, PartKeys, Sealer};
use approval_aws::runtime::{self, Invocation};
use approval_aws::system::{SystemClock, SystemIds};
use approval_aws::{store::Table, workflow::StateMachine};
use approval_core::failure::HandlerError;
use approval_policy::Bundle;
use submit_action::door::Door;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    runtime::serve("submit-action", async {
        let (config, stack) = (sdk_config().await, required("STACK")?);
        let door = Door {
            caller: required("CALLER")?.parse()?,
            patience: required_seconds("WAIT_SECONDS")?,
            policy: Bundle::load(&bundle_folder()?, &stack)?,
            store: Table::new(&config, required("TABLE")?),
            keys: Sealer::new(&config, stack.as_str(), part_keys()?),
            asks: AskKey::new(&config, required("KEY_ASK")?),
            workflows: StateMachine::new(&config, required("STATE_MACHINE_ARN")?)?,
            clock: SystemClock,
            ids: SystemIds,
            stack,
        };
        Ok(async move |call: Invocation| Ok::<_, HandlerError>(door.bedrock(call.event.get()).await))
    })
    .await
}

fn part_keys() -> Result<PartKeys, approval_aws::environment::EnvironmentError> {
    let action = Some(required("KEY_ACTION")?);
    let display = Some(required("KEY_DISPLAY")?);
    let result = Some(required("KEY_RESULT")?);
    Ok(PartKeys { action, display, result })
}
