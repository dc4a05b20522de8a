//! What operators ask about the bundle that is deployed: what is in it, and what would become of a
//! request.

use approval_core::assessment::Assessment;
use approval_core::failure::HandlerError;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::{Clock, Commits, Open, Requests, Seal};
use approval_core::sealed::Part;
use approval_policy::describe::Described;
use approval_policy::explain::Question;
use approval_policy::inspect::{DryRun, Outcome};
use approval_policy::{Bundle, CaseResult};

use crate::RiskClassify;

/// The request of a dry run. No ask makes one of this name.
const DRY_RUN: &str = "dry-run";

impl<S: Requests + Commits, K: Open + Seal, C: Clock> RiskClassify<S, K, C> {
    /// What is in the bundle.
    #[must_use]
    pub fn describe(&self) -> Described {
        self.policy.describe()
    }

    /// What would become of a request: the table is read and a display part is sealed as for one
    /// that is assessed, and nothing is stored.
    ///
    /// # Errors
    ///
    /// What would keep a request from being assessed: the table or the key does not answer.
    pub async fn dry_run(&self, ask: Option<&Question>) -> Result<DryRun, HandlerError> {
        let id = RequestId::parse(DRY_RUN);
        let id = id.map_err(|error| HandlerError::Unavailable(error.into()))?;
        self.store.load(&id).await?;
        self.keys.seal(Part::Display, &id, b"{}").await?;
        let outcome = match ask {
            None => cases(&self.policy),
            Some(question) => {
                let now = self.clock.now();
                match self.policy.explain(question, now) {
                    Ok(mut explained) => {
                        self.cap(&mut explained.assessment, explained.asked_at);
                        Outcome::Explained(explained.into())
                    }
                    Err(why) => Outcome::Unaskable(why.to_string()),
                }
            }
        };
        Ok(DryRun { bundle: self.policy.digest(), outcome })
    }

    /// Gives people no longer than the stack's own limit.
    pub(crate) fn cap(&self, assessment: &mut Assessment, now: Moment) {
        if let Some(most) = self.most_decide() {
            assessment.decide_by = assessment.decide_by.map(|by| by.min(now.plus(most)));
        }
    }
}

fn cases(bundle: &Bundle) -> Outcome {
    let (passed, failed): (Vec<_>, Vec<_>) =
        bundle.test().into_iter().partition(CaseResult::passed);
    let failed = failed.into_iter().map(|case| format!("{}: {}", case.file, case.name));
    Outcome::Cases { passed: passed.len(), failed: failed.collect() }
}
