//! Wires relay-outbox to AWS.
#![recursion_limit = "256"] // the SDK's futures nest deeply

use std::process::ExitCode;

use approval_aws::environment::{required, sdk_config};
use approval_aws::events::Bus;
use approval_aws::metrics::Meter;
use approval_aws::runtime::{self, Invocation};
use approval_aws::{store::Table, system::SystemClock, tell::Teller, workflow::StateMachine};
use relay_outbox::{RelayOutbox, wire};

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    runtime::serve("relay-outbox", async {
        let config = sdk_config().await;
        let (table, stack) = (required("TABLE")?, required("STACK")?);
        let store = Table::new(&config, table).measured(&stack);
        let workflows = StateMachine::new(&config, required("STATE_MACHINE_ARN")?)?;
        let teller = Teller::new(&config, required("REQUEST_APPROVAL")?);
        let events = Bus::new(&config, required("EVENT_BUS")?);
        let (meter, clock) = (Meter::new(&stack), SystemClock);
        let relay = RelayOutbox { stack, store, workflows, teller, events, meter, clock };
        Ok(async move |call: Invocation| {
            wire::handle(&relay, call.event.get(), call.deadline).await
        })
    })
    .await
}
