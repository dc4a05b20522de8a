//! Who must agree, and how far that is.

use std::collections::BTreeMap;

use approval_core::decision::{Decision, Verdict};
use approval_core::name::{ApproverId, Group};
use approval_core::request::ApprovalRequest;
use approval_core::requirement::Requirement;

use crate::time::minute;

/// Who fills which requirement of a request that waits, by the roster that is deployed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Roll {
    /// Who approves for which group; each for one.
    pub filled: BTreeMap<ApproverId, Group>,
    /// Who else was reached for a group and can answer, and has not.
    pub asked: BTreeMap<Group, Vec<ApproverId>>,
}

/// One requirement.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Need {
    /// `2 of billing-managers`.
    pub what: String,
    /// What else holds for it.
    pub also: Vec<String>,
    /// Who fills it, and who might yet; none where that is not known, or over.
    pub stands: Option<String>,
}

/// The requirements.
pub(super) fn of(
    request: &ApprovalRequest,
    decisions: &[Decision],
    roll: Option<&Roll>,
) -> Vec<Need> {
    let requirements = request.assessment.iter().flat_map(|assessment| &assessment.requirements);
    let rejected = decisions.iter().any(|one| one.verdict == Verdict::Reject);
    let need = |one: &Requirement| {
        let mut also = Vec::new();
        if one.reject_quorum > 1 || rejected {
            also.push(format!("{} to reject", one.reject_quorum));
        }
        if let Some(further) = &one.escalation {
            also.push(format!("from {} on also {}", minute(further.from), further.group));
        }
        let what = format!("{} of {}", one.quorum, one.group);
        Need { what, also, stands: roll.map(|roll| stands(one, roll)) }
    };
    requirements.map(need).collect()
}

/// `Filled by ana; 1 more is missing; asked: bo, cy.`
fn stands(need: &Requirement, Roll { filled, asked }: &Roll) -> String {
    let filled = filled.iter().filter(|(_, group)| **group == need.group);
    let filled: Vec<_> = filled.map(|(who, _)| who.as_str()).collect();
    let missing = (need.quorum as usize).saturating_sub(filled.len());
    let names = if filled.is_empty() { "nobody".to_owned() } else { filled.join(", ") };
    if missing == 0 {
        return format!("Filled by {names}.");
    }
    let asked: Vec<_> =
        asked.get(&need.group).into_iter().flatten().map(ApproverId::as_str).collect();
    let asked = if asked.is_empty() { "nobody".to_owned() } else { asked.join(", ") };
    let more = if filled.is_empty() { "" } else { " more" };
    format!("Filled by {names}; {missing}{more} missing; asked and silent: {asked}.")
}
