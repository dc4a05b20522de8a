//! What is done, on the real handlers over memory.

use approval_core::decision::Verdict;
use approval_core::due::Duty;
use approval_core::evidence::Opened;
use approval_core::name::RequestId;
use approval_core::outcome::Outcome;
use approval_core::ports::Open;
use approval_core::sealed::Part;
use approval_core::task::{Attempt, TaskToken};
use approval_testkit::sample;
use countersign_tests::events;
use countersign_tests::world::World;
use execute_action::ExecuteAction;
use serde_json::Value;

use crate::life::case::{House, Members};
use crate::life::record::{News, TICK, TIMEOUT};
use crate::life::{Answer, Case, Claimed, Left, Life, Said, Workflow};

/// One thing that is done.
#[derive(Clone, Copy, Debug)]
pub(super) enum Deed {
    Classify,
    Ask(u8),
    Decide(usize, bool),
    Execute(u8),
    Sweep,
    Tick,
    Withdraw,
    Stop,
    Extend,
    Freeze(bool),
    Resolve,
    Die,
}

/// One call that fails meanwhile, counted from the beginning of the deed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    /// Whether its answer is lost after it had its effect.
    pub(super) lost: bool,
    pub(super) call: usize,
}

/// A world with one request, and the model of it.
pub(super) struct Scene {
    pub(super) world: World,
    pub(super) id: RequestId,
    pub(super) case: Case,
    pub(super) life: Life,
    reference: String,
    /// How often the target was called and did nothing.
    declined: usize,
}

/// What the target says to an execution with that number.
pub(super) fn answer(number: u8) -> Answer {
    match number {
        0 => Answer::NotDone,
        1 => Answer::LostAfter,
        _ => Answer::Done,
    }
}

