//! Follows the state machine that ships: the states, choices, retries and catches of
//! `statemachines/approval.asl.json` that it uses, and no others.

use std::collections::BTreeMap;

use serde_json::Value;

/// A step's end: its answer, or the name of its error.
pub type Answered = Result<Value, &'static str>;

/// Where a run stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Run {
    /// It waits in this state for its task token.
    Waits(String),
    /// It ended in this state.
    Ended(String),
}

/// The state machine.
#[derive(Debug)]
pub struct Machine(Value);

impl Machine {
    /// Reads the one that ships.
    #[must_use]
    pub fn read() -> Self {
        let path = crate::repository("statemachines/approval.asl.json");
        let text = std::fs::read_to_string(path).expect("the state machine");
        Self(serde_json::from_str(&text).expect("JSON"))
    }

    /// All states by name.
    #[must_use]
    pub fn states(&self) -> BTreeMap<String, Value> {
        self.0["States"]
            .as_object()
            .expect("states")
            .iter()
            .map(|(name, state)| (name.clone(), state.clone()))
            .collect()
    }

    /// Runs from the start. `step` is given the call to make; `pause` the seconds to wait
    /// before a retry.
    pub async fn start(&self, step: impl AsyncFn(&Value) -> Answered, pause: impl Fn(f64)) -> Run {
        let start = self.0["StartAt"].as_str().expect("StartAt").to_owned();
        self.run(start, Value::Null, &step, &pause).await
    }

    /// Goes on after a wait in `state` that was ended with `output`.
    pub async fn resume(
        &self,
        state: &str,
        output: Value,
        step: impl AsyncFn(&Value) -> Answered,
        pause: impl Fn(f64),
    ) -> Run {
        let next = self.state(state)["Next"].as_str().expect("Next").to_owned();
        self.run(next, output, &step, &pause).await
    }

    fn state(&self, name: &str) -> &Value {
        let state = &self.0["States"][name];
        assert!(state.is_object(), "no state `{name}`");
        state
    }

    async fn run(
        &self,
        mut name: String,
        mut data: Value,
        step: &impl AsyncFn(&Value) -> Answered,
        pause: &impl Fn(f64),
    ) -> Run {
        loop {
            let state = self.state(&name);
            let next = match state["Type"].as_str() {
                Some("Succeed" | "Fail") => return Run::Ended(name),
                Some("Choice") => choose(state, &data),
                Some("Task") => match attempt(state, step, pause).await {
                    Ok(_) if state["Resource"].as_str().is_some_and(waits) => {
                        return Run::Waits(name);
                    }
                    Ok(answer) => {
                        data = answer;
                        state["Next"].clone()
                    }
                    Err(error) => catch(state, error),
                },
                other => panic!("a state of type {other:?}"),
            };
            name = next.as_str().expect("a next state").to_owned();
        }
    }
}

fn waits(resource: &str) -> bool {
    resource.ends_with(".waitForTaskToken")
}

async fn attempt(
    state: &Value,
    step: &impl AsyncFn(&Value) -> Answered,
    pause: &impl Fn(f64),
) -> Answered {
    let mut spent = BTreeMap::<usize, i32>::new();
    loop {
        let error = match step(&state["Parameters"]).await {
            Ok(answer) => return Ok(answer),
            Err(error) => error,
        };
        let retriers = state["Retry"].as_array().expect("Retry");
        let Some(at) = retriers.iter().position(|retrier| matches(retrier, error)) else {
            return Err(error);
        };
        let tried = spent.entry(at).or_default();
        if i64::from(*tried) >= retriers[at]["MaxAttempts"].as_i64().expect("MaxAttempts") {
            return Err(error);
        }
        let interval = retriers[at]["IntervalSeconds"].as_f64().expect("IntervalSeconds");
        pause(interval * retriers[at]["BackoffRate"].as_f64().expect("BackoffRate").powi(*tried));
        *tried += 1;
    }
}

fn matches(clause: &Value, error: &str) -> bool {
    let names = clause["ErrorEquals"].as_array().expect("ErrorEquals");
    names.iter().any(|name| name == error || name == "States.ALL")
}

fn catch(state: &Value, error: &str) -> Value {
    let catchers = state["Catch"].as_array().expect("Catch");
    let catcher = catchers.iter().find(|catcher| matches(catcher, error)).expect("a Catch");
    catcher["Next"].clone()
}

fn choose(state: &Value, data: &Value) -> Value {
    let choices = state["Choices"].as_array().expect("Choices");
    let chosen = choices.iter().find(|choice| holds(choice, data));
    chosen.map_or_else(|| state["Default"].clone(), |choice| choice["Next"].clone())
}

fn holds(choice: &Value, data: &Value) -> bool {
    if let Some(all) = choice["And"].as_array() {
        return all.iter().all(|one| holds(one, data));
    }
    let field = choice["Variable"].as_str().expect("Variable").trim_start_matches("$.");
    if let Some(present) = choice["IsPresent"].as_bool() {
        return data.get(field).is_some() == present;
    }
    let wanted = choice.get("StringEquals").or_else(|| choice.get("BooleanEquals"));
    data[field] == *wanted.expect("a comparison")
}
