//! The local stack: the template that ships, deployed to servers that enforce IAM.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use approval_aws::environment::sdk_config;
use approval_aws::store::Table;
use approval_core::decision::Decision;
use approval_core::name::RequestId;
use approval_core::ports::{References, Requests};
use approval_core::reference::Reference;
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use aws_config::SdkConfig;
use aws_sdk_dynamodb::config::SharedCredentialsProvider;
use aws_sdk_dynamodb::types::AttributeValue;
use serde::Deserialize;
use serde_json::Value;

use crate::events;
use crate::process::Process;

/// One deployed stack.
#[derive(Debug)]
pub struct Stack {
    /// Its name.
    pub name: String,
    /// The outputs of the template.
    pub outputs: BTreeMap<String, String>,
    /// The outputs of the example's backend.
    pub backend: BTreeMap<String, String>,
    /// The account's root credentials: these may do everything a role may.
    pub config: SdkConfig,
    /// Where its functions' code lies.
    pub code: Code,
    /// Where the servers log.
    pub logs: String,
}

/// Where functions' code lies.
#[derive(Debug, Deserialize)]
pub struct Code {
    bucket: String,
    prefix: String,
}

#[derive(Deserialize)]
struct Manifest {
    stacks: BTreeMap<String, Outputs>,
    logs: String,
}

#[derive(Deserialize)]
struct Outputs {
    outputs: BTreeMap<String, String>,
    backend: BTreeMap<String, String>,
    code: Code,
}

impl Stack {
    /// The stack of that name, deployed by `infra/local/stack.py run --stack NAME -- …`.
    ///
    /// # Panics
    ///
    /// This process was not started in the local stack.
    pub async fn named(name: &str) -> Self {
        let path = std::env::var("COUNTERSIGN_STACKS")
            .expect("run me through `infra/local/stack.py run`, as `make stack-test` does");
        let text = std::fs::read_to_string(path).expect("the manifest");
        let mut manifest: Manifest = serde_json::from_str(&text).expect("the manifest");
        let Outputs { outputs, backend, code } = manifest.stacks.remove(name).expect("the stack");
        let (name, config) = (name.to_owned(), sdk_config().await);
        Self { name, outputs, backend, config, code, logs: manifest.logs }
    }

    /// The store, with the real adapter.
    #[must_use]
    pub fn table(&self) -> Table {
        Table::new(&self.config, self.outputs["TableName"].as_str())
    }

    /// Invokes a function by the name of its output and gives its answer.
    ///
    /// # Panics
    ///
    /// The function failed.
    pub async fn invoke(&self, function: &str, event: &Value) -> Value {
        let answer = self.try_invoke(function, event).await;
        answer.unwrap_or_else(|error| panic!("{function} failed: {error}"))
    }

    /// Invokes a function; its failure is a value.
    ///
    /// # Errors
    ///
    /// What the function failed with.
    ///
    /// # Panics
    ///
    /// It could not be invoked at all.
    pub async fn try_invoke(&self, function: &str, event: &Value) -> Result<Value, Value> {
        let client = aws_sdk_lambda::Client::new(&self.config);
        let timeouts = aws_config::timeout::TimeoutConfig::builder()
            .operation_attempt_timeout(Duration::from_secs(60))
            .operation_timeout(Duration::from_secs(60));
        let patient = aws_sdk_lambda::Config::builder().timeout_config(timeouts.build());
        let answer = client
            .invoke()
            .function_name(&self.outputs[function])
            .payload(event.to_string().into_bytes().into())
            .customize()
            .config_override(patient)
            .send()
            .await
            .expect("invoked");
        let payload = answer.payload.map(aws_sdk_lambda::primitives::Blob::into_inner);
        let payload = serde_json::from_slice(&payload.unwrap_or_default()).unwrap_or_default();
        if answer.function_error.is_some() { Err(payload) } else { Ok(payload) }
    }

    /// The agent asks; gives the answer.
    pub async fn ask(&self, event: &Value) -> Value {
        events::answer(&self.invoke("SubmitActionBedrockArn", event).await)
    }

    /// relay-outbox sweeps; gives its account.
    pub async fn sweep(&self) -> Value {
        self.invoke("RelayOutboxArn", &serde_json::json!({})).await
    }

