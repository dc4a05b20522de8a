//! execute-action: it weighs the evidence, claims, calls the target, and records what it said. It
//! may stop after each of these.

use approval_core::audit::Actor;
use approval_core::cause::Cause;
use approval_core::evidence::{self, Evidence, Refusal, VerifiedDecision};
use approval_core::moment::Moment;
use approval_core::outcome::Outcome;
use approval_core::permit::ExecutionPermit;
use approval_core::status::Status;
use jiff::SignedDuration;

use super::{Answer, Case, Claimed, Executor, Life, Phase, Step, Workflow};

/// How much longer an action that was claimed in time may be asked again.
const RETRY_WITHIN: SignedDuration = SignedDuration::from_mins(15);

impl Case {
    pub(super) fn executor_steps(&self, life: &Life, steps: &mut Vec<Step>) {
        // While a claim holds, the workflow execution waits and tries again.
        let held = self.is_held(life);
        if life.workflow == Workflow::Execute && life.executors.is_empty() && !held {
            steps.push(Step::Invoke);
        }
        for (place, executor) in life.executors.iter().enumerate() {
            match executor.phase {
                Phase::Invoked => steps.push(Step::Weigh(place)),
                // It reads the clock once more, and time may pass before or after.
                Phase::Permitted { at, .. } => {
                    steps.push(Step::Claim { place, at_once: true });
                    if at < life.clock {
                        steps.push(Step::Claim { place, at_once: false });
                    }
                }
                Phase::Claimed { .. } => steps.push(Step::Perform(place, Answer::Done)),
                Phase::Answered(_) => steps.push(Step::Settle(place)),
            }
        }
    }

    pub(super) fn executor_faults(&self, life: &Life, steps: &mut Vec<Step>) {
        for (place, executor) in life.executors.iter().enumerate() {
            if matches!(executor.phase, Phase::Claimed { .. }) {
                steps.push(Step::Perform(place, Answer::NotDone));
            }
        }
        if life.left.faults == 0 {
            return;
        }
        if life.executors.len() < self.executors && !self.is_held(life) {
            steps.push(Step::InvokeOutOfTurn);
        }
        for (place, executor) in life.executors.iter().enumerate() {
            steps.push(Step::StopExecutor(place));
            if matches!(executor.phase, Phase::Claimed { .. }) {
                steps.push(Step::Perform(place, Answer::LostAfter));
                steps.push(Step::Perform(place, Answer::LostBefore));
            }
        }
    }

    pub(super) fn execute(&self, life: &mut Life, step: Step) -> Option<()> {
        if let Step::InvokeOutOfTurn | Step::StopExecutor(_) = step {
            life.left.faults = life.left.faults.checked_sub(1)?;
        }
        match step {
            Step::Invoke | Step::InvokeOutOfTurn => {
                life.executors.push(Executor { started: life.clock, phase: Phase::Invoked });
            }
            Step::StopExecutor(place) => drop(taken(life, place)?),
            Step::Weigh(place) => self.weigh(life, place)?,
            Step::Claim { place, at_once } => self.claim(life, place, at_once)?,
            Step::Perform(place, answer) => self.perform(life, place, answer)?,
            Step::Settle(place) => self.settle(life, place)?,
            _ => return None,
        }
        Some(())
    }

    /// The permit, or why there is none, as of that instant.
    fn permit(&self, life: &Life, as_of: Moment) -> Result<ExecutionPermit, Refusal> {
        let decisions = life.decisions.iter().map(|said| {
            let decision = self.decision(said);
            super::case::at_once(evidence::verify(&decision, &self.opened, &super::case::Genuine))
        });
        let decisions: Result<Vec<VerifiedDecision>, Refusal> = decisions.collect();
        evidence::authorize(Evidence {
            request: &self.request(life),
            opened: self.opened.clone(),
            decisions: decisions?,
            assessment: &self.assessment,
            terms: self.terms.clone(),
            roster: &self.house,
            now: as_of,
        })
    }

