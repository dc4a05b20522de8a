//! Some requests that share a world, and what goes wrong in it.

use std::collections::BTreeMap;

use approval_core::name::RequestId;
use approval_core::outcome::Outcome;
use approval_core::status::Status;
use countersign_tests::asl::Run;
use countersign_tests::events;
use countersign_tests::letter::form;
use countersign_tests::world::World;
use jiff::SignedDuration;
use serde_json::Value;

/// How many share a world.
pub(super) const SIZE: u64 = 20;
/// How often everybody may do something while things go wrong.
const ROUNDS: u64 = 14;

/// Numbers that a seed stands for (`SplitMix64`).
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, most: u64) -> u64 {
        self.roll() % most
    }

    fn one_in(&mut self, many: u64) -> bool {
        self.below(many) == 0
    }
}

/// One ask, as its agent knows it.
pub(super) struct Asked {
    pub(super) id: RequestId,
    reference: String,
    /// Whether its workflow execution came to its wait.
    waits: bool,
    /// How many ends of a wait it went on from.
    resumed: usize,
}

/// A world, and what goes wrong in it.
pub(super) struct Batch {
    pub(super) world: World,
    dice: Dice,
    pub(super) asked: Vec<Asked>,
    /// Whether calls fail.
    fails: bool,
    pub(super) faults: usize,
    /// How often the target was called and did nothing, by key.
    pub(super) declined: BTreeMap<String, usize>,
    /// Who was told that their decision was recorded.
    pub(super) accepted: Vec<(RequestId, String)>,
}

const PEOPLE: [&str; 7] = [
    "billing-manager-1",
    "billing-manager-2",
    "billing-manager-3",
    "compliance-reviewer-1",
    "compliance-reviewer-2",
    "support-lead-1",
    "support-lead-2",
];

fn event(number: u64, kind: u64) -> Value {
    let order = format!("O-{number}");
    match kind {
        0 => events::refund(&order, "80.00"),
        1 => events::refund(&order, "480.00"),
        2 => events::refund(&order, "2500.00"),
        _ => {
            let account = format!("AC-{number}");
            let arguments = [("account_id", account.as_str()), ("reason", "moved abroad")];
            events::function("support", "cancel_account", &arguments)
        }
    }
}

impl Batch {
    pub(super) fn new(seed: u64) -> Self {
        Self {
            world: World::default(),
            dice: Dice(seed),
            asked: Vec::new(),
            fails: true,
            faults: 0,
            declined: BTreeMap::new(),
            accepted: Vec::new(),
        }
    }

    /// Lets one of the next calls fail, or lose its answer; often none.
    fn arm(&mut self) {
        let at = self.dice.below(30);
        let (fails, lost) = (self.fails && self.dice.one_in(3), self.dice.one_in(2));
        let mut state = self.world.memory.state();
        let turn = usize::try_from(at).expect("small") + state.calls.len();
        state.fails_at = (fails && !lost).then_some(turn);
        state.lost_at = (fails && lost).then_some(turn);
    }

    fn disarm(&mut self) {
        let mut state = self.world.memory.state();
        let met = |turn: Option<usize>| turn.is_some_and(|turn| turn < state.calls.len());
        self.faults += usize::from(met(state.fails_at) || met(state.lost_at));
        (state.fails_at, state.lost_at) = (None, None);
    }

    /// The agent asks, and asks again as it is told, until it has a reference.
    async fn ask(&mut self, event: &Value) {
        for _ in 0..20 {
            self.arm();
            let told = events::answer(&self.world.send(event).await);
            self.disarm();
            let Some(reference) = told["reference"].as_str() else { continue };
            let (id, reference) = (self.world.newest(), reference.to_owned());
            self.asked.push(Asked { id, reference, waits: false, resumed: 0 });
            return;
        }
        panic!("the agent never got an answer to {event}");
    }

