//! Who must agree: groups with a quorum each.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::name::Group;

/// A number of distinct people of one group who must approve.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Requirement {
    /// The group.
    pub group: Group,
    /// How many people of it, at least one.
    pub quorum: u32,
}

/// Merges requirements: per group the largest quorum, in order of the groups' names.
///
/// Merging never weakens: whoever satisfies the result satisfies every requirement that went in.
#[must_use]
pub fn merge(requirements: impl IntoIterator<Item = Requirement>) -> Vec<Requirement> {
    let mut largest = BTreeMap::<Group, u32>::new();
    for Requirement { group, quorum } in requirements {
        let most = largest.entry(group).or_default();
        *most = quorum.max(*most).max(1);
    }
    largest.into_iter().map(|(group, quorum)| Requirement { group, quorum }).collect()
}
