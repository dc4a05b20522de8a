//! What lies outside the store: mail, notices, events, metrics, workflow executions, the target.

use approval_core::event::Event;
use approval_core::metric::{Measure, Metric, Queue, Waiting};
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::notice::Channel;
use approval_core::outcome::Outcome;
use approval_core::permit::ExecutionPermit;
use approval_core::ports::{
    Announce, Execution, Letter, Perform, Post, Publish, Resumed, StartWorkflow, Started,
    Unavailable, Undelivered, Workflows,
};
use approval_core::status::Status;
use approval_core::task::TaskToken;

use super::Memory;

impl Post for &Memory {
    fn channel(&self) -> Channel {
        Channel::Mail
    }

    async fn send(&self, letter: &Letter) -> Result<String, Undelivered> {
        let lost = |_| Undelivered { code: "TimeoutError".to_owned() };
        let turn = self.call("send").map_err(lost)?;
        let mut state = self.state();
        if state.refuses.contains(&letter.to) {
            return Err(Undelivered { code: "MessageRejected".to_owned() });
        }
        state.letters.push(letter.clone());
        let id = format!("mail-{}", state.letters.len());
        drop(state);
        self.answer(turn, id).map_err(lost)
    }
}

impl Publish for &Memory {
    async fn publish(&self, subject: &str, text: &str) -> Result<bool, Undelivered> {
        let lost = |_| Undelivered { code: "TimeoutError".to_owned() };
        let turn = self.call("publish").map_err(lost)?;
        self.state().published.push(format!("{subject}\n{text}"));
        self.answer(turn, true).map_err(lost)
    }
}

impl Announce for &Memory {
    async fn announce(&self, events: &[Event]) -> Result<usize, Unavailable> {
        let turn = self.call("announce")?;
        let mut state = self.state();
        let taken = state.takes.take().map_or(events.len(), |most| most.min(events.len()));
        state.events.extend(events.iter().take(taken).cloned());
        drop(state);
        self.answer(turn, taken)
    }
}

impl StartWorkflow for &Memory {
    async fn start(&self, id: &RequestId) -> Result<Started, Unavailable> {
        let turn = self.call("start")?;
        let known = self.state().executions.contains_key(id);
        if known {
            return self.answer(turn, Started::Exists);
        }
        self.state().executions.insert(id.clone(), true);
        self.answer(turn, Started::Running)
    }
}

impl Workflows for &Memory {
    async fn look(&self, id: &RequestId) -> Result<Execution, Unavailable> {
        self.call("look")?;
        Ok(match self.state().executions.get(id) {
            None => Execution::Missing,
            Some(true) => Execution::Running,
            Some(false) => Execution::Ended,
        })
    }

    async fn resume(&self, _: &TaskToken, output: &str) -> Result<Resumed, Unavailable> {
        let turn = self.call("resume")?;
        self.state().resumed.push(output.to_owned());
        self.answer(turn, Resumed::Now)
    }
}

impl Perform for &Memory {
    async fn perform(&self, permit: &ExecutionPermit) -> Outcome {
        let Ok(turn) = self.call("perform") else {
            return Outcome::Unknown("no connection");
        };
        let seen = (permit.idempotency_key().to_owned(), permit.arguments().clone());
        self.state().performed.push(seen);
        if self.answer(turn, ()).is_err() {
            return Outcome::Unknown("the answer was lost");
        }
        let mut state = self.state();
        if state.outcomes.is_empty() {
            return Outcome::Done(serde_json::json!({"done": true}));
        }
        state.outcomes.remove(0)
    }
}

impl Measure for &Memory {
    fn measure(&self, metric: Metric, _: Moment) {
        self.state().measured.push(metric);
    }
}

impl Queue for &Memory {
    async fn waiting(&self) -> Result<Waiting, Unavailable> {
        self.call("waiting")?;
        let state = self.state();
        let pending = state.requests.values().filter(|one| one.status == Status::Pending);
        let asked: Vec<_> = pending.map(|request| request.asked_at).collect();
        Ok(Waiting { count: asked.len(), oldest: asked.into_iter().min() })
    }
}
