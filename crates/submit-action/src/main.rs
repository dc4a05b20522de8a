//! Wires submit-action to AWS.
#![recursion_limit = "256"] // the SDK's futures nest deeply

use approval_aws::environment::{bundle_folder, required, required_seconds, sdk_config};
use approval_aws::keys::{AskKey, PartKeys, Sealer};
use approval_aws::{runtime, store::Table, system, workflow::StateMachine};

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    let wired = async {
        let (config, stack) = (sdk_config().await, required("STACK")?);
        let (action, result) = (Some(required("KEY_ACTION")?), Some(required("KEY_RESULT")?));
        let keys = PartKeys { action, result, ..PartKeys::default() };
        let door = submit_action::door::Door {
            caller: required("CALLER")?.parse()?,
            patience: required_seconds("WAIT_SECONDS")?,
            policy: approval_policy::Bundle::load(&bundle_folder()?, &stack)?.into(),
            store: Table::new(&config, required("TABLE")?).measured(&stack),
            keys: Sealer::new(&config, stack.as_str(), keys),
            asks: AskKey::new(&config, required("KEY_ASK")?),
            workflows: StateMachine::new(&config, required("STATE_MACHINE_ARN")?)?,
            clock: system::SystemClock,
            ids: system::SystemIds,
            stack,
        };
        Ok(async move |c: runtime::Invocation| door.answer(c.event.get(), &c.client_context).await)
    };
    runtime::serve("submit-action", wired).await
}
