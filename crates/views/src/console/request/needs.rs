//! Who must agree, and how far that is.

use approval_core::decision::{Decision, Verdict};
use approval_core::request::ApprovalRequest;

use crate::time::minute;

/// One requirement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Need {
    /// `2 of billing-managers`.
    pub what: String,
    /// What else holds for it.
    pub also: Vec<String>,
}

/// The requirements. Who fills which one the roster tells, and the console has none: so it names
/// who answered, and counts nothing for a group.
pub(super) fn of(request: &ApprovalRequest, decisions: &[Decision]) -> Vec<Need> {
    let requirements = request.assessment.iter().flat_map(|assessment| &assessment.requirements);
    let rejected = decisions.iter().any(|one| one.verdict == Verdict::Reject);
    let need = |one: &approval_core::requirement::Requirement| {
        let mut also = Vec::new();
        if one.reject_quorum > 1 || rejected {
            also.push(format!("{} to reject", one.reject_quorum));
        }
        if let Some(further) = &one.escalation {
            also.push(format!("from {} on also {}", minute(further.from), further.group));
        }
        Need { what: format!("{} of {}", one.quorum, one.group), also }
    };
    requirements.map(need).collect()
}
