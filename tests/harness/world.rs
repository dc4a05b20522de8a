//! All handlers over memory, joined by the state machine that ships.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use approval_core::decision::Verdict;
use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::Clock;
use approval_core::request::ApprovalRequest;
use approval_core::requester::Caller;
use approval_core::status::Status;
use approval_core::task::{Attempt, TaskToken};
use approval_policy::Bundle;
use approval_testkit::clock::{CountingIds, FixedClock};
use approval_testkit::memory::Memory;
use approval_testkit::sample;
use execute_action::ExecuteAction;
use jiff::SignedDuration;
use operator_desk::OperatorDesk;
use relay_outbox::{RelayOutbox, Sweep};
use risk_classify::{Assessed, RiskClassify};
use serde_json::{Value, json};
use submit_action::door::Door;

use crate::asl::{Answered, Machine, Run};
use crate::events;

/// The world.
#[derive(Debug)]
pub struct World {
    /// What is stored and what was done.
    pub memory: Memory,
    /// The chat channel.
    pub channel: Memory,
    /// The stack the approvers' door belongs to.
    pub stack: String,
    /// The time.
    pub clock: FixedClock,
    ids: CountingIds,
    machine: Machine,
    /// The policy of all functions but the executor.
    pub policy: Arc<Bundle>,
    /// The policy of the executor; a test may give it another.
    pub executor_policy: Arc<Bundle>,
}

/// The operator of the world.
pub const OPERATOR: &str = "arn:aws:sts::000000000000:assumed-role/operator/olga";
/// How long an executor has.
const TIMEOUT: SignedDuration = SignedDuration::from_secs(60);

/// The example's policy.
#[must_use]
pub fn policy() -> Arc<Bundle> {
    static POLICY: LazyLock<Arc<Bundle>> = LazyLock::new(|| example(sample::STACK));
    Arc::clone(&POLICY)
}

/// The example's policy, loaded for a stack.
#[must_use]
pub fn example(stack: &str) -> Arc<Bundle> {
    bundle("examples/customer-support/policy", stack)
}

/// The example's policy with one of its files edited.
///
/// # Panics
///
/// The text is not there, or the bundle does not load.
#[must_use]
pub fn edited(file: &str, from: &str, to: &str) -> Arc<Bundle> {
    edits(&[(file, from, to)])
}

