//! A model of the life of one request, small enough to be explored to its end.
//!
//! Whatever changes a request is the core's own function: a step turns what the model remembers
//! into a request, calls that function, and remembers what came out. What the model has of its own
//! is what the functions around the core do: in which order they read, write and call, what the
//! store holds them to, and where each of them may stop.
//!
//! # Layout
//!
//! - [`case`]: what is asked of whom, and what may go wrong
//! - [`record`]: a request, and what is remembered of it
//! - `store`: what a write needs, and what it leaves
//! - `flow`, `people`, `executor`, `relay`, `steering`: who does what
//! - [`promises`]: what must hold in every state

pub mod case;
mod executor;
mod flow;
mod people;
pub mod promises;
pub mod record;
mod relay;
mod steering;
mod store;

use approval_core::due::next_due;
use approval_core::status::Status;

pub use case::Case;
pub use record::{Record, Tick};

/// Everything there is about one request, in the store and outside it.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Life {
    /// The time.
    pub clock: Tick,
    /// The stored request.
    pub record: Record,
    /// The stored decisions, in the order of their writing.
    pub decisions: Vec<Said>,
    /// The row of the claim.
    pub claim: Option<Claimed>,
    /// Whether a freeze holds.
    pub frozen: bool,
    /// Where the workflow execution stands.
    pub workflow: Workflow,
    /// Executors at work, the first one first.
    pub executors: Vec<Executor>,
    /// People's answers that were sent and are not written yet.
    pub posts: Vec<Said>,
    /// Sweeps at work.
    pub relays: Vec<Relay>,
    /// How often the target was called, as far as that matters: 2 stands for more.
    pub calls: u8,
    /// How often it did something, likewise.
    pub effects: u8,
    /// When it was claimed first.
    pub first_claim: Option<Tick>,
    /// The first terminal status it had.
    pub ended: Option<Status>,
    /// The first rule that a write broke.
    pub broken: Option<&'static str>,
    /// What may still happen from outside.
    pub left: Left,
}

/// What may still happen from outside, so that there is an end to it.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq)]
pub struct Left {
    /// Crashes, lost answers, dying workflow executions, calls out of turn.
    pub faults: u8,
    /// Attempts of the agent or an operator to take it back.
    pub cancels: u8,
    /// Extensions.
    pub extensions: u8,
    /// Switches of a freeze.
    pub switches: u8,
    /// Whether an operator settles doubts.
    pub settles: bool,
}

/// One stored decision.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Said {
    /// Who, by their place in the house.
    pub who: usize,
    /// Whether they approve.
    pub approves: bool,
    /// When, by the door's clock.
    pub at: Tick,
}

/// The stored claim.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub struct Claimed {
    /// Until when it holds.
    pub until: Tick,
    /// Whether the outcome was recorded.
    pub settled: bool,
}

/// Where the workflow execution stands.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Workflow {
    /// It was not started.
    Missing,
    /// It has the request classified.
    Classify,
    /// It has people asked, or waits for its token once they are.
    Await { attempt: u8, asked: bool },
    /// It has the action executed.
    Execute,
    /// It ended.
    Ended,
}

impl Workflow {
    /// Whether it is at work, or waits.
    pub fn runs(self) -> bool {
        !matches!(self, Self::Missing | Self::Ended)
    }
}

/// One executor at work.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct Executor {
    /// When it was invoked.
    pub started: Tick,
    /// How far it is.
    pub phase: Phase,
}

/// How far an executor is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Phase {
    /// It was invoked.
    Invoked,
    /// It has a permit of that instant.
    Permitted { again: bool, at: Tick },
    /// Its claim is written.
    Claimed { again: bool },
    /// It knows what the target said.
    Answered(Answer),
}

/// What the target said.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Answer {
    /// It did it.
    Done,
    /// It certainly did not.
    NotDone,
    /// It did it, and the answer was lost.
    LostAfter,
    /// It was never reached, and nobody can tell.
    LostBefore,
}

/// A sweep that has done something and has not noted it yet.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Relay {
    /// It ended the wait.
    Resumed,
    /// It published the trail before `through`, but for what is told from `left` on.
    Announced { left: Option<u8>, through: u8 },
}

