//! A request, and what is remembered of it: no version, no hash, no text, so that states that
//! cannot be told apart by what may happen to them are one.

use approval_core::due::Duty;
use approval_core::moment::Moment;
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use approval_core::task::{Attempt, TaskToken, Wait};
use jiff::SignedDuration;

use super::{Case, Life};

/// An instant of the model.
pub type Tick = u8;

/// How long one lasts: fifteen minutes to run are three of them, and a claim outlasts one.
pub const TICK: SignedDuration = SignedDuration::from_mins(5);
/// How long an executor is given: it may be at work beyond the next instant, not beyond two.
pub const TIMEOUT: SignedDuration = SignedDuration::from_secs(330);
/// How long its claim holds.
const CLAIM_HOLDS: SignedDuration = SignedDuration::from_secs(335);

/// What is remembered of a request.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Record {
    pub status: Status,
    pub assessed: bool,
    /// Whether it was written at this very instant, where that matters.
    pub current: bool,
    pub decide_by: Option<Tick>,
    pub run_by: Option<Tick>,
    pub claimed_until: Option<Tick>,
    /// Which attempt waits, and whether that was ended.
    pub wait: Option<(u8, bool)>,
    /// Whether those who were asked are owed how it ended.
    pub tells: bool,
    /// What is published of it.
    pub news: News,
}

/// What is published. Records are told apart by their place in the trail.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq)]
pub struct News {
    /// How many audit records there are.
    pub count: u8,
    /// From which on events are owed.
    pub from: Option<u8>,
    /// Which of them tell others something, as bits.
    pub telling: u32,
    /// Of which that was published, as bits.
    pub published: u32,
}

impl News {
    /// Whether something is neither published nor going to be.
    pub fn lost(&self) -> bool {
        let owed = self.from.map_or(0, |from| u32::MAX << from);
        self.telling & !self.published & !owed != 0
    }
}

impl Case {
    /// The instant of a tick.
    pub fn at(&self, tick: Tick) -> Moment {
        self.template.asked_at.plus(TICK * i32::from(tick))
    }

    /// The tick of an instant, or the first one from which on it has passed.
    pub fn tick_of(&self, moment: Moment) -> Tick {
        let millis = moment.since(self.template.asked_at).as_millis();
        let tick = TICK.as_millis();
        Tick::try_from((millis + tick - 1).div_euclid(tick)).expect("within the model's time")
    }

    /// The request that the model's record stands for.
    pub fn request(&self, life: &Life) -> ApprovalRequest {
        let Record { status, assessed, current, decide_by, run_by, .. } = life.record;
        let Record { claimed_until, wait, tells, ref news, .. } = life.record;
        let now = self.at(life.clock);
        let token = |attempt: u8| TaskToken::new(attempt.to_string());
        let attempt = |retries: u8| Attempt { entered_at: None, retries: retries.into() };
        let mut request = ApprovalRequest {
            version: 7,
            status,
            assessment: assessed.then(|| self.assessment.clone()),
            changed_at: if current { now } else { now.plus(-TICK) },
            decide_by: decide_by.map(|tick| self.at(tick)),
            run_by: run_by.map(|tick| self.at(tick)),
            claimed_until: claimed_until
                .map(|tick| self.at(tick).plus(CLAIM_HOLDS).plus(-(TICK * 2))),
            wait: wait.map(|(retries, resumed)| {
                let wait = Wait::new(token(retries), attempt(retries), now);
                Wait { resumed, ..wait }
            }),
            notify_at: tells.then_some(now),
            publish_from: news.from.map(u64::from),
            ..self.template.clone()
        };
        request.audit.count = news.count.into();
        request
    }

    /// What is remembered of a request at that instant. What is published is remembered apart.
    pub fn remember(&self, request: &ApprovalRequest, now: Tick, news: News) -> Record {
        let tick = |moment: Option<Moment>| moment.map(|moment| self.tick_of(moment));
        // Only where somebody may be silent does it matter since when.
        let silent = Duty::Revive.due(request).is_some();
        Record {
            status: request.status,
            assessed: request.assessment.is_some(),
            current: silent && request.changed_at >= self.at(now),
            decide_by: tick(request.decide_by),
            run_by: tick(request.run_by),
            claimed_until: tick(request.claimed_until),
            wait: request.wait.as_ref().map(|wait| {
                let attempt = u8::try_from(wait.attempt.retries).expect("few attempts");
                (attempt, wait.resumed)
            }),
            // While people may decide, who is reminded when is not followed.
            tells: request.status.is_terminal() && request.notify_at.is_some(),
            news,
        }
    }

    /// When a claim that is made by an invocation of that instant runs out.
    pub fn claim_until(&self, started: Tick) -> Moment {
        self.at(started).plus(CLAIM_HOLDS)
    }

    /// The same as a tick.
    pub fn claim_until_tick(&self, started: Tick) -> Tick {
        self.tick_of(self.claim_until(started))
    }

    /// Whether the record is open to a first claim or under one.
    pub fn is_held(&self, life: &Life) -> bool {
        let held = life.record.claimed_until.is_some_and(|until| life.clock < until);
        life.record.status == Status::Executing && held
    }
}
