//! The workflow execution: what it asks for, and how it goes on. It never writes.

use approval_core::assessment::Assessment;
use approval_core::audit::Actor;
use approval_core::status::Status;
use approval_core::task::{Attempt, TaskToken, Wait};

use super::{Case, Life, Step, Workflow};

/// How often people are asked anew, at the most.
const MOST_ATTEMPTS: u8 = 2;

impl Case {
    pub(super) fn flow_steps(&self, life: &Life, steps: &mut Vec<Step>) {
        match life.workflow {
            Workflow::Classify => steps.push(Step::Classify { answered: true }),
            Workflow::Await { attempt, asked: false } => {
                steps.push(Step::Keep { attempt, answered: true });
            }
            Workflow::Missing | Workflow::Await { .. } | Workflow::Execute | Workflow::Ended => {}
        }
    }

    pub(super) fn flow_faults(&self, life: &Life, steps: &mut Vec<Step>) {
        // The door starts it at once or not at all; later, relay-outbox does.
        if life.workflow == Workflow::Missing && life.clock == 0 {
            steps.push(Step::Start);
        }
        if life.left.faults == 0 {
            return;
        }
        if life.workflow.runs() {
            steps.push(Step::Die);
        }
        match life.workflow {
            Workflow::Classify => steps.push(Step::Classify { answered: false }),
            Workflow::Await { attempt, asked } => {
                if !asked {
                    steps.push(Step::Keep { attempt, answered: false });
                }
                if !asked && attempt + 1 < MOST_ATTEMPTS {
                    steps.push(Step::AskAgain);
                }
                // An invocation that was held up.
                steps.extend((0..attempt).map(|attempt| Step::Keep { attempt, answered: false }));
            }
            Workflow::Missing | Workflow::Execute | Workflow::Ended => {}
        }
    }

    pub(super) fn flow(&self, life: &mut Life, step: Step) -> Option<()> {
        match step {
            Step::Start => life.workflow = Workflow::Classify,
            Step::Classify { answered } => self.classify(life, answered)?,
            Step::Keep { attempt, answered } => self.keep(life, attempt, answered)?,
            Step::AskAgain => {
                life.left.faults = life.left.faults.checked_sub(1)?;
                let Workflow::Await { attempt, .. } = life.workflow else { return None };
                life.workflow = Workflow::Await { attempt: attempt + 1, asked: false };
            }
            Step::Die => {
                life.left.faults = life.left.faults.checked_sub(1)?;
                life.workflow = Workflow::Ended;
            }
            _ => return None,
        }
        Some(())
    }

    /// risk-classify: it assesses what was not assessed, and says where the request stands.
    fn classify(&self, life: &mut Life, answered: bool) -> Option<()> {
        if !answered {
            life.left.faults = life.left.faults.checked_sub(1)?;
        }
        let (request, now) = (self.request(life), self.at(life.clock));
        if request.status == Status::Received {
            let late = request.expires_at().is_some_and(|deadline| now >= deadline);
            let recorded = if late {
                request.expire(Actor::RiskClassify, now)
            } else {
                let decide_by = self.within.map(|within| self.at(life.clock + within));
                request.assess(Assessment { decide_by, ..self.assessment.clone() }, now)
            };
            self.commit(life, recorded.ok()?);
        }
        if answered {
            life.workflow = match life.record.status {
                Status::Allowed => Workflow::Execute,
                Status::Pending => Workflow::Await { attempt: 0, asked: false },
                _ => Workflow::Ended,
            };
        }
        Some(())
    }

    /// request-approval keeps the token, whatever the status.
    fn keep(&self, life: &mut Life, attempt: u8, answered: bool) -> Option<()> {
        if !answered {
            life.left.faults = life.left.faults.checked_sub(1)?;
        }
        let (request, now) = (self.request(life), self.at(life.clock));
        let token = TaskToken::new(attempt.to_string());
        let known = request.wait.as_ref().is_some_and(|wait| wait.token == token);
        if !known {
            let attempt = Attempt { entered_at: None, retries: attempt.into() };
            self.touch(life, &request.waiting(Wait::new(token, attempt, now), now));
        }
        if let Workflow::Await { attempt: newest, .. } = life.workflow
            && newest == attempt
            && answered
        {
            life.workflow = Workflow::Await { attempt, asked: true };
        }
        Some(())
    }
}
