//! The worked example's backend, as a Lambda function.

use std::process::ExitCode;

use approval_aws::environment::{required, sdk_config};
use approval_aws::runtime::{Invocation, serve};
use billing::books::Books;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    serve("billing", async {
        let table = required("TABLE")?;
        let books = Books::new(&sdk_config().await, table);
        Ok(async move |call: Invocation| billing::handle(&books, call.event.get()).await)
    })
    .await
}
