//! Counting voices: whose answer counts, and what they add up to.

use std::collections::BTreeSet;

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
    /// Somebody who counts said no.
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
        if counted.iter().any(|(voice, _)| voice.verdict == Verdict::Reject) {
            return Tally::Rejected;
        }
        let approvals: Vec<_> =
            counted.into_iter().map(|(voice, groups)| (voice.approver.clone(), groups)).collect();
        if matching::satisfied(self.required, &approvals) { Tally::Met } else { Tally::Open }
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
        let groups = self.required.iter().map(|requirement| &requirement.group);
        groups.filter(|group| self.roster.belongs(approver, group, *at)).cloned().collect()
    }
}

#[cfg(test)]
mod tests;