impl Scene {
    /// An ask is stored, and its workflow execution started or not.
    pub(super) async fn open(
        world: World,
        event: &Value,
        names: &[&'static str],
        started: bool,
    ) -> Self {
        let told = events::answer(&world.send(event).await);
        let reference = told["reference"].as_str().expect("a reference").to_owned();
        let id = world.newest();
        if !started {
            world.memory.state().executions.clear();
        }
        let template = world.request(&id);
        let bytes = (&world.memory).open(Part::Action, &id, &template.action).await;
        let bytes = bytes.expect("memory").expect("the sealed action");
        let opened = Opened::read(&bytes, &template, sample::STACK).expect("the action");
        let entry = world.policy.catalogue().tool(&template.tool).expect("the tool");
        let (assessment, terms) =
            (world.policy.assess(opened.action(), template.asked_at), entry.terms());
        let roster = Members::Of(world.policy.clone());
        let house = House { names: names.to_vec(), roster };
        let any = Case::allowed("");
        let within = assessment.decide_by.map(|by| by.since(template.asked_at));
        let within = within.map(|within| {
            u8::try_from(within.as_millis() / TICK.as_millis()).expect("within the model's time")
        });
        let left = plenty();
        let case = Case { template, opened, assessment, within, terms, house, left, ..any };
        let life = case.received();
        Self { world, id, case, life, reference, declined: 0 }
    }

    /// Does it, with that fault; tells whether the fault was met. None where it cannot be done.
    pub(super) async fn act(&mut self, deed: Deed, fault: Option<Fault>) -> Option<bool> {
        self.life = Life { workflow: self.workflow(), left: plenty(), ..self.life.clone() };
        if let Deed::Decide(who, _) = deed
            && !self.world.mailed().iter().any(|mailed| mailed == self.case.house.names[who])
        {
            return None;
        }
        // What could not be served is put aside; within one instant it does not come up again.
        let aside = self.world.memory.state().parked.get(&self.id).copied();
        if matches!(deed, Deed::Sweep) && aside.is_some_and(|until| self.world.now() < until) {
            return None;
        }
        let turn = {
            let mut state = self.world.memory.state();
            let turn = fault.map(|fault| (state.calls.len() + fault.call, fault.lost));
            state.fails_at = turn.filter(|(_, lost)| !lost).map(|(turn, _)| turn);
            state.lost_at = turn.filter(|(_, lost)| *lost).map(|(turn, _)| turn);
            turn
        };
        self.perform(deed).await;
        let mut state = self.world.memory.state();
        (state.fails_at, state.lost_at) = (None, None);
        Some(turn.is_some_and(|(turn, _)| turn < state.calls.len()))
    }

    async fn perform(&mut self, deed: Deed) {
        let (world, id) = (&self.world, &self.id);
        match deed {
            Deed::Classify => drop(world.classify(id).await),
            Deed::Ask(attempt) => {
                let token = TaskToken::new(attempt.to_string());
                let attempt = Attempt { entered_at: None, retries: attempt.into() };
                drop(world.ask_people(id, Some((token, attempt))).await);
            }
            Deed::Decide(who, approves) => {
                let verdict = if approves { "approve" } else { "reject" };
                world.decide(self.case.house.names[who], verdict, "as I see it").await;
            }
            Deed::Execute(number) => self.execute(number).await,
            Deed::Sweep => drop(world.try_sweep().await),
            Deed::Tick => world.clock.advance(TICK),
            Deed::Withdraw => drop(world.send(&events::cancel(&self.reference)).await),
            Deed::Stop => drop(world.stop(id).await),
            Deed::Extend => {
                if let Some(by) = world.request(id).decide_by {
                    world.extend(id, by.plus(TICK)).await;
                }
            }
            Deed::Freeze(frozen) => drop(world.freeze(frozen).await),
            Deed::Resolve => drop(world.settle(id, self.life.effects > 0).await),
            Deed::Die => drop(world.memory.state().executions.insert(id.clone(), false)),
        }
    }

    /// execute-action, with as much time as the model gives it.
    async fn execute(&mut self, number: u8) {
        let (world, memory) = (&self.world, &self.world.memory);
        memory.state().outcomes = match answer(number) {
            Answer::NotDone => vec![Outcome::NotDone("it did not")],
            Answer::LostAfter => vec![Outcome::Unknown("lost")],
            Answer::Done | Answer::LostBefore => Vec::new(),
        };
        let executor = ExecuteAction {
            stack: sample::STACK.to_owned(),
            policy: world.executor_policy.clone(),
            store: memory,
            parts: memory,
            macs: memory,
            targets: memory,
            clock: &world.clock,
        };
        let before = world.performed().len();
        drop(executor.handle(&self.id, world.now().plus(TIMEOUT)).await);
        let said = memory.state().outcomes.is_empty() && world.performed().len() > before;
        self.declined += usize::from(said && answer(number) == Answer::NotDone);
        memory.state().outcomes.clear();
    }

    fn workflow(&self) -> Workflow {
        match self.world.memory.state().executions.get(&self.id) {
            None => Workflow::Missing,
            Some(true) => Workflow::Execute,
            Some(false) => Workflow::Ended,
        }
    }

    /// What the model remembers of what is stored now.
    pub(super) fn seen(&self) -> Life {
        let request = self.world.request(&self.id);
        let state = self.world.memory.state();
        let clock = self.case.tick_of(self.world.now());
        let decisions = state.decisions.get(&self.id).into_iter().flatten();
        let place = |who: &str| self.case.house.names.iter().position(|name| *name == who);
        let said = decisions.map(|decision| Said {
            who: place(decision.link.approver.as_str()).expect("one of those"),
            approves: decision.verdict == Verdict::Approve,
            at: self.case.tick_of(decision.decided_at),
        });
        let claim = state.claims.get(&self.id);
        let effects = state.performed.len() - self.declined;
        let mut life = Life {
            clock,
            record: self.case.remember(&request, clock, News::default()),
            decisions: said.collect(),
            claim: claim.map(|claim| Claimed {
                until: self.case.tick_of(claim.until),
                settled: claim.settled,
            }),
            frozen: !state.freezes.is_empty(),
            effects: u8::try_from(effects.min(2)).expect("small"),
            ..self.life.clone()
        };
        // Bookkeeping that the model does not follow is a sign of life as well.
        life.record.current = Duty::Revive.due(&request).is_some_and(|due| due > self.world.now());
        life
    }
}

/// As much as any deed can need.
pub(super) fn plenty() -> Left {
    Left { faults: 99, cancels: 1, extensions: 1, switches: 1, settles: true }
}
