//! One run of a path, with one call that fails.

use approval_aws::system::SystemClock;
use approval_core::name::RequestId;
use approval_core::ports::{Clock, References};
use approval_core::reference::Reference;
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use countersign_tests::letter::{Personal, form};
use countersign_tests::{browser, events};
use serde_json::Value;

use crate::ground::Ground;
use crate::path::Path;
use crate::proxy::{Fault, Mail};

/// How often the record is looked at while a mail is waited for: each so many looks.
const LOOK_AT: u32 = 10;

#[derive(Debug)]
pub struct Run {
    pub path: Path,
    pub mark: String,
    pub fault: Option<Fault>,
    /// What the door answered that nobody expects.
    pub turned_away: Option<Value>,
    /// The agent's handle, and the request it leads to.
    reference: Option<String>,
    id: Option<RequestId>,
    /// Whether the approver was told that their answer is recorded.
    pub recorded: bool,
    /// Whether they were told what came of it, whatever that is.
    heard: bool,
    /// Whether they were once told that nothing was recorded, after it was.
    pub denied: bool,
    /// Whether the fault was met.
    pub fired: bool,
    begun: bool,
    /// Whether what is to fail was begun, where that is not the beginning.
    ready: bool,
    /// How often it looked for mail.
    looks: u32,
    /// How it stands at its end.
    pub ended: Option<ApprovalRequest>,
}

impl Run {
    pub fn new(path: Path, number: usize, fault: Option<Fault>) -> Self {
        Self {
            path,
            mark: path.mark(number),
            fault,
            turned_away: None,
            reference: None,
            id: None,
            recorded: false,
            heard: false,
            denied: false,
            fired: false,
            begun: false,
            ready: false,
            looks: 0,
            ended: None,
        }
    }

    /// Does what the agent and the people do next; tells whether the story is over.
    pub async fn step(&mut self, ground: &Ground) -> bool {
        if self.ended.is_some() {
            return true;
        }
        if !self.begun {
            self.begun = true;
            let from_the_start = ![Path::Status, Path::Sweep].contains(&self.path);
            ground.proxy.count(&self.mark, self.fault.as_ref().filter(|_| from_the_start));
        }
        self.ended = self.told(ground).await;
        if self.ended.is_some() {
            self.fired |= ground.proxy.seen(&self.mark).fired;
        }
        self.ended.is_some()
    }

    /// Whether the call that was to fail was made: how often relay-outbox looks is not the same
    /// each time.
    pub fn is_met(&self) -> bool {
        self.fault.is_none() || self.fired
    }

    /// How long after the ask the record was written last.
    pub fn took(&self) -> f64 {
        let took = |request: &ApprovalRequest| request.changed_at.since(request.asked_at);
        self.ended.as_ref().map(took).unwrap_or_default().as_secs_f64()
    }

    async fn told(&mut self, ground: &Ground) -> Option<ApprovalRequest> {
        let id = self.asked(ground).await?;
        if self.fault.is_none() && !self.heard && self.path.answer().is_some() {
            // Where calls are recorded, nobody writes the same record at the same time.
            ground.stack(self.path).waiting_for(&id).await;
        }
        if self.path.answer().is_some() && !self.heard {
            self.answer(ground).await;
            self.looks += 1;
            // Mostly there is nothing in the record that the mail does not tell.
            if !self.heard && !self.looks.is_multiple_of(LOOK_AT) {
                return None;
            }
        }
        let request = ground.stack(self.path).load(&id).await;
        if request.status == Status::Pending {
            self.sweep(ground, &request).await;
            return None;
        }
        let over = is_settled(&request) && self.is_told(ground).await;
        over.then_some(request)
    }

    /// The request that the agent has a reference to. Without one it asks, and does as it is told:
    /// sends exactly the same again.
    async fn asked(&mut self, ground: &Ground) -> Option<RequestId> {
        if self.id.is_none() {
            let answer = events::answer(&ground.ask(self.path, &self.mark).await.ok()?);
            self.reference = answer["reference"].as_str().map(str::to_owned);
            if self.reference.is_none() && answer["status"] != "unavailable" {
                self.turned_away = Some(answer);
            }
            let reference = Reference::parse(self.reference.as_ref()?)?;
            let found = ground.stack(self.path).table().find(&reference.digest()).await;
            self.id = found.expect("the store");
        }
        self.id.clone()
    }

    /// The person answers once they have mail, and again while they are not told what came of it.
    async fn answer(&mut self, ground: &Ground) {
        let Some((who, verdict)) = self.path.answer() else { return };
        let mails = ground.proxy.seen(&self.mark).mails;
        let theirs = |mail: &&Mail| mail.to.starts_with(&format!("{who}@"));
        let Some(mail) = mails.iter().rev().find(theirs) else { return };
        let Personal { link, code } = Personal::read(&mail.text);
        let Some(id) = &self.id else { return };
        let digest = ground.stack(self.path).load(id).await.digest;
        let (address, form) = (link.clone(), form(&digest, verdict, "as told", &code));
        let page = blocking(move || browser::call("POST", &address, Some(&form))).await;
        self.recorded = page.status == 303;
        self.heard = [303, 403, 409, 410].contains(&page.status);
        if self.recorded {
            let shown = blocking(move || browser::get(&link)).await;
            self.denied |= shown.body.contains("Nothing was recorded");
        }
    }

    /// Where it is the sweep's own call that fails: sweeps once there is something to find.
    async fn sweep(&mut self, ground: &Ground, request: &ApprovalRequest) {
        let late = request.decide_by.is_some_and(|by| SystemClock.now() >= by);
        if self.path == Path::Sweep && late && !self.ready {
            self.ready = true;
            self.fired = ground.sweep_with(self.path, self.fault.as_ref()).await;
        }
    }

    /// Where it is asking how it stands that fails: asks until it is told.
    async fn is_told(&mut self, ground: &Ground) -> bool {
        if self.path != Path::Status {
            return true;
        }
        if !self.ready {
            self.ready = true;
            ground.proxy.count(&self.mark, self.fault.as_ref());
        }
        let reference = self.reference.as_deref().unwrap_or_default();
        let event = events::in_session(events::status(reference), &self.mark);
        let told = ground.send(self.path, &event).await;
        told.is_ok_and(|told| events::answer(&told)["status"] == "executed")
    }
}

/// Whether nothing is left to do, and nobody waits.
fn is_settled(request: &ApprovalRequest) -> bool {
    let over = request.status.is_terminal() || request.status == Status::InDoubt;
    over && request.wait.as_ref().is_none_or(|wait| wait.resumed)
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("done")
}