    /// The request an answer is about.
    ///
    /// # Panics
    ///
    /// There is none.
    pub async fn request(&self, answer: &Value) -> ApprovalRequest {
        let reference = answer["reference"].as_str().expect("a reference");
        let reference = Reference::parse(reference).expect("a reference");
        let id = self.table().find(&reference.digest()).await.expect("the store");
        self.load(&id.expect("the reference's row")).await
    }

    /// The request as stored.
    ///
    /// # Panics
    ///
    /// There is none.
    pub async fn load(&self, id: &RequestId) -> ApprovalRequest {
        self.table().load(id).await.expect("the store").expect("the request")
    }

    /// Waits until the request stands as wanted.
    pub async fn until(&self, id: &RequestId, wanted: &[Status]) -> ApprovalRequest {
        self.when(id, &format!("{wanted:?}"), |request| wanted.contains(&request.status)).await
    }

    /// Waits until the request of an answer waits for people, and all of them were written to: from
    /// then on only they, or a test, change the record.
    pub async fn waiting(&self, answer: &Value) -> ApprovalRequest {
        self.waiting_for(&self.request(answer).await.id).await
    }

    /// The same for a request of that id.
    pub async fn waiting_for(&self, id: &RequestId) -> ApprovalRequest {
        let told = |request: &ApprovalRequest| {
            let next = request.notify_at.map(|at| at.since(request.changed_at));
            let quiet = request.wait.is_some() && request.publish_from.is_none();
            quiet && next.is_some_and(|next| next.as_secs() > 300)
        };
        self.when(id, "waiting", told).await
    }

