//! Wires operator-desk to AWS.
#![recursion_limit = "256"] // the SDK's futures nest deeply

use std::process::ExitCode;

use approval_aws::environment::{required, sdk_config};
use approval_aws::runtime::{self, Invocation};
use approval_aws::{store::Table, system::SystemClock};
use operator_desk::{OperatorDesk, wire};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    runtime::serve("operator-desk", async {
        let store = Table::new(&sdk_config().await, required("TABLE")?);
        let desk = OperatorDesk { store, clock: SystemClock };
        Ok(async move |call: Invocation| wire::handle(&desk, call.event.get()).await)
    })
    .await
}
