//! Many requests at once, while calls fail at random, workflow executions die, people decide or do
//! not, agents and operators take things back: none is lost, none is done twice.
//!
//! `COUNTERSIGN_REQUESTS` says how many, `COUNTERSIGN_SEED` which; both are printed.

mod batch;

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use approval_core::audit;
use approval_core::event::EventType;
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;

use self::batch::Batch;

/// How many there are where nobody says how many.
const REQUESTS: u64 = 200;

/// What came of all of them.
#[derive(Debug, Default)]
struct Sum {
    ends: BTreeMap<&'static str, usize>,
    faults: usize,
    calls: usize,
    decisions: usize,
    lost: Vec<String>,
    doubled: Vec<String>,
}

impl Batch {
    /// What came of each.
    fn add_to(&self, sum: &mut Sum) {
        let state = self.world.memory.state();
        sum.faults += self.faults;
        sum.calls += state.performed.len();
        sum.decisions += self.accepted.len();
        let asked: BTreeSet<_> = self.asked.iter().map(|asked| &asked.id).collect();
        if asked.len() != state.requests.len() {
            sum.lost.push(format!("{} asks are {} requests", asked.len(), state.requests.len()));
        }
        for (id, by) in &self.accepted {
            let rows = &state.decisions[id];
            if !rows.iter().any(|row| row.link.approver.as_str() == by) {
                sum.lost.push(format!("{id}: the decision of {by}"));
            }
        }
        for (id, request) in &state.requests {
            let trail = &state.trails[id];
            audit::check(request, trail).unwrap_or_else(|error| panic!("{id}: {error}"));
            *sum.ends.entry(request.status.as_str()).or_default() += 1;
            if let Some(what) = owed(request) {
                sum.lost.push(format!("{id}: {what}"));
            }
            let told = |seq| state.events.iter().any(|one| one.request == *id && one.seq == seq);
            let mut news = trail.iter().filter(|record| !EventType::of(record).is_empty());
            if news.any(|record| !told(record.seq)) {
                sum.lost.push(format!("{id}: an event"));
            }
            let calls = state.performed.iter().filter(|(key, _)| key == id.as_str());
            let calls: Vec<_> = calls.collect();
            let declined = self.declined.get(id.as_str()).copied().unwrap_or_default();
            let effects = calls.len() - declined.min(calls.len());
            if (!request.idempotent && calls.len() > 1)
                || calls.iter().any(|call| *call != calls[0])
            {
                sum.doubled.push(format!("{id}: {} calls", calls.len()));
            }
            match request.status {
                Status::Executed => assert!(effects > 0, "{id} is executed and was not done"),
                Status::InDoubt => {}
                other => assert_eq!(effects, 0, "{id} is {other} and was done"),
            }
        }
    }
}

/// What a request that has ended still waits for.
fn owed(request: &ApprovalRequest) -> Option<&'static str> {
    if !request.status.is_terminal() && request.status != Status::InDoubt {
        return Some("it has not ended");
    }
    if request.wait.as_ref().is_some_and(|wait| !wait.resumed) {
        return Some("its wait was not ended");
    }
    if request.notify_at.is_some() {
        return Some("people were not told how it ended");
    }
    request.publish_from.is_some().then_some("events are owed")
}

fn number(name: &str, otherwise: u64) -> u64 {
    std::env::var(name).map_or(otherwise, |text| text.parse().expect("a number"))
}

#[tokio::test]
async fn many_requests_none_is_lost_and_none_is_done_twice() {
    let requests = number("COUNTERSIGN_REQUESTS", REQUESTS);
    let seed = number("COUNTERSIGN_SEED", u64::from(std::process::id()));
    println!("COUNTERSIGN_SEED={seed}");
    let (started, mut sum) = (Instant::now(), Sum::default());
    for batch in 0..requests.div_ceil(batch::SIZE) {
        let mut this = Batch::new(seed.wrapping_mul(1_000_003).wrapping_add(batch));
        this.story(batch * batch::SIZE).await;
        this.add_to(&mut sum);
    }
    let Sum { ends, faults, calls, decisions, lost, doubled } = &sum;
    println!(
        "{} requests, {faults} faults, {decisions} decisions, {calls} calls: lost {}, doubled {}, \
         {ends:?}, {:.1?}",
        ends.values().sum::<usize>(),
        lost.len(),
        doubled.len(),
        started.elapsed(),
    );
    assert!(lost.is_empty() && doubled.is_empty(), "seed {seed}: {sum:#?}");
}
