//! How deciding goes, computed from what has ended.

use std::collections::BTreeMap;

use approval_core::audit::{AuditKind, AuditRecord};
use approval_core::decision::Verdict;
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use jiff::SignedDuration;

/// How often somebody, or because of a rule, said what.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Votes {
    /// How often approved.
    pub approved: usize,
    /// How often rejected.
    pub rejected: usize,
    /// Seconds from opening the page to the answer, as far as they are known, shortest first. They
    /// are the browser's word: a signal, and no evidence.
    pub seconds: Vec<u64>,
}

/// Figures of requests that have ended.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Figures {
    /// How many there are.
    pub ended: usize,
    /// How many of them people were asked about.
    pub asked: usize,
    /// How many of those ended because nobody decided in time, or it was not started in time.
    pub expired: usize,
    /// How long those that people decided took, from asking to the last answer, shortest first.
    pub took: Vec<SignedDuration>,
    /// By rule.
    pub rules: BTreeMap<String, Votes>,
    /// By person.
    pub people: BTreeMap<String, Votes>,
}

impl Votes {
    /// How many approved of a hundred; none where nobody answered.
    #[must_use]
    pub fn rate(&self) -> Option<usize> {
        let all = self.approved.saturating_add(self.rejected);
        self.approved.saturating_mul(100).checked_div(all)
    }

    /// The middle of the seconds.
    #[must_use]
    pub fn median(&self) -> Option<u64> {
        part(&self.seconds, 50).copied()
    }

    fn add(&mut self, verdict: Verdict, seconds: Option<u64>) {
        match verdict {
            Verdict::Approve => self.approved = self.approved.saturating_add(1),
            Verdict::Reject => self.rejected = self.rejected.saturating_add(1),
        }
        self.seconds.extend(seconds);
        self.seconds.sort_unstable();
    }
}

impl Figures {
    /// The figures of these requests with their audit trails.
    #[must_use]
    pub fn of<'a>(all: impl IntoIterator<Item = (&'a ApprovalRequest, &'a [AuditRecord])>) -> Self {
        let mut figures = Self::default();
        for (request, trail) in all {
            figures.add(request, trail);
        }
        figures.took.sort_unstable();
        figures
    }

    /// The time within which so many of a hundred were decided.
    #[must_use]
    pub fn within(&self, percent: usize) -> Option<SignedDuration> {
        part(&self.took, percent).copied()
    }

    /// How many of a hundred that people were asked about expired.
    #[must_use]
    pub fn expiry_rate(&self) -> Option<usize> {
        self.expired.saturating_mul(100).checked_div(self.asked)
    }

    fn add(&mut self, request: &ApprovalRequest, trail: &[AuditRecord]) {
        self.ended = self.ended.saturating_add(1);
        let began = |record: &&AuditRecord| {
            record.to == Status::Pending && record.from != Some(Status::Pending)
        };
        let Some(asked) = trail.iter().find(began) else { return };
        self.asked = self.asked.saturating_add(1);
        if request.status == Status::Expired {
            self.expired = self.expired.saturating_add(1);
        }
        let rules: Vec<_> =
            request.assessment.iter().flat_map(|a| &a.rules).map(ToString::to_string).collect();
        for (record, verdict) in trail.iter().filter_map(answer) {
            let seconds = record.note.as_deref().and_then(seconds);
            if let Some(who) = &record.who {
                self.people.entry(who.clone()).or_default().add(verdict, seconds);
            }
            for rule in &rules {
                self.rules.entry(rule.clone()).or_default().add(verdict, seconds);
            }
            if record.to != Status::Pending {
                self.took.push(record.at.since(asked.at));
            }
        }
    }
}

fn answer(record: &AuditRecord) -> Option<(&AuditRecord, Verdict)> {
    let verdict = match record.kind {
        AuditKind::Approval => Verdict::Approve,
        AuditKind::Rejection => Verdict::Reject,
        AuditKind::Transition | AuditKind::Asked | AuditKind::Escalated | AuditKind::Reminded => {
            return None;
        }
        AuditKind::Relinked | AuditKind::Informed | AuditKind::Unreached => return None,
        AuditKind::Published | AuditKind::LinkKilled | AuditKind::ClaimedAgain => return None,
        AuditKind::Returned | AuditKind::Hastened => return None,
        AuditKind::Extended | AuditKind::RemindOrdered => return None,
    };
    Some((record, verdict))
}

/// The seconds in `ana approved, 41 s after opening the page`; none where they are not told.
pub(super) fn seconds(note: &str) -> Option<u64> {
    let told = note.strip_suffix(" s after opening the page")?;
    told.rsplit_once(", ")?.1.parse().ok()
}

/// The value that so many of a hundred do not exceed; of values in order.
fn part<T>(sorted: &[T], percent: usize) -> Option<&T> {
    let rank = sorted.len().saturating_mul(percent).div_ceil(100);
    sorted.get(rank.saturating_sub(1))
}

#[cfg(test)]
mod tests;
