//! Which distinct people fill which requirement: a bipartite matching.

use std::collections::{BTreeMap, BTreeSet};

use crate::name::{ApproverId, Group};
use crate::requirement::Requirement;

/// Tells whether distinct people can fill every slot of the requirements.
///
/// A requirement with quorum *n* has *n* slots. A person fills at most one slot, also when they
/// are in several groups or appear several times. The order of arrival does not matter.
///
/// ```
/// # use approval_core::{matching::satisfied, name::{ApproverId, Group, NameError}};
/// # use approval_core::requirement::Requirement;
/// let (billing, compliance) = (Group::parse("billing")?, Group::parse("compliance")?);
/// let needed = [
///     Requirement::new(billing.clone(), 1),
///     Requirement::new(compliance.clone(), 1),
/// ];
/// let both = (ApproverId::parse("ana")?, [billing.clone(), compliance].into());
/// let one = (ApproverId::parse("bo")?, [billing].into());
/// assert!(!satisfied(&needed, &[both.clone()]), "one person fills one slot");
/// assert!(satisfied(&needed, &[both, one]));
/// # Ok::<(), NameError>(())
/// ```
#[must_use]
pub fn satisfied(
    requirements: &[Requirement],
    candidates: &[(ApproverId, BTreeSet<Group>)],
) -> bool {
    let wanted: u64 = requirements.iter().map(|r| u64::from(r.quorum)).sum();
    filled(requirements, candidates).len() as u64 == wanted
}

/// As many slots as can be filled at once, each by another person: who fills one of which group.
/// Where several people could, it is the same ones each time.
#[must_use]
pub fn filled(
    requirements: &[Requirement],
    candidates: &[(ApproverId, BTreeSet<Group>)],
) -> BTreeMap<ApproverId, Group> {
    // INVARIANT: one entry per person, so nobody is counted twice.
    let people: BTreeMap<&ApproverId, BTreeSet<&Group>> =
        candidates.iter().fold(BTreeMap::new(), |mut people, (person, groups)| {
            people.entry(person).or_default().extend(groups);
            people
        });
    let slots: Vec<&Group> = requirements
        .iter()
        // More slots than people stay empty, however many an absurd quorum asks for.
        .flat_map(|r| std::iter::repeat_n(&r.group, people.len().min(r.quorum as usize)))
        .collect();
    let mut filled = BTreeMap::<usize, &ApproverId>::new();
    for person in people.keys() {
        place(person, &slots, &people, &mut filled, &mut BTreeSet::new());
    }
    let group = |slot: usize| slots.get(slot).map(|group| (*group).clone());
    filled.into_iter().filter_map(|(slot, who)| Some((who.clone(), group(slot)?))).collect()
}

/// Gives the person a slot, moving others to another of their slots where needed (Kuhn's
/// augmenting path).
fn place<'a>(
    person: &'a ApproverId,
    slots: &[&Group],
    people: &BTreeMap<&'a ApproverId, BTreeSet<&Group>>,
    filled: &mut BTreeMap<usize, &'a ApproverId>,
    tried: &mut BTreeSet<usize>,
) -> bool {
    let Some(groups) = people.get(person) else {
        return false;
    };
    for (slot, group) in slots.iter().enumerate() {
        if !groups.contains(*group) || !tried.insert(slot) {
            continue;
        }
        let free = match filled.get(&slot).copied() {
            None => true,
            Some(holder) => place(holder, slots, people, filled, tried),
        };
        if free {
            filled.insert(slot, person);
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests;
