//! Who may answer: people and groups.

mod file;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use approval_core::evidence::Roster;
use approval_core::matching;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group};
use approval_core::requester::Person;
use approval_core::requirement::Requirement;
use jiff::tz::TimeZone;

use crate::error::{LoadErrors, Problems};
use crate::files::{APPROVERS, Files};

/// One person of the roster.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Approver {
    /// The name shown to others.
    pub name: String,
    /// The identity provider that knows the person.
    pub issuer: String,
    /// The provider's immutable id of the person.
    pub subject: String,
    /// Where mail reaches the person.
    pub mail: String,
    /// The language the person reads. Mail and page are written in English so far.
    pub locale: String,
    /// Where the person's clock is; deadlines are told in it beside UTC.
    pub time_zone: Option<TimeZone>,
}

/// When somebody belongs to a group.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Term {
    Always,
    /// From the first instant until, not including, the second.
    Between(Moment, Moment),
}

#[derive(Clone, Debug, Default)]
struct Membership {
    terms: Vec<(ApproverId, Term)>,
    escalation: Option<Group>,
}

/// The roster: every person once, the groups they are in, and whom they ask for help.
#[derive(Clone, Debug, Default)]
pub struct Approvers {
    people: BTreeMap<ApproverId, Approver>,
    groups: BTreeMap<Group, Membership>,
    help: Option<String>,
}

impl Approvers {
    /// Loads the people and groups alone of the bundle in a folder, for functions that judge no
    /// action.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with the folder or the roster.
    pub fn load(folder: &Path) -> Result<Self, LoadErrors> {
        let mut problems = Problems::default();
        let files = Files::read(folder, &mut problems);
        let roster = files.needed(APPROVERS, &mut problems).map(str::to_owned);
        let roster = roster.map(|text| Self::read(&text, &mut problems));
        problems.none_or(roster)
    }

    /// Reads `approvers.toml`.
    pub(crate) fn read(text: &str, problems: &mut Problems) -> Self {
        file::read(text, problems)
    }

    /// The person with this handle.
    #[must_use]
    pub fn person(&self, who: &ApproverId) -> Option<&Approver> {
        self.people.get(who)
    }

    /// Whom approvers ask for help, as the operator wrote it.
    #[must_use]
    pub fn help(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The group that is asked when nobody of `group` answers.
    #[must_use]
    pub fn escalation(&self, group: &Group) -> Option<&Group> {
        self.groups.get(group).and_then(|group| group.escalation.as_ref())
    }

    /// Who belongs to the group at that instant.
    #[must_use]
    pub fn members(&self, group: &Group, at: Moment) -> BTreeSet<&ApproverId> {
        let terms = self.groups.get(group).map_or(&[][..], |group| &group.terms);
        terms.iter().filter(|(_, term)| term.holds(at)).map(|(who, _)| who).collect()
    }

    /// Says why the requirements cannot be met at that instant by anybody but the person behind
    /// the agent; nothing if they can.
    pub(crate) fn unsatisfied(
        &self,
        requirements: &[Requirement],
        person: &Person,
        at: Moment,
    ) -> Option<String> {
        let mut candidates = BTreeMap::<ApproverId, BTreeSet<Group>>::new();
        let mut short = None;
        for Requirement { group, quorum, .. } in requirements {
            let members = self.members(group, at);
            let free = members.into_iter().filter(|who| !self.is_requester(who, person));
            let free: Vec<_> = free.collect();
            if free.len() < *quorum as usize {
                short = short.or(Some(format!(
                    "nobody can approve this: `{group}` needs {quorum} and has {} besides the \
                     person who asks",
                    free.len()
                )));
            }
            for who in free {
                candidates.entry(who.clone()).or_default().insert(group.clone());
            }
        }
        let candidates: Vec<_> = candidates.into_iter().collect();
        if matching::satisfied(requirements, &candidates) {
            return None;
        }
        Some(short.unwrap_or_else(|| {
            "nobody can approve this: the groups share too few people besides the person who asks"
                .to_owned()
        }))
    }

    /// The groups, in the order of their names.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.keys()
    }

    /// Who belongs to the group at all times.
    pub fn regulars(&self, group: &Group) -> impl Iterator<Item = &ApproverId> {
        self.with(group, |term| term == Term::Always)
    }

    /// Who belongs to the group for a time.
    pub fn substitutes(&self, group: &Group) -> impl Iterator<Item = &ApproverId> {
        self.with(group, |term| term != Term::Always)
    }

    /// Who belongs to the group between which instants; none for always.
    pub(crate) fn terms(
        &self,
        group: &Group,
    ) -> impl Iterator<Item = (&ApproverId, Option<(Moment, Moment)>)> {
        let terms = self.groups.get(group).map_or(&[][..], |group| &group.terms);
        terms.iter().map(|(who, term)| (who, term.between()))
    }

    fn with(&self, group: &Group, is: fn(Term) -> bool) -> impl Iterator<Item = &ApproverId> {
        let terms = self.groups.get(group).map_or(&[][..], |group| &group.terms);
        terms.iter().filter(move |(_, term)| is(*term)).map(|(who, _)| who)
    }

    /// How many people a group always has; nothing for an unknown group.
    pub(crate) fn permanent(&self, group: &Group) -> Option<usize> {
        self.groups.get(group).map(|_| self.regulars(group).count())
    }
}

impl Roster for Approvers {
    fn belongs(&self, who: &ApproverId, group: &Group, at: Moment) -> bool {
        self.members(group, at).contains(who)
    }

    /// # Security
    ///
    /// A claim only ever excludes, so it is matched generously: by handle, name, subject or mail,
    /// without case and without a `+tag`. Otherwise another spelling would let people approve
    /// what they asked for. A verified person is compared by issuer and subject alone.
    fn is_requester(&self, who: &ApproverId, person: &Person) -> bool {
        let Some(approver) = self.people.get(who) else {
            return false;
        };
        match person {
            Person::Unknown => false,
            Person::Verified { issuer, subject } => {
                approver.issuer == *issuer && approver.subject == *subject
            }
            Person::Claimed { name } => {
                let claimed = plain(name);
                [who.as_str(), &approver.name, &approver.subject, &approver.mail]
                    .into_iter()
                    .any(|known| plain(known) == claimed)
            }
        }
    }
}

impl Term {
    fn between(self) -> Option<(Moment, Moment)> {
        match self {
            Self::Always => None,
            Self::Between(from, until) => Some((from, until)),
        }
    }

    fn holds(self, at: Moment) -> bool {
        match self {
            Self::Always => true,
            Self::Between(from, until) => from <= at && at < until,
        }
    }
}

/// A name without case, surrounding space and, in a mail address, without `+tag`.
fn plain(name: &str) -> String {
    let lower = name.trim().to_lowercase();
    match lower.rsplit_once('@') {
        Some((local, domain)) => {
            format!("{}@{domain}", local.split_once('+').map_or(local, |(local, _)| local))
        }
        None => lower,
    }
}

#[cfg(test)]
mod tests;
