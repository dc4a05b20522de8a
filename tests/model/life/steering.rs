//! The agent and the operators: they take it back, give more time, freeze, settle doubts.

use approval_core::status::Status;
use approval_core::steering::Operator;

use super::{Case, Life, Step};

const BY: Operator<'static> = Operator { who: "arn:operator", reason: "as told" };

impl Case {
    pub(super) fn steering_steps(&self, life: &Life, steps: &mut Vec<Step>) {
        if life.left.cancels > 0 {
            steps.extend([Step::Withdraw, Step::Stop]);
        }
        if life.left.extensions > 0 {
            steps.push(Step::Extend);
        }
        // When nothing is left to run or to decide, a freeze changes nothing.
        if life.left.switches > 0 && !life.record.status.is_terminal() {
            steps.push(Step::Switch);
        }
        if life.left.settles && life.record.status == Status::InDoubt {
            steps.push(Step::Resolve);
        }
    }

    pub(super) fn steer(&self, life: &mut Life, step: Step) -> Option<()> {
        let (request, now) = (self.request(life), self.at(life.clock));
        match step {
            Step::Withdraw | Step::Stop => {
                let agent = step == Step::Withdraw;
                let taken = if agent { request.withdraw(now) } else { request.stop(&BY, now) };
                self.commit(life, taken.ok()?);
                life.left.cancels = life.left.cancels.checked_sub(1)?;
            }
            Step::Extend => {
                let to = self.at(life.record.decide_by? + 1);
                self.commit(life, request.extend(to, &BY, now).ok()?);
                life.left.extensions = life.left.extensions.checked_sub(1)?;
            }
            Step::Switch => {
                life.frozen = !life.frozen;
                life.left.switches = life.left.switches.checked_sub(1)?;
            }
            // An operator finds out, and says so.
            Step::Resolve => self.commit(life, request.resolve(life.effects > 0, &BY, now).ok()?),
            _ => return None,
        }
        Some(())
    }
}
