//! Counting voices: whose answer counts, and what they add up to.

use std::collections::{BTreeMap, BTreeSet};

use crate::decision::Verdict;
use crate::evidence::Roster;
use crate::matching;
use crate::moment::Moment;
use crate::name::{ApproverId, Group};
use crate::requester::Person;
use crate::requirement::Requirement;

/// One person's answer.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Voice {
    /// Who.
    pub approver: ApproverId,
    /// What they say.
    pub verdict: Verdict,
    /// When they said it.
    pub at: Moment,
}

/// What the voices add up to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tally {
    /// As many who count said no as one of the requirements takes.
    Rejected,
    /// Distinct people fill every requirement.
    Met,
    /// More approvals are needed.
    Open,
}

/// By what voices are counted.
#[derive(Debug)]
pub struct Count<'a, R> {
    /// Who must agree.
    pub required: &'a [Requirement],
    /// The person behind the agent: never counts.
    pub person: &'a Person,
    /// From this instant on no voice counts.
    pub decide_by: Option<Moment>,
    /// Who belongs where.
    pub roster: &'a R,
}

impl<R: Roster> Count<'_, R> {
    /// Adds the voices up, in any order of arrival.
    #[must_use]
    pub fn of(&self, voices: &[Voice]) -> Tally {
        let counted: Vec<_> =
            voices.iter().map(|v| (v, self.groups(v))).filter(|(_, g)| !g.is_empty()).collect();
        let said = |verdict| {
            let those = counted.iter().filter(move |(voice, _)| voice.verdict == verdict);
            those.map(|(voice, groups)| (voice.approver.clone(), groups.clone()))
        };
        let rejections: Vec<_> = said(Verdict::Reject).collect();
        if self.required.iter().any(|required| rejected(required, &rejections)) {
            return Tally::Rejected;
        }
        let approvals: Vec<_> = said(Verdict::Approve).collect();
        if matching::satisfied(self.required, &approvals) { Tally::Met } else { Tally::Open }
    }

    /// Who approves for which requirement, each for one: what [`Tally::Met`] is found by.
    #[must_use]
    pub fn filled(&self, voices: &[Voice]) -> BTreeMap<ApproverId, Group> {
        let approvals = voices.iter().filter(|voice| voice.verdict == Verdict::Approve);
        let approvals: Vec<_> =
            approvals.map(|voice| (voice.approver.clone(), self.groups(voice))).collect();
        matching::filled(self.required, &approvals)
    }

    /// The required groups this voice counts for: none where it came late, or is the requester's
    /// or a stranger's.
    #[must_use]
    pub fn groups(&self, voice: &Voice) -> BTreeSet<Group> {
        let Voice { approver, at, .. } = voice;
        let late = self.decide_by.is_none_or(|by| *at >= by);
        if late || self.roster.is_requester(approver, self.person) {
            return BTreeSet::new();
        }
        let open = self.required.iter().filter(|one| one.is_open_to(approver, self.roster, *at));
        open.map(|requirement| requirement.group.clone()).collect()
    }
}

/// Whether enough distinct people who may answer for the requirement said no.
fn rejected(required: &Requirement, said_no: &[(ApproverId, BTreeSet<Group>)]) -> bool {
    let for_it = said_no.iter().filter(|(_, groups)| groups.contains(&required.group));
    let people: BTreeSet<_> = for_it.map(|(who, _)| who).collect();
    people.len() >= required.reject_quorum as usize
}

#[cfg(test)]
mod tests;
