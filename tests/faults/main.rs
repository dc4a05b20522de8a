//! Each call that the functions make fails once, each way, on the real parts: nothing is lost,
//! nothing doubled, nothing stuck.
//!
//! The calls are found by recording a clean run of each path. A fault is armed for one run and
//! fires for no other, so many runs are under way at once.

mod ground;
mod legal;
mod path;
mod plan;
mod proxy;
mod run;
mod table;

use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use ground::Ground;
use run::Run;
use table::Table;

/// How many runs are under way at once.
const AT_ONCE: usize = 6;
/// How long a run has before the next takes its place: repairs may take a minute and more.
const AT_FIRST: Duration = Duration::from_secs(8);
/// How long it has in all, looked at now and then, as by a patient agent and patient people.
const AT_LAST: Duration = Duration::from_secs(240);
/// How often relay-outbox is woken, which on AWS is once a minute.
const SWEEP_EVERY: Duration = Duration::from_secs(4);
const PAUSE: Duration = Duration::from_millis(250);
const LONG_PAUSE: Duration = Duration::from_secs(4);

#[tokio::test(flavor = "multi_thread")]
async fn f17_whatever_call_fails_nothing_is_lost_doubled_or_stuck() {
    let started = Instant::now();
    let ground = Arc::new(Ground::new().await);
    let plan = plan::made(&ground).await;
    println!("{} calls, {} runs", plan.calls, plan.runs.len());
    let sweeping = tokio::spawn({
        let ground = Arc::clone(&ground);
        async move {
            loop {
                tokio::time::sleep(SWEEP_EVERY).await;
                ground.sweep().await;
            }
        }
    });
    let runs = driven(&ground, plan.runs).await;
    sweeping.abort();
    let books = legal::books(&ground).await;
    let mut table = Table::default();
    for run in &runs {
        table.add(run, &legal::judged(run, &ground, &books).await);
    }
    assert!(table.close(plan.calls, plan.kinds, started.elapsed()));
}

/// Drives all runs, each until it is over or out of time.
async fn driven(ground: &Arc<Ground>, runs: Vec<Run>) -> Vec<Run> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    let mut driving = JoinSet::new();
    for (at, mut run) in runs.into_iter().enumerate() {
        let (ground, places) = (Arc::clone(ground), Arc::clone(&places));
        driving.spawn(async move {
            let mut place = Some(places.acquire().await.expect("a place"));
            let began = Instant::now();
            while !run.step(&ground).await && began.elapsed() < AT_LAST {
                place = place.filter(|_| began.elapsed() < AT_FIRST);
                let pause = if place.is_some() { PAUSE } else { LONG_PAUSE };
                tokio::time::sleep(pause).await;
            }
            (at, run)
        });
    }
    let mut runs = Vec::new();
    while let Some(run) = driving.join_next().await {
        runs.push(run.expect("driven"));
        if runs.len().is_multiple_of(100) {
            println!("{} are over", runs.len());
        }
    }
    runs.sort_by_key(|(at, _)| *at);
    runs.into_iter().map(|(_, run)| run).collect()
}