    /// The workflow execution goes on, if there is one that can.
    async fn go_on(&mut self, place: usize) {
        let Asked { id, waits, resumed, .. } = &self.asked[place];
        let (id, waits, resumed) = (id.clone(), *waits, *resumed);
        let runs = self.world.memory.state().executions.get(&id).copied();
        if runs != Some(true) {
            return;
        }
        let ends = self.ends_of_wait(&id);
        if waits && ends.len() <= resumed {
            return;
        }
        let no = self.target_answers();
        self.arm();
        let run = if waits {
            self.asked[place].resumed = ends.len();
            self.world.resume(&id, ends[resumed]).await
        } else {
            self.world.run(&id).await
        };
        self.disarm();
        let said = std::mem::take(&mut self.world.memory.state().outcomes).is_empty();
        *self.declined.entry(id.to_string()).or_default() += usize::from(no && said);
        self.asked[place].waits = matches!(run, Run::Waits(_));
    }

    fn ends_of_wait(&self, id: &RequestId) -> Vec<Status> {
        let state = self.world.memory.state();
        let outputs = state.resumed.iter().map(|output| {
            serde_json::from_str::<Value>(output).expect("what relay-outbox ends waits with")
        });
        let own = outputs.filter(|output| output["request_id"] == id.as_str());
        own.map(|output| serde_json::from_value(output["status"].clone()).expect("a status"))
            .collect()
    }

    /// What the target will say to the next call; whether that is no.
    fn target_answers(&mut self) -> bool {
        let roll = self.dice.below(12);
        let says = match roll {
            0 if self.fails => vec![Outcome::Unknown("no answer")],
            1 => vec![Outcome::NotDone("it did not")],
            _ => Vec::new(),
        };
        self.world.memory.state().outcomes = says;
        roll == 1
    }

    /// Somebody does something about one request.
    async fn act(&mut self, place: usize) {
        let (id, reference) = (self.asked[place].id.clone(), self.asked[place].reference.clone());
        let pending = self.world.request(&id).status == Status::Pending;
        match self.dice.below(40) {
            0 => {
                drop(self.faulty(async |world| world.send(&events::cancel(&reference)).await).await)
            }
            1 => drop(self.faulty(async |world| world.stop(&id).await).await),
            2 => {
                let runs = self.world.memory.state().executions.contains_key(&id);
                if runs {
                    self.world.memory.state().executions.insert(id, false);
                }
            }
            3..=30 if pending => self.decide(&id).await,
            _ => {}
        }
    }

    async fn faulty<T>(&mut self, deed: impl AsyncFnOnce(&World) -> T) -> T {
        self.arm();
        let told = deed(&self.world).await;
        self.disarm();
        told
    }

    /// One of those who have mail about it answers.
    async fn decide(&mut self, id: &RequestId) {
        let who = PEOPLE[usize::try_from(self.dice.below(7)).expect("small")];
        let verdict = if self.dice.one_in(8) { "reject" } else { "approve" };
        let Some(mail) = self.world.mail_about(who, id) else { return };
        let digest = self.world.request(id).digest;
        let form = form(&digest, verdict, "as I see it", &mail.code);
        let path = mail.path().to_owned();
        let before = self.world.memory.state().decisions.get(id).map_or(0, Vec::len);
        let page = self.faulty(async |world| world.visit("POST", &path, Some(&form)).await).await;
        let after = self.world.memory.state().decisions.get(id).map_or(0, Vec::len);
        if page.status == 303 && after > before {
            self.accepted.push((id.clone(), who.to_owned()));
        }
        // Nobody is told that it was recorded where it was not.
        let known = self.accepted.iter().any(|(of, by)| of == id && by == who);
        assert!(page.status != 303 || known || after > before, "{who} about {id}: {}", page.status);
    }

    pub(super) async fn story(&mut self, first: u64) {
        for number in first..first + SIZE {
            let kind = self.dice.below(4);
            self.ask(&event(number, kind)).await;
        }
        for round in 0..ROUNDS {
            if round % 4 == 3 {
                let frozen = self.dice.one_in(3);
                self.world.freeze(frozen).await;
            }
            for place in 0..self.asked.len() {
                self.act(place).await;
                self.go_on(place).await;
            }
            let seconds = i64::try_from(60 + self.dice.below(1200)).expect("small");
            self.world.clock.advance(SignedDuration::from_secs(seconds));
            drop(self.faulty(async |world| world.try_sweep().await).await);
        }
        self.fails = false;
        self.world.freeze(false).await;
        for _ in 0..ROUNDS {
            for place in 0..self.asked.len() {
                self.go_on(place).await;
            }
            self.world.clock.advance(SignedDuration::from_mins(45));
            self.world.sweep().await;
        }
    }
}
