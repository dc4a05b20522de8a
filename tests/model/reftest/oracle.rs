//! What the model says may come of a deed.

use approval_core::due::Duty;
use approval_core::status::Status;

use super::deeds::{Deed, answer, plenty};
use crate::life::{Answer, Case, Life, Phase, Step};

/// Everything that may be stored after the deed. Where a call failed, that is also whatever was
/// stored on the way.
pub(super) fn after(case: &Case, before: &Life, deed: Deed, failed: bool) -> Vec<Life> {
    if !matches!(deed, Deed::Decide(..) | Deed::Execute(_) | Deed::Sweep) {
        let step = steps(case, before, deed, failed).first().copied();
        let done = step.and_then(|step| case.step(before, step));
        let unchanged = (failed || done.is_none()).then(|| before.clone());
        return done.into_iter().chain(unchanged).collect();
    }
    let mut found = vec![before.clone()];
    let mut seen = 0;
    while seen < found.len() {
        let life = found[seen].clone();
        for step in steps(case, &life, deed, failed) {
            let next = case.step(&life, step);
            found.extend(next.filter(|next| !found.contains(next)));
        }
        seen += 1;
    }
    if failed {
        return found;
    }
    found.into_iter().filter(|life| is_done(case, life, deed)).collect()
}

/// The steps of whoever does the deed.
fn steps(case: &Case, life: &Life, deed: Deed, failed: bool) -> Vec<Step> {
    match deed {
        Deed::Classify => vec![Step::Classify { answered: true }],
        Deed::Ask(attempt) => vec![Step::Keep { attempt, answered: true }],
        Deed::Decide(who, approves) if life.posts.is_empty() => vec![Step::Post(who, approves)],
        Deed::Decide(..) => vec![Step::Decide(0)],
        Deed::Execute(number) => execution(life, answer(number), failed),
        Deed::Sweep => {
            let mut steps = vec![Step::Tell];
            let due = |duty| case.is_due(life, duty);
            steps.extend(due(Duty::Close).then_some(Step::Close));
            steps.extend(due(Duty::Revive).then_some(Step::Revive));
            let free = life.relays.is_empty();
            let resume = if free { Step::Resume } else { Step::NoteResumed(0) };
            steps.push(resume);
            steps
        }
        Deed::Tick => vec![Step::Tick],
        Deed::Withdraw => vec![Step::Withdraw],
        Deed::Stop => vec![Step::Stop],
        Deed::Extend => vec![Step::Extend],
        Deed::Freeze(frozen) if frozen != life.frozen => vec![Step::Switch],
        Deed::Resolve => vec![Step::Resolve],
        Deed::Freeze(_) | Deed::Die => Vec::new(),
    }
}

fn execution(life: &Life, answer: Answer, failed: bool) -> Vec<Step> {
    match life.executors.first().map(|executor| executor.phase) {
        None if was_invoked(life) => Vec::new(),
        None => vec![Step::InvokeOutOfTurn],
        Some(Phase::Invoked) => vec![Step::Weigh(0)],
        Some(Phase::Permitted { .. }) => vec![Step::Claim { place: 0, at_once: true }],
        Some(Phase::Claimed { .. }) if failed => {
            let answers = [answer, Answer::LostAfter, Answer::LostBefore];
            answers.into_iter().map(|answer| Step::Perform(0, answer)).collect()
        }
        Some(Phase::Claimed { .. }) => vec![Step::Perform(0, answer)],
        Some(Phase::Answered(_)) => vec![Step::Settle(0)],
    }
}

/// Whether nothing is left of the deed to be done.
fn is_done(case: &Case, life: &Life, deed: Deed) -> bool {
    let at_work = !life.executors.is_empty() || !life.posts.is_empty() || !life.relays.is_empty();
    if at_work {
        return false;
    }
    match deed {
        // Whether people are owed a message now is not followed.
        Deed::Sweep => {
            let dead = case.is_due(life, Duty::Revive) && !life.workflow.runs();
            // Telling comes last: where it closes the request, the next sweep ends the wait.
            let closed = life.record.status == Status::Expired && life.record.tells;
            let waits = case.is_due(life, Duty::Resume) && !closed;
            !case.is_due(life, Duty::Close) && !waits && !dead
        }
        Deed::Execute(_) => was_invoked(life),
        _ => steps(case, life, deed, false).iter().all(|step| case.step(life, *step).is_none()),
    }
}

/// An invocation out of turn is one of the things that may happen so often.
fn was_invoked(life: &Life) -> bool {
    life.left.faults < plenty().faults
}

/// Whether the same is stored. Since when it is silent is not compared: bookkeeping that the model
/// does not follow is a sign of life as well.
pub(super) fn alike(life: &Life, seen: &Life) -> bool {
    let record = |life: &Life| {
        let mut record = life.record.clone();
        record.current = false;
        record
    };
    record(life) == record(seen)
        && life.clock == seen.clock
        && life.decisions == seen.decisions
        && life.claim == seen.claim
        && life.frozen == seen.frozen
        && life.effects == seen.effects
}

/// The model's state to go on from: whoever was at work is gone.
pub(super) fn adopted(reached: &Life, seen: &Life) -> Life {
    let mut life = reached.clone();
    life.record.current = seen.record.current;
    life.executors.clear();
    life.posts.clear();
    life.relays.clear();
    life
}