    /// Waits until the request is as wanted.
    ///
    /// # Panics
    ///
    /// It is not within 45 seconds.
    pub async fn when(
        &self,
        id: &RequestId,
        wanted: &str,
        is: impl Fn(&ApprovalRequest) -> bool,
    ) -> ApprovalRequest {
        let started = std::time::Instant::now();
        loop {
            let seen = self.load(id).await;
            if is(&seen) {
                return seen;
            }
            let waited = started.elapsed() < Duration::from_secs(45);
            assert!(waited, "{id} is {}, wanted {wanted}", seen.status);
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }

    /// Sets attributes of the stored request by hand, as somebody with the table's write access.
    ///
    /// # Panics
    ///
    /// The store did not answer.
    pub async fn tamper(&self, id: &RequestId, set: &[(&str, AttributeValue)]) {
        let mut update = aws_sdk_dynamodb::Client::new(&self.config)
            .update_item()
            .table_name(&self.outputs["TableName"])
            .key("pk", AttributeValue::S(format!("REQ#{id}")))
            .key("sk", AttributeValue::S("META".to_owned()));
        let mut expression = Vec::new();
        for (at, (name, value)) in set.iter().enumerate() {
            expression.push(format!("#a{at} = :v{at}"));
            update = update
                .expression_attribute_names(format!("#a{at}"), *name)
                .expression_attribute_values(format!(":v{at}"), value.clone());
        }
        update
            .update_expression(format!("SET {}", expression.join(", ")))
            .send()
            .await
            .expect("updated");
    }

    /// Writes a decision row by hand.
    ///
    /// # Panics
    ///
    /// The store did not answer.
    pub async fn write_decision(&self, decision: &Decision) {
        let mut item: HashMap<String, AttributeValue> =
            serde_dynamo::to_item(decision).expect("an item");
        let pk = AttributeValue::S(format!("REQ#{}", decision.link.request));
        let sk = AttributeValue::S(format!("DECISION#{}", decision.link.approver));
        item.extend([("pk".to_owned(), pk), ("sk".to_owned(), sk)]);
        let client = aws_sdk_dynamodb::Client::new(&self.config);
        let put = client.put_item().table_name(&self.outputs["TableName"]);
        put.set_item(Some(item)).send().await.expect("written");
    }

    /// Writes a freeze row by hand.
    ///
    /// # Panics
    ///
    /// The store did not answer.
    pub async fn freeze(&self, scope: &str) {
        let client = aws_sdk_dynamodb::Client::new(&self.config);
        let put = client.put_item().table_name(&self.outputs["TableName"]);
        let put = put.item("pk", AttributeValue::S(format!("CONTROL#freeze#{scope}")));
        put.item("sk", AttributeValue::S("FREEZE".to_owned())).send().await.expect("written");
    }

    /// Gives a function the code, bundle included, that another stack has.
    ///
    /// # Panics
    ///
    /// The function could not be updated.
    pub async fn ship(&self, function: &str, binary: &str, other: &Self) {
        let client = aws_sdk_lambda::Client::new(&self.config);
        let update = client.update_function_code().function_name(&self.outputs[function]);
        let update = update.s3_bucket(&other.code.bucket);
        let update = update.s3_key(format!("{}/{binary}.zip", other.code.prefix));
        update.send().await.expect("updated");
    }

    /// Every row of the table, as anybody with read access sees it. Bytes are left out: they are
    /// sealed.
    ///
    /// # Panics
    ///
    /// The store did not answer.
    pub async fn rows(&self) -> String {
        let client = aws_sdk_dynamodb::Client::new(&self.config);
        let pages = client.scan().table_name(&self.outputs["TableName"]).into_paginator();
        let rows = pages.items().send().collect::<Result<Vec<_>, _>>().await.expect("the table");
        let texts =
            rows.into_iter().flat_map(HashMap::into_values).map(|value| format!("{value:?}"));
        texts.filter(|text| !text.starts_with("B(")).collect()
    }

    /// All that the servers and the functions they ran wrote down so far.
    ///
    /// # Panics
    ///
    /// There is no log.
    pub async fn function_logs(&self) -> String {
        // The last line is written after the answer.
        tokio::time::sleep(Duration::from_millis(500)).await;
        let files = std::fs::read_dir(&self.logs).expect("the logs").flatten();
        files.map(|file| std::fs::read_to_string(file.path()).expect("a log")).collect()
    }

    /// The refunds the example's backend recorded for an order: number and how often it was asked.
    ///
    /// # Panics
    ///
    /// The store did not answer.
    pub async fn refunds(&self, order: &str) -> Vec<BTreeMap<String, String>> {
        let page = aws_sdk_dynamodb::Client::new(&self.config)
            .scan()
            .table_name(&self.backend["TableName"])
            .send()
            .await
            .expect("the billing table");
        let text = |value: AttributeValue| match value {
            AttributeValue::S(text) | AttributeValue::N(text) => Some(text),
            _ => None,
        };
        page.items
            .unwrap_or_default()
            .into_iter()
            .map(|item| item.into_iter().filter_map(|(k, v)| Some((k, text(v)?))).collect())
            .filter(|item: &BTreeMap<String, String>| item["pk"].starts_with("REFUND#"))
            .filter(|item| item.get("order_id").is_some_and(|of| of == order))
            .collect()
    }

    /// How the request's workflow execution ended.
    ///
    /// # Panics
    ///
    /// It does not end within a minute.
    pub async fn execution_ends(&self, id: &RequestId) -> String {
        let client = aws_sdk_sfn::Client::new(&self.config);
        let machine = &self.outputs["StateMachineArn"];
        let arn = format!("{}:{id}", machine.replace(":stateMachine:", ":execution:"));
        for _ in 0..600 {
            let seen = client.describe_execution().execution_arn(&arn).send().await;
            let status = seen.expect("the execution").status;
            if status != aws_sdk_sfn::types::ExecutionStatus::Running {
                return status.as_str().to_owned();
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("the workflow execution of {id} does not end");
    }

    /// The running processes of a function, by the name of its output.
    #[must_use]
    pub fn processes(&self, function: &str) -> Vec<Process> {
        let arn = self.outputs.get(function).or_else(|| self.backend.get(function));
        let name = arn.expect("the function").rsplit(':').next().expect("a name");
        Process::all(name)
    }

    /// The account's calls made with the credentials that the function's role gave its process.
    ///
    /// # Panics
    ///
    /// The function was never invoked.
    #[must_use]
    pub fn role_of(&self, function: &str) -> SdkConfig {
        let processes = self.processes(function);
        let process = processes.first().expect("a process: invoke the function first");
        let credentials = process.credentials();
        let provider = SharedCredentialsProvider::new(credentials);
        self.config.to_builder().credentials_provider(provider).build()
    }
}