/// One step of one of them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    Tick,
    Start,
    Classify { answered: bool },
    Keep { attempt: u8, answered: bool },
    AskAgain,
    Die,
    Post(usize, bool),
    Decide(usize),
    Invoke,
    InvokeOutOfTurn,
    Weigh(usize),
    Claim { place: usize, at_once: bool },
    Perform(usize, Answer),
    Settle(usize),
    StopExecutor(usize),
    Close,
    Resume,
    NoteResumed(usize),
    Revive,
    Tell,
    Publish { all: bool },
    NotePublished(usize),
    StopRelay(usize),
    Withdraw,
    Stop,
    Extend,
    Switch,
    Resolve,
}

/// Beyond this instant nothing is due in any case.
const HORIZON: Tick = 20;
/// How long an invocation lasts at most.
const INVOCATION: Tick = 2;

impl Case {
    /// Everything that might happen next.
    pub fn steps(&self, life: &Life, steps: &mut Vec<Step>) {
        self.owed_steps(life, steps);
        self.flow_faults(life, steps);
        self.people_steps(life, steps);
        self.executor_faults(life, steps);
        self.relay_faults(life, steps);
        self.steering_steps(life, steps);
    }

    /// What happens next if nothing and nobody interferes.
    pub fn owed_steps(&self, life: &Life, steps: &mut Vec<Step>) {
        self.flow_steps(life, steps);
        steps.extend((0..life.posts.len()).map(Step::Decide));
        self.executor_steps(life, steps);
        self.relay_steps(life, steps);
        if self.waits_for_time(life) {
            steps.push(Step::Tick);
        }
    }

    /// One step; none where it changes nothing.
    pub fn step(&self, before: &Life, step: Step) -> Option<Life> {
        let mut life = before.clone();
        match step {
            Step::Tick => self.tick(&mut life)?,
            Step::Start | Step::Classify { .. } | Step::Keep { .. } => {
                self.flow(&mut life, step)?
            }
            Step::AskAgain | Step::Die => self.flow(&mut life, step)?,
            Step::Post(who, approves) => self.post(&mut life, who, approves)?,
            Step::Decide(post) => self.decide(&mut life, post)?,
            Step::Invoke | Step::InvokeOutOfTurn | Step::Weigh(_) | Step::Claim { .. } => {
                self.execute(&mut life, step)?;
            }
            Step::Perform(..) | Step::Settle(_) | Step::StopExecutor(_) => {
                self.execute(&mut life, step)?;
            }
            Step::Close | Step::Resume | Step::NoteResumed(_) | Step::Revive | Step::Tell => {
                self.relay(&mut life, step)?;
            }
            Step::Publish { .. } | Step::NotePublished(_) | Step::StopRelay(_) => {
                self.relay(&mut life, step)?;
            }
            Step::Withdraw | Step::Stop | Step::Extend | Step::Switch | Step::Resolve => {
                self.steer(&mut life, step)?;
            }
        }
        // Who came first makes no difference.
        life.executors.sort_unstable();
        life.posts.sort_unstable();
        life.relays.sort_unstable();
        (life != *before).then_some(life)
    }

    /// Whether anything is left that time alone brings about.
    fn waits_for_time(&self, life: &Life) -> bool {
        let at_work = !life.executors.is_empty() || !life.posts.is_empty();
        let due = next_due(&self.request(life)).is_some_and(|due| due > self.at(life.clock));
        life.clock < HORIZON && (at_work || due)
    }

    /// Time passes. Whoever is still at work when their time is over is stopped, which is a fault.
    fn tick(&self, life: &mut Life) -> Option<()> {
        life.clock = life.clock.checked_add(1)?;
        life.record.current = false;
        let now = life.clock;
        let before = life.executors.len();
        life.executors.retain(|executor| now < executor.started + INVOCATION);
        let stopped = u8::try_from(before - life.executors.len()).ok()?;
        life.left.faults = life.left.faults.checked_sub(stopped)?;
        life.posts.retain(|post| now < post.at + INVOCATION);
        Some(())
    }
}