    fn weigh(&self, life: &mut Life, place: usize) -> Option<()> {
        let Executor { started, .. } = taken(life, place)?;
        let (request, now) = (self.request(life), self.at(life.clock));
        let permitted =
            |again| Executor { started, phase: Phase::Permitted { again, at: life.clock } };
        match request.status {
            Status::Executing if self.is_held(life) => {}
            Status::Executing => match self.permit(life, now.plus(-RETRY_WITHIN)) {
                Ok(permit) if permit.idempotent() => life.executors.push(permitted(true)),
                Ok(_) | Err(_) => {
                    self.commit(life, request.doubt(Actor::ExecuteAction, now).ok()?);
                    answered(life);
                }
            },
            Status::Allowed | Status::Approved => {
                if request.run_by.is_none_or(|run_by| now >= run_by) {
                    self.commit(life, request.expire(Actor::ExecuteAction, now).ok()?);
                    answered(life);
                } else if self.permit(life, now).is_ok() {
                    life.executors.push(permitted(false));
                } else {
                    self.commit(life, request.refuse(Actor::ExecuteAction, now, "no").ok()?);
                    answered(life);
                }
            }
            _ => answered(life),
        }
        Some(())
    }

    /// The claim stands on what was read, on the claim's row, and on nothing being frozen.
    fn claim(&self, life: &mut Life, place: usize, at_once: bool) -> Option<()> {
        let Executor { started, phase } = taken(life, place)?;
        let Phase::Permitted { again, at: weighed } = phase else { return None };
        let at = if at_once { weighed } else { life.clock };
        let (request, now) = (self.request(life), self.at(at));
        let free = match life.claim {
            None => true,
            Some(held) => again && !held.settled && held.until <= at,
        };
        if life.frozen || !free {
            let recorded = if again {
                request.doubt(Actor::ExecuteAction, now)
            } else if life.frozen {
                request.cancel(Actor::ExecuteAction, now, Cause::Frozen, "a freeze holds")
            } else {
                request.refuse(Actor::ExecuteAction, now, "it was claimed before")
            };
            self.commit(life, recorded.ok()?);
            answered(life);
            return Some(());
        }
        let as_of = self.at(weighed);
        let as_of = if again { as_of.plus(-RETRY_WITHIN) } else { as_of };
        let permit = self.permit(life, as_of).ok()?;
        let until = self.claim_until(started);
        let recorded = if again {
            request.reclaim(&permit, until, now)
        } else {
            request.claim(&permit, until, now)
        };
        // Too late: it fails, and whoever comes next finds it so.
        let Ok(recorded) = recorded else { return Some(()) };
        self.commit(life, recorded);
        life.claim = Some(Claimed { until: self.claim_until_tick(started), settled: false });
        life.first_claim = life.first_claim.or(Some(at));
        life.executors.push(Executor { started, phase: Phase::Claimed { again } });
        Some(())
    }

    fn perform(&self, life: &mut Life, place: usize, answer: Answer) -> Option<()> {
        let Executor { started, phase } = taken(life, place)?;
        let Phase::Claimed { again } = phase else { return None };
        let lost = matches!(answer, Answer::LostAfter | Answer::LostBefore);
        if lost {
            life.left.faults = life.left.faults.checked_sub(1)?;
        }
        life.calls = (life.calls + 1).min(2);
        if matches!(answer, Answer::Done | Answer::LostAfter) {
            life.effects = (life.effects + 1).min(2);
        }
        let unknown = lost || (again && outcome(answer).of_a_repeat() != outcome(answer));
        if unknown && self.terms.idempotent {
            // Unanswered: the claim stays, and the workflow execution asks again.
            return Some(());
        }
        life.executors.push(Executor { started, phase: Phase::Answered(answer) });
        Some(())
    }

    /// Recorded on top of whatever came between, as long as the claim is still the same.
    fn settle(&self, life: &mut Life, place: usize) -> Option<()> {
        let Executor { started, phase } = taken(life, place)?;
        let Phase::Answered(answer) = phase else { return None };
        let mine = life.record.claimed_until == Some(self.claim_until_tick(started));
        if life.record.status != Status::Executing {
            answered(life);
        } else if mine && life.claim.is_some_and(|claim| !claim.settled) {
            let request = self.request(life);
            let settled = request.settle(&outcome(answer), None, self.at(life.clock));
            self.commit(life, settled.ok()?);
            life.claim = life.claim.map(|claim| Claimed { settled: true, ..claim });
            answered(life);
        }
        Some(())
    }
}

fn outcome(answer: Answer) -> Outcome {
    match answer {
        Answer::Done => Outcome::Done(serde_json::Value::Null),
        Answer::NotDone => Outcome::NotDone("it did not"),
        Answer::LostAfter | Answer::LostBefore => Outcome::Unknown("lost"),
    }
}

fn taken(life: &mut Life, place: usize) -> Option<Executor> {
    (place < life.executors.len()).then(|| life.executors.remove(place))
}

/// An executor told the workflow execution where the request stands.
fn answered(life: &mut Life) {
    if life.workflow == Workflow::Execute {
        life.workflow = Workflow::Ended;
    }
}
