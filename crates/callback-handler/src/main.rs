//! Wires callback-handler to AWS.
#![recursion_limit = "256"] // the SDK's futures nest deeply

use std::process::ExitCode;

use approval_aws::environment::{bundle_folder, required, required_list, sdk_config};
use approval_aws::keys::{MacMaker, Macs, Sealer};
use approval_aws::runtime::{self, Invocation};
use approval_aws::{store::Table, system::SystemClock};
use callback_handler::{CallbackHandler, wire};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    runtime::serve("callback-handler", async {
        let (config, stack) = (sdk_config().await, required("STACK")?);
        let keys = [required("KEY_DISPLAY")?, required("KEY_BEFORE")?];
        let door = CallbackHandler {
            store: Table::new(&config, required("TABLE")?).measured(&stack),
            parts: Sealer::shown(&config, &stack, keys),
            macs: Macs::new(&config, required_list("KEYS_LINK")?, Vec::new()),
            decision: MacMaker::new(&config, required("KEY_DECISION")?),
            roster: approval_policy::Approvers::load(&bundle_folder()?)?.into(),
            clock: SystemClock,
            stack,
        };
        Ok(async move |call: Invocation| wire::handle(&door, call.event.get()).await)
    })
    .await
}
