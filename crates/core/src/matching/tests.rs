use proptest::prelude::*;

use super::*;

fn group(name: &str) -> Group {
    Group::parse(name).unwrap()
}

fn need(name: &str, quorum: u32) -> Requirement {
    Requirement::new(group(name), quorum)
}

fn person(id: &str, groups: &[&str]) -> (ApproverId, BTreeSet<Group>) {
    (ApproverId::parse(id).unwrap(), groups.iter().map(|g| group(g)).collect())
}

#[test]
fn a_person_in_two_groups_fills_one_slot() {
    let needs = [need("billing", 1), need("compliance", 1)];
    assert!(!satisfied(&needs, &[person("ana", &["billing", "compliance"])]));
    assert!(satisfied(
        &needs,
        &[person("ana", &["billing", "compliance"]), person("bo", &["billing"])]
    ));
}

#[test]
fn people_are_moved_so_that_an_awkward_order_still_fits() {
    let needs = [need("billing", 2), need("compliance", 1)];
    let all = [
        person("a", &["billing", "compliance"]),
        person("b", &["billing"]),
        person("c", &["billing"]),
    ];
    assert!(satisfied(&needs, &all));
}

#[test]
fn h03_one_person_listed_twice_counts_once() {
    let twice = [person("ana", &["billing"]), person("ana", &["billing"])];
    assert!(!satisfied(&[need("billing", 2)], &twice));
}

#[test]
fn who_is_in_two_groups_fills_the_one_that_others_leave() {
    let needs = [need("billing", 1), need("compliance", 1)];
    let all = [person("ana", &["billing", "compliance"]), person("bo", &["billing"])];
    let filled = filled(&needs, &all);
    let said: Vec<_> = filled.iter().map(|(who, group)| format!("{who}: {group}")).collect();
    assert_eq!(said, ["ana: compliance", "bo: billing"]);
}

#[test]
fn nothing_required_is_satisfied_by_nobody() {
    assert!(satisfied(&[], &[]));
}

#[test]
fn an_absurd_quorum_is_refused_at_once() {
    assert!(!satisfied(&[need("billing", u32::MAX)], &[person("ana", &["billing"])]));
}

/// How many slots can be filled, trying every assignment of people to slots.
fn by_hand(slots: &[Group], people: &[(ApproverId, BTreeSet<Group>)]) -> usize {
    let Some((slot, rest)) = slots.split_first() else {
        return 0;
    };
    let takes = (0..people.len()).map(|at| {
        let mut others = people.to_vec();
        let (_, groups) = others.remove(at);
        if groups.contains(slot) { by_hand(rest, &others).saturating_add(1) } else { 0 }
    });
    takes.max().unwrap_or(0).max(by_hand(rest, people))
}

fn groups_of(who: &ApproverId, people: &[(ApproverId, BTreeSet<Group>)]) -> BTreeSet<Group> {
    people.iter().find(|(one, _)| one == who).unwrap().1.clone()
}

proptest! {
    #[test]
    fn proptest_agrees_with_trying_every_assignment(
        quorums in prop::collection::vec(0_u32..3, 3),
        members in prop::collection::vec(prop::collection::btree_set(0_usize..3, 0..3), 0..6),
    ) {
        let names = ["g0", "g1", "g2"];
        let needs: Vec<_> =
            quorums.iter().zip(names).filter(|(q, _)| **q > 0).map(|(q, g)| need(g, *q)).collect();
        let people: Vec<_> = members
            .iter()
            .enumerate()
            .map(|(n, of)| {
                let of: Vec<_> = of.iter().map(|g| names[*g]).collect();
                person(&format!("p{n}"), &of)
            })
            .collect();
        let slots: Vec<_> = needs
            .iter()
            .flat_map(|r| std::iter::repeat_n(r.group.clone(), r.quorum as usize))
            .collect();
        let (most, filled) = (by_hand(&slots, &people), filled(&needs, &people));
        prop_assert_eq!(satisfied(&needs, &people), most == slots.len());
        prop_assert_eq!(filled.len(), most, "as many as can be");
        for (who, group) in &filled {
            prop_assert!(groups_of(who, &people).contains(group), "{} fills {}", who, group);
        }
        for Requirement { group, quorum, .. } in &needs {
            let of_it = filled.values().filter(|one| *one == group).count();
            prop_assert!(of_it <= *quorum as usize, "no more than it needs");
        }
    }
}
