//! Wires request-approval to AWS.
#![recursion_limit = "256"] // the SDK's futures nest deeply

use approval_aws::environment::{bundle_folder, optional, required, sdk_config};
use approval_aws::{keys, mail::Mail, runtime, store::Table, system::SystemClock, topic};
use request_approval::wire;

#[tokio::main(flavor = "current_thread")]
async fn main() -> std::process::ExitCode {
    let wired = async {
        let (config, stack) = (sdk_config().await, required("STACK")?);
        let shown = [required("KEY_DISPLAY")?, required("KEY_BEFORE")?];
        let step = request_approval::RequestApproval {
            base: wire::base(&required("PUBLIC_URL")?)?,
            detail: wire::detail(&required("SUBJECT_DETAIL")?)?,
            store: Table::new(&config, required("TABLE")?).measured(&stack),
            parts: keys::Sealer::shown(&config, &stack, shown),
            links: keys::MacMaker::new(&config, required("KEY_LINK")?),
            mail: Mail::new(&config, required("MAIL_FROM")?, optional("CONFIGURATION_SET")),
            personal: optional("PERSONAL_TOPIC").map(|arn| topic::PersonalTopic::new(&config, arn)),
            topic: topic::Topic::new(&config, optional("NOTICE_TOPIC")),
            chat: topic::Topic::new(&config, optional("CHAT_TOPIC")),
            roster: approval_policy::Approvers::load(&bundle_folder()?)?.into(),
            clock: SystemClock,
            stack,
        };
        Ok(async move |call: runtime::Invocation| wire::handle(&step, call.event.get()).await)
    };
    runtime::serve("request-approval", wired).await
}
