//! One request with its decisions and its audit trail, ready to be shown.

use std::collections::BTreeSet;

use approval_core::assessment::Assessment;
use approval_core::audit::{self, AuditRecord};
use approval_core::decision::{Decision, Verdict};
use approval_core::digest::Digest;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, RequestId, ToolName};
use approval_core::request::ApprovalRequest;
use approval_core::requester::Requester;
use approval_core::status::Status;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::display::{Display, DisplayPart};

/// What was found of a request.
#[derive(Clone, Debug)]
pub struct Found {
    /// The record.
    pub request: ApprovalRequest,
    /// The decisions; none where a row of them is malformed.
    pub decisions: Option<Vec<Decision>>,
    /// The audit trail, oldest first.
    pub trail: Vec<AuditRecord>,
    /// The display part.
    pub display: DisplayPart,
}

/// One request as people and programs may see it. Its fields are the names of the JSON form.
///
/// # Security
///
/// It holds no task token and no sealed part, so neither can be shown by mistake. Its texts are as
/// they came: [`text`](crate::text) and [`json`](crate::json) make them visible.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequestView {
    /// The request.
    pub id: RequestId,
    /// Where it stands.
    pub status: Status,
    /// The version of the record.
    pub version: u64,
    /// The tool.
    pub tool: ToolName,
    /// The action in one line; none unless the display part was opened.
    pub headline: Option<String>,
    /// What the action does to the world; none unless the display part was opened.
    pub effect: Option<String>,
    /// The arguments; none unless the display part was opened.
    pub arguments: Option<Map<String, Value>>,
    /// The names of the secret ones.
    pub secret_fields: BTreeSet<String>,
    /// Who asked.
    pub requester: Requester,
    /// The caller's session; none unless the display part was opened.
    pub session: Option<String>,
    /// What policy answered.
    pub assessment: Option<Assessment>,
    /// Why it stands where it stands.
    pub reason: Option<String>,
    /// When it was asked.
    pub asked_at: Moment,
    /// When the record was last written.
    pub changed_at: Moment,
    /// When waiting ends.
    pub decide_by: Option<Moment>,
    /// When running ends.
    pub run_by: Option<Moment>,
    /// Beyond which nothing is extended.
    pub hard_limit: Moment,
    /// Who decided, by the rows alone; none where a row is malformed.
    pub decisions: Option<Vec<DecisionView>>,
    /// Whether the target's answer is kept, sealed.
    pub result: bool,
    /// The action digest.
    pub digest: Digest,
    /// The audit trail.
    pub audit: AuditView,
    /// What is wrong with what was found.
    pub problems: Vec<String>,
}

/// A decision as stored. Only execute-action proves that it is genuine.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct DecisionView {
    /// Who.
    pub approver: ApproverId,
    /// What they said.
    pub verdict: Verdict,
    /// When.
    pub decided_at: Moment,
}

/// An audit trail.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct AuditView {
    /// Whether it is one unbroken chain that ends, and stands, where the record says.
    pub holds: bool,
    /// The records, oldest first.
    pub records: Vec<AuditRecord>,
}

impl Found {
    /// Whether the trail is one unbroken chain that ends where the record says.
    ///
    /// # Errors
    ///
    /// What is broken.
    pub fn chain(&self) -> Result<(), audit::ChainError> {
        audit::check(&self.request, &self.trail)
    }
}

impl From<Found> for RequestView {
    fn from(found: Found) -> Self {
        let mut problems = Vec::new();
        let chain = found.chain();
        let display = Display::read(&found.display, &found.request);
        problems.extend(display.as_ref().err().map(|error| error.words().to_owned()));
        problems.extend(chain.as_ref().err().map(ToString::to_string));
        let Found { request, decisions, trail, .. } = found;
        if decisions.is_none() {
            problems.push("a decision row is malformed, so none is shown".to_owned());
        }
        let decisions = decisions.map(|all| {
            let foreign = |one: &&Decision| one.link.digest != request.digest;
            problems.extend(all.iter().filter(foreign).map(|one| {
                format!("the decision of `{}` is about another action", one.link.approver)
            }));
            all.into_iter().map(DecisionView::from).collect()
        });
        let shown = display.ok().flatten();
        Self {
            id: request.id,
            status: request.status,
            version: request.version,
            tool: request.tool,
            headline: shown.as_ref().map(|shown| shown.headline.clone()),
            effect: shown.as_ref().map(|shown| shown.effect.clone()),
            arguments: shown.as_ref().map(|shown| shown.arguments.clone()),
            secret_fields: shown.as_ref().map(|s| s.secret_fields.clone()).unwrap_or_default(),
            requester: request.requester,
            session: shown.and_then(|shown| shown.session),
            assessment: request.assessment,
            reason: request.reason,
            asked_at: request.asked_at,
            changed_at: request.changed_at,
            decide_by: request.decide_by,
            run_by: request.run_by,
            hard_limit: request.hard_limit,
            decisions,
            result: request.result.is_some(),
            digest: request.digest,
            audit: AuditView { holds: chain.is_ok(), records: trail },
            problems,
        }
    }
}

impl From<Decision> for DecisionView {
    fn from(Decision { link, verdict, decided_at, .. }: Decision) -> Self {
        Self { approver: link.approver, verdict, decided_at }
    }
}
