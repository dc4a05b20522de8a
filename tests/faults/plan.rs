//! Which runs there are: a clean run of each path tells its calls, and each call fails each way.

use std::time::{Duration, Instant};

use crate::ground::Ground;
use crate::path::Path;
use crate::proxy::{Call, Fault, Kind, NOBODY};
use crate::run::Run;

#[derive(Debug)]
pub struct Plan {
    pub runs: Vec<Run>,
    pub calls: usize,
    pub kinds: usize,
}

/// How much is done, by the variable `FAULTS`.
struct Extent {
    kinds: Vec<Kind>,
    paths: Vec<Path>,
    /// Whether faults are made that come to the same as another.
    whole: bool,
    /// Whether the calls of a function on a path fail.
    takes: fn(Path, &str) -> bool,
}

impl Extent {
    fn wanted() -> Self {
        let extent = std::env::var("FAULTS").unwrap_or_default();
        match extent.as_str() {
            "short" => Self {
                kinds: vec![Kind::Silent, Kind::KillBefore, Kind::KillAfter],
                whole: false,
                paths: vec![Path::Approved],
                takes: |_, function| ["relay-outbox", "callback-handler"].contains(&function),
            },
            "all" => Self {
                kinds: Kind::ALL.to_vec(),
                whole: true,
                paths: Path::ALL.to_vec(),
                takes: |path, function| path != Path::Sweep || path.owns(function),
            },
            name => {
                let mut paths = Path::ALL.to_vec();
                paths.retain(|path| name.is_empty() || path.name() == name);
                assert!(!paths.is_empty(), "FAULTS is short, all or a path's name, not `{name}`");
                Self { kinds: Kind::ALL.to_vec(), whole: false, paths, takes: Path::owns }
            }
        }
    }
}

/// Makes the clean runs, and from them the others.
pub async fn made(ground: &Ground) -> Plan {
    let extent = Extent::wanted();
    let (mut runs, mut calls) = (Vec::new(), 0);
    let mut number = 10_000;
    let mut next = || {
        number += 1;
        number
    };
    for path in &extent.paths {
        // The first one finds cold functions, which call more and answer late.
        clean(ground, *path, next()).await;
        let (run, seen) = clean(ground, *path, next()).await;
        let (other, again) = clean(ground, *path, next()).await;
        runs.extend([run, other]);
        for call in seen {
            if !again.iter().any(|other| other.is(&call))
                || !(extent.takes)(*path, &Call::short(&call.function))
            {
                continue;
            }
            calls += 1;
            for kind in &extent.kinds {
                if !extent.whole && kind.is_like_another(&call) {
                    continue;
                }
                let Call { function, action, nth, .. } = call.clone();
                let fault = Fault { function, action, nth, kind: *kind };
                runs.push(Run::new(*path, next(), Some(fault)));
            }
        }
    }
    Plan { runs, calls, kinds: extent.kinds.len() }
}

/// A run in which nothing fails, and what it called.
async fn clean(ground: &Ground, path: Path, number: usize) -> (Run, Vec<Call>) {
    let mut run = Run::new(path, number, None);
    let began = Instant::now();
    while !run.step(ground).await {
        assert!(began.elapsed() < Duration::from_secs(60), "{path:?} does not end by itself");
        if path == Path::Expired {
            ground.sweep().await;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    let mark = if path == Path::Sweep { NOBODY } else { &run.mark };
    let mut calls = ground.proxy.seen(mark).calls;
    // What follows the end, such as relay-outbox's last look.
    loop {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let seen = ground.proxy.seen(mark).calls;
        if seen.len() == calls.len() {
            return (run, calls);
        }
        calls = seen;
    }
}
