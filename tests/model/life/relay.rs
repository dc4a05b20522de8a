//! relay-outbox: each duty when it is due, and harmless to repeat.

use approval_core::audit::Actor;
use approval_core::due::Duty;
use approval_core::status::Status;

use super::record::News;
use super::{Case, Life, Relay, Step, Workflow};

impl Case {
    pub(super) fn relay_steps(&self, life: &Life, steps: &mut Vec<Step>) {
        let duties = [
            (Duty::Close, Step::Close),
            (Duty::Resume, Step::Resume),
            (Duty::Revive, Step::Revive),
            (Duty::Publish, Step::Publish { all: true }),
        ];
        let free = life.relays.len() < self.relays;
        for (duty, step) in duties {
            let notes = matches!(duty, Duty::Resume | Duty::Publish);
            if self.is_due(life, duty) && (free || !notes) {
                steps.push(step);
            }
        }
        if life.record.status.is_terminal() && life.record.tells {
            steps.push(Step::Tell);
        }
        for (place, relay) in life.relays.iter().enumerate() {
            steps.push(match relay {
                Relay::Resumed => Step::NoteResumed(place),
                Relay::Announced { .. } => Step::NotePublished(place),
            });
        }
    }

    pub(super) fn relay_faults(&self, life: &Life, steps: &mut Vec<Step>) {
        // A reminder may be due at any time while people may decide; it finds dead workflow
        // executions.
        if life.record.status == Status::Pending && !life.workflow.runs() {
            steps.push(Step::Tell);
        }
        if life.left.faults == 0 {
            return;
        }
        if self.is_due(life, Duty::Publish) && life.relays.len() < self.relays {
            steps.push(Step::Publish { all: false });
        }
        steps.extend((0..life.relays.len()).map(Step::StopRelay));
    }

    pub fn is_due(&self, life: &Life, duty: Duty) -> bool {
        duty.due(&self.request(life)).is_some_and(|due| due <= self.at(life.clock))
    }

    pub(super) fn relay(&self, life: &mut Life, step: Step) -> Option<()> {
        if let Step::StopRelay(_) | Step::Publish { all: false } = step {
            life.left.faults = life.left.faults.checked_sub(1)?;
        }
        match step {
            Step::Close => self.close(life)?,
            Step::Resume => self.resume(life)?,
            Step::NoteResumed(place) => {
                let Relay::Resumed = taken(life, place)? else { return None };
                let resumed = self.request(life).resumed(self.at(life.clock));
                self.touch(life, &resumed);
            }
            Step::Revive => self.revive(life)?,
            Step::Tell => self.tell(life)?,
            Step::Publish { all } => self.publish(life, all)?,
            Step::NotePublished(place) => {
                let Relay::Announced { left, through } = taken(life, place)? else { return None };
                let (left, through) = (left.map(u64::from), through.into());
                let now = self.at(life.clock);
                let announced = self.request(life).announced(left, through, now);
                self.touch(life, &announced);
            }
            Step::StopRelay(place) => drop(taken(life, place)?),
            _ => return None,
        }
        Some(())
    }

    fn close(&self, life: &mut Life) -> Option<()> {
        let (request, now) = (self.request(life), self.at(life.clock));
        if !self.is_due(life, Duty::Close) {
            return None;
        }
        let recorded = if request.status == Status::Executing {
            request.doubt(Actor::RelayOutbox, now)
        } else {
            request.expire(Actor::RelayOutbox, now)
        };
        self.commit(life, recorded.ok()?);
        Some(())
    }

    /// Ends the wait: outside first, then it is noted. The workflow execution goes on by what it
    /// is told.
    fn resume(&self, life: &mut Life) -> Option<()> {
        if !self.is_due(life, Duty::Resume) {
            return None;
        }
        let (kept, _) = life.record.wait?;
        if life.workflow == (Workflow::Await { attempt: kept, asked: true })
            || life.workflow == (Workflow::Await { attempt: kept, asked: false })
        {
            let approved = life.record.status == Status::Approved;
            life.workflow = if approved { Workflow::Execute } else { Workflow::Ended };
        }
        life.relays.push(Relay::Resumed);
        Some(())
    }

    fn revive(&self, life: &mut Life) -> Option<()> {
        if !self.is_due(life, Duty::Revive) || life.workflow.runs() {
            return None;
        }
        if life.workflow == Workflow::Missing && life.record.status == Status::Received {
            life.workflow = Workflow::Classify;
            return Some(());
        }
        self.abandon(life)
    }

    fn abandon(&self, life: &mut Life) -> Option<()> {
        let now = self.at(life.clock);
        let recorded = self.request(life).abandon(Actor::RelayOutbox, now).ok()?;
        self.commit(life, recorded);
        Some(())
    }

    /// Has people told; while they may decide, only where that is waited for.
    fn tell(&self, life: &mut Life) -> Option<()> {
        let (request, now) = (self.request(life), self.at(life.clock));
        if request.status == Status::Pending && !life.workflow.runs() {
            return self.abandon(life);
        }
        self.touch(life, &request.told(None, now));
        Some(())
    }

    /// Publishes what is owed, or the first of it, then notes how far that went.
    fn publish(&self, life: &mut Life, all: bool) -> Option<()> {
        if !self.is_due(life, Duty::Publish) {
            return None;
        }
        let News { count, from, telling, .. } = life.record.news;
        let owed: Vec<u8> = (from?..count).filter(|seq| telling >> seq & 1 == 1).collect();
        let taken = if all { owed.len() } else { 1.min(owed.len()) };
        for seq in &owed[..taken] {
            life.record.news.published |= 1 << seq;
        }
        life.relays.push(Relay::Announced { left: owed.get(taken).copied(), through: count });
        Some(())
    }
}

fn taken(life: &mut Life, place: usize) -> Option<Relay> {
    (place < life.relays.len()).then(|| life.relays.remove(place))
}
