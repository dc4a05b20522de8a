//! Wires request-approval to AWS.
#![recursion_limit = "256"] // the SDK's futures nest deeply

use std::process::ExitCode;

use approval_aws::environment::{required, sdk_config};
use approval_aws::runtime::{self, Invocation};
use approval_aws::{store::Table, system::SystemClock};
use request_approval::{RequestApproval, wire};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    runtime::serve("request-approval", async {
        let config = sdk_config().await;
        let store = Table::new(&config, required("TABLE")?);
        let step = RequestApproval { store, clock: SystemClock };
        Ok(async move |call: Invocation| wire::handle(&step, call.event.get()).await)
    })
    .await
}
