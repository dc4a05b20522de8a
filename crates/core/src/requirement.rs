//! Who must agree: groups with a quorum each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::evidence::Roster;
use crate::moment::Moment;
use crate::name::{ApproverId, Group};

/// A number of distinct people of one group who must approve.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The group.
    pub group: Group,
    /// How many people of it must approve, at least one.
    pub quorum: u32,
    /// How many people of it must reject for the whole to be rejected, at least one.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub reject_quorum: u32,
    /// Who else may answer in its place, and from when on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub escalation: Option<Escalation>,
}

/// A further group that may answer where too few of the first one did.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Escalation {
    /// The group. It adds people and removes none.
    pub group: Group,
    /// From when on their answers count.
    pub from: Moment,
    /// From when on they may count, where nobody of the first group can be reached; none where
    /// that changes nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unreached_from: Option<Moment>,
}

impl Escalation {
    /// That group, from that instant on.
    #[must_use]
    pub fn new(group: Group, from: Moment) -> Self {
        Self { group, from, unreached_from: None }
    }

    /// As early as the group may ever answer.
    #[must_use]
    pub fn earliest(&self) -> Moment {
        self.unreached_from.map_or(self.from, |from| from.min(self.from))
    }
}

impl Requirement {
    /// So many of a group; one rejection rejects, and nobody else may answer.
    #[must_use]
    pub fn new(group: Group, quorum: u32) -> Self {
        Self { group, quorum, reject_quorum: one(), escalation: None }
    }

    /// Whether the person may answer for it at that instant.
    #[must_use]
    pub fn is_open_to(&self, who: &ApproverId, roster: &impl Roster, at: Moment) -> bool {
        let escalated = |to: &Escalation| at >= to.from && roster.belongs(who, &to.group, at);
        roster.belongs(who, &self.group, at) || self.escalation.as_ref().is_some_and(escalated)
    }

    /// The same, with the further group as early as it may ever answer.
    #[must_use]
    pub fn at_the_earliest(self) -> Self {
        let earliest = |to: Escalation| Escalation { from: to.earliest(), ..to };
        Self { escalation: self.escalation.map(earliest), ..self }
    }

    /// Both at once.
    fn and(self, other: Self) -> Self {
        let escalation = match (self.escalation, other.escalation) {
            (Some(one), Some(two)) if one.group == two.group => {
                let unreached_from = one.unreached_from.zip(two.unreached_from);
                let unreached_from = unreached_from.map(|(one, two)| one.max(two));
                Some(Escalation { from: one.from.max(two.from), unreached_from, ..one })
            }
            (Some(_) | None, Some(_) | None) => None,
        };
        let quorum = self.quorum.max(other.quorum);
        let reject_quorum = self.reject_quorum.min(other.reject_quorum);
        Self { quorum, reject_quorum, escalation, ..self }
    }
}

/// Merges requirements, in order of the groups' names. Per group the largest quorum, the fewest
/// rejections and the latest escalation hold; a further group may answer only where all say so.
///
/// Merging never weakens: whoever satisfies the result satisfies every requirement that went in.
#[must_use]
pub fn merge(requirements: impl IntoIterator<Item = Requirement>) -> Vec<Requirement> {
    let mut merged = BTreeMap::<Group, Requirement>::new();
    for mut new in requirements {
        new.quorum = new.quorum.max(1);
        new.reject_quorum = new.reject_quorum.max(1);
        let both = match merged.remove(&new.group) {
            Some(known) => known.and(new),
            None => new,
        };
        merged.insert(both.group.clone(), both);
    }
    merged.into_values().collect()
}

fn one() -> u32 {
    1
}

/// As serde asks it.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn is_one(count: &u32) -> bool {
    *count == one()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{House, at, need, who};

    fn escalating(group: &str, from: i64) -> Requirement {
        let escalation = Escalation::new(Group::parse(group).unwrap(), at(from));
        Requirement { escalation: Some(escalation), ..need("billing", 1) }
    }

    #[test]
    fn merging_takes_the_stricter_of_everything() {
        let two = Requirement { reject_quorum: 2, ..need("billing", 2) };
        let merged = merge([escalating("leads", 60), two.clone()]);
        assert_eq!(merged, [need("billing", 2)], "one rejection; nobody else may answer");
        assert_eq!(merge([two.clone(), escalating("leads", 60)]), [need("billing", 2)]);
        assert_eq!(merge([two.clone(), two.clone()]), [two]);
        let later = merge([escalating("leads", 60), escalating("leads", 90)]);
        assert_eq!(later, [escalating("leads", 90)]);
        let early = |mut need: Requirement, from| {
            need.escalation.as_mut().unwrap().unreached_from = Some(at(from));
            need
        };
        let both = merge([early(escalating("leads", 60), 0), early(escalating("leads", 90), 5)]);
        assert_eq!(both, [early(escalating("leads", 90), 5)]);
        let one = merge([early(escalating("leads", 60), 0), escalating("leads", 90)]);
        assert_eq!(one, [escalating("leads", 90)], "only where both say so");
        let other = merge([escalating("leads", 60), escalating("board", 60)]);
        assert_eq!(other, [need("billing", 1)]);
    }

    #[test]
    fn one_rejection_is_not_written_and_more_are() {
        let two = Requirement { reject_quorum: 2, ..need("billing", 1) };
        for (need, written) in [(need("billing", 1), None), (two, Some(2))] {
            let json = serde_json::to_value(&need).unwrap();
            assert_eq!(json.get("reject_quorum").and_then(serde_json::Value::as_u64), written);
            assert_eq!(serde_json::from_value::<Requirement>(json).unwrap(), need);
        }
    }

    #[test]
    fn the_earliest_is_never_later_than_planned() {
        let need = escalating("leads", 60);
        assert_eq!(need.clone().at_the_earliest(), need, "nothing says earlier");
        for (says, from) in [(0, 0), (90, 60)] {
            let mut need = need.clone();
            need.escalation.as_mut().unwrap().unreached_from = Some(at(says));
            assert_eq!(need.at_the_earliest().escalation.unwrap().from, at(from));
        }
    }

    #[test]
    fn a_further_group_answers_from_that_instant_on_and_takes_no_place_away() {
        let house = House::of(&[("ana", &["billing"]), ("lea", &["leads"]), ("out", &[])]);
        let need = escalating("leads", 60);
        let open = |name: &str, minute| need.is_open_to(&who(name), &house, at(minute));
        assert!(!open("lea", 59) && open("lea", 60));
        assert!(open("ana", 59) && open("ana", 61));
        assert!(!open("out", 61));
    }
}