/// The same with several edits, each of a file, a text in it, and what stands there instead.
///
/// # Panics
///
/// A text is not there, or the bundle does not load.
#[must_use]
pub fn edits(edits: &[(&str, &str, &str)]) -> Arc<Bundle> {
    static COUNT: AtomicUsize = AtomicUsize::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let folder = format!("countersign-{}-{count}", std::process::id());
    let folder = std::env::temp_dir().join(folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let example = crate::repository("examples/customer-support/policy");
    for entry in std::fs::read_dir(example).expect("the example").flatten() {
        if entry.path().is_dir() {
            continue;
        }
        let mut text = std::fs::read_to_string(entry.path()).expect("text");
        let name = entry.file_name();
        for (file, from, to) in edits.iter().filter(|(file, ..)| name == **file) {
            assert!(text.contains(from), "{file} has no {from}");
            text = text.replace(from, to);
        }
        std::fs::write(folder.join(name), text).expect("written");
    }
    let bundle = Bundle::load(&folder, sample::STACK);
    std::fs::remove_dir_all(&folder).expect("removed");
    bundle.unwrap_or_else(|errors| panic!("{errors}")).into()
}

/// The bundle in a folder of this repository, loaded for a stack.
#[must_use]
pub fn bundle(folder: &str, stack: &str) -> Arc<Bundle> {
    let folder = crate::repository(folder);
    Bundle::load(&folder, stack).unwrap_or_else(|errors| panic!("{errors}")).into()
}

impl Default for World {
    fn default() -> Self {
        Self {
            memory: Memory::default(),
            channel: Memory::default(),
            stack: sample::STACK.to_owned(),
            clock: FixedClock::at("2026-11-22T10:00:00Z"),
            ids: CountingIds::default(),
            machine: Machine::read(),
            policy: policy(),
            executor_policy: policy(),
        }
    }
}

impl World {
    /// A world with another bundle.
    #[must_use]
    pub fn with(policy: &Arc<Bundle>) -> Self {
        let (policy, executor_policy) = (Arc::clone(policy), Arc::clone(policy));
        Self { policy, executor_policy, ..Self::default() }
    }

    /// The agent sends an event; the answer comes at once, as things stand.
    pub async fn send(&self, event: &Value) -> Value {
        self.send_text(&event.to_string()).await
    }

    /// The same, for events that are no JSON.
    pub async fn send_text(&self, event: &str) -> Value {
        let door = Door {
            stack: sample::STACK.to_owned(),
            caller: Caller::Bedrock,
            patience: Duration::ZERO,
            policy: Arc::clone(&self.policy),
            store: &self.memory,
            keys: &self.memory,
            asks: &self.memory,
            workflows: &self.memory,
            clock: &self.clock,
            ids: &self.ids,
        };
        door.bedrock(event).await
    }

    /// The agent asks, the workflow execution runs as far as it goes, the agent asks how it
    /// stands.
    pub async fn ask(&self, event: &Value) -> Value {
        let answer = events::answer(&self.send(event).await);
        let Some(reference) = answer["reference"].as_str() else { return answer };
        self.run(&self.newest()).await;
        self.status(reference).await
    }

    /// The agent asks how a request stands.
    pub async fn status(&self, reference: &str) -> Value {
        events::answer(&self.send(&events::status(reference)).await)
    }

    /// The request that was opened last.
    #[must_use]
    pub fn newest(&self) -> RequestId {
        let state = self.memory.state();
        let newest = state.requests.values().max_by_key(|request| request.id.clone());
        newest.expect("a request").id.clone()
    }

    /// The request as stored.
    #[must_use]
    pub fn request(&self, id: &RequestId) -> ApprovalRequest {
        self.memory.state().requests[id].clone()
    }

    /// Edits the stored request by hand.
    pub fn tamper(&self, id: &RequestId, edit: impl FnOnce(&mut ApprovalRequest)) {
        edit(self.memory.state().requests.get_mut(id).expect("a request"));
    }

    /// Runs the workflow execution of a request from its start.
    pub async fn run(&self, id: &RequestId) -> Run {
        let step = async |call: &Value| self.step(call, id).await;
        let run = self.machine.start(step, self.pause()).await;
        self.note(id, run)
    }

    /// Goes on after relay-outbox ended the wait.
    pub async fn resume(&self, id: &RequestId, status: Status) -> Run {
        let output = json!({"request_id": id, "status": status});
        let step = async |call: &Value| self.step(call, id).await;
        let run = self.machine.resume("Await decision", output, step, self.pause()).await;
        self.note(id, run)
    }

    fn note(&self, id: &RequestId, run: Run) -> Run {
        let runs = matches!(run, Run::Waits(_));
        self.memory.state().executions.insert(id.clone(), runs);
        run
    }

    fn pause(&self) -> impl Fn(f64) {
        |seconds| self.clock.advance(SignedDuration::from_secs_f64(seconds))
    }

    /// One step, as the state machine calls it.
    async fn step(&self, call: &Value, id: &RequestId) -> Answered {
        let mut look = false;
        let status = match call["FunctionName"].as_str().expect("FunctionName") {
            "${RiskClassifyArn}" => self.assess(id).await.map(|assessed| {
                look = assessed.look;
                assessed.status
            }),
            "${RequestApprovalArn}" => self.await_decision(id).await,
            "${ExecuteActionArn}" if call["Payload"]["look"] == true => self.look(id).await,
            "${ExecuteActionArn}" => self.execute(id).await,
            other => panic!("the state machine calls {other}"),
        };
        let status = status.map_err(|error| error.name())?;
        Ok(json!({"request_id": id, "status": status, "look": look}))
    }

    /// risk-classify.
    pub async fn classify(&self, id: &RequestId) -> Result<Status, HandlerError> {
        self.assess(id).await.map(|assessed| assessed.status)
    }

    async fn assess(&self, id: &RequestId) -> Result<Assessed, HandlerError> {
        self.classifier().handle(id).await
    }

    /// risk-classify, as operators ask it.
    pub async fn inspect(&self, event: &Value) -> Result<Value, HandlerError> {
        risk_classify::wire::handle(&self.classifier(), &event.to_string()).await
    }

    fn classifier(&self) -> RiskClassify<&Memory, &Memory, &FixedClock> {
        let (stack, policy) = (sample::STACK.to_owned(), Arc::clone(&self.policy));
        let (store, keys, clock) = (&self.memory, &self.memory, &self.clock);
        RiskClassify { stack, policy, most_decide: Duration::ZERO, store, keys, clock }
    }

    /// request-approval.
    pub async fn await_decision(&self, id: &RequestId) -> Result<Status, HandlerError> {
        let token = TaskToken::new(format!("canary-token-{id}"));
        self.ask_people(id, Some((token, Attempt::default()))).await
    }

    /// execute-action.
    pub async fn execute(&self, id: &RequestId) -> Result<Status, HandlerError> {
        self.executor().handle(id, self.now().plus(TIMEOUT)).await
    }

    /// execute-action, which only looks.
    pub async fn look(&self, id: &RequestId) -> Result<Status, HandlerError> {
        self.executor().look(id, self.now().plus(TIMEOUT)).await
    }

    fn executor(&self) -> ExecuteAction<&Memory, &Memory, &Memory, &Memory, &FixedClock> {
        ExecuteAction {
            stack: sample::STACK.to_owned(),
            policy: Arc::clone(&self.executor_policy),
            store: &self.memory,
            parts: &self.memory,
            macs: &self.memory,
            targets: &self.memory,
            clock: &self.clock,
        }
    }

    /// relay-outbox.
    pub async fn sweep(&self) -> Sweep {
        self.try_sweep().await.expect("the index")
    }

    /// relay-outbox, where the index may fail.
    ///
    /// # Errors
    ///
    /// The index failed.
    pub async fn try_sweep(&self) -> Result<Sweep, HandlerError> {
        self.relay_outbox().sweep(self.now().plus(TIMEOUT)).await
    }

    fn relay_outbox(&self) -> RelayOutbox<&Memory, &Memory, &Self, &Memory, &Memory, &FixedClock> {
        RelayOutbox {
            stack: sample::STACK.to_owned(),
            store: &self.memory,
            workflows: &self.memory,
            teller: self,
            events: &self.memory,
            meter: &self.memory,
            clock: &self.clock,
        }
    }

    /// relay-outbox, handed an event.
    ///
    /// # Panics
    ///
    /// It failed.
    pub async fn relay(&self, event: &Value) -> Value {
        let until = self.now().plus(TIMEOUT);
        let relay = self.relay_outbox();
        relay_outbox::wire::handle(&relay, &event.to_string(), until).await.expect("an answer")
    }

    /// An operator gives an order; the HTTP status and the answer.
    ///
    /// # Panics
    ///
    /// There is no answer.
    pub async fn order(&self, order: &Value) -> (u64, Value) {
        let desk = OperatorDesk { store: &self.memory, clock: &self.clock };
        let event = events::order(OPERATOR, order).to_string();
        let reply = operator_desk::wire::handle(&desk, &event).await.expect("an answer");
        let answer = reply["body"].as_str().expect("a body");
        let answer = serde_json::from_str(answer).expect("an answer in JSON");
        (reply["statusCode"].as_u64().expect("a status"), answer)
    }

    /// The `detail-type` of every event that was taken, in order.
    #[must_use]
    pub fn events(&self) -> Vec<&'static str> {
        self.memory.state().events.iter().map(|event| event.kind.name()).collect()
    }

    /// relay-outbox does what is owed, and the workflow execution goes on to its end.
    pub async fn finish(&self, id: &RequestId) {
        let before = self.memory.state().resumed.len();
        self.sweep().await;
        let resumed = self.memory.state().resumed.len() > before;
        if resumed {
            self.resume(id, self.request(id).status).await;
        }
    }

    /// People decide genuinely and the request is approved, as callback-handler records it.
    pub fn approve(&self, id: &RequestId, people: &[&str]) {
        let now = self.now();
        let request = self.request(id);
        let decisions =
            people.iter().map(|who| sample::decision(&request, who, Verdict::Approve, now));
        self.memory.state().decisions.insert(id.clone(), decisions.collect());
        self.flip(id, Status::Approved);
    }

    /// Flips the status by hand, with all the fields that go with it.
    pub fn flip(&self, id: &RequestId, status: Status) {
        let now = self.now();
        self.tamper(id, |request| {
            request.status = status;
            request.run_by = Some(now.plus(SignedDuration::from_mins(15)));
            request.version += 1;
        });
    }

    /// What was done: one entry per call of a target.
    #[must_use]
    pub fn performed(&self) -> Vec<(String, Value)> {
        self.memory.state().performed.clone()
    }

    /// The present instant.
    #[must_use]
    pub fn now(&self) -> Moment {
        (&&self.clock).now()
    }
}
