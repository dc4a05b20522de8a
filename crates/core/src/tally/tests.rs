use proptest::prelude::*;

use super::*;
use crate::fixture::{House, at, houses, need, who};

fn voice(id: &str, verdict: Verdict, minute: i64) -> Voice {
    Voice { approver: who(id), verdict, at: at(minute) }
}

fn tally(house: &House, required: &[Requirement], voices: &[Voice]) -> Tally {
    let person = &Person::Claimed { name: "p0".to_owned() };
    Count { required, person, decide_by: Some(at(60)), roster: house }.of(voices)
}

#[test]
fn late_and_foreign_voices_neither_fill_nor_reject() {
    let house = House::of(&[("ana", &["billing"]), ("p0", &["billing"]), ("out", &["kitchen"])]);
    let needs = [need("billing", 1)];
    for id in ["p0", "out"] {
        for verdict in [Verdict::Approve, Verdict::Reject] {
            assert_eq!(tally(&house, &needs, &[voice(id, verdict, 1)]), Tally::Open, "{id}");
        }
    }
    for (minute, counts) in [(59, true), (60, false)] {
        let said = |verdict| tally(&house, &needs, &[voice("ana", verdict, minute)]);
        assert_eq!(said(Verdict::Approve) == Tally::Met, counts, "{minute}");
        assert_eq!(said(Verdict::Reject) == Tally::Rejected, counts, "{minute}");
    }
}

#[test]
fn without_a_deadline_no_voice_counts() {
    let house = House::of(&[("ana", &["billing"])]);
    let (required, person) = (&[need("billing", 1)][..], &Person::Unknown);
    let count = Count { required, person, decide_by: None, roster: &house };
    assert_eq!(count.of(&[voice("ana", Verdict::Approve, 1)]), Tally::Open);
}

type Scene = (House, Vec<Requirement>, Vec<Voice>);

fn scene() -> impl Strategy<Value = Scene> {
    let verdict = prop::bool::weighted(0.8);
    let said = prop::collection::vec((0_usize..7, verdict, 0_i64..70), 0..8);
    (houses(), said).prop_map(|((house, needs), said)| {
        let verdict = |yes| if yes { Verdict::Approve } else { Verdict::Reject };
        let said = said.into_iter();
        let voices = said.map(|(n, yes, minute)| voice(&format!("p{n}"), verdict(yes), minute));
        (house, needs, voices.collect())
    })
}

fn shuffled((house, needs, voices): Scene) -> impl Strategy<Value = (Scene, Vec<Voice>)> {
    let other = Just(voices.clone()).prop_shuffle();
    (Just((house, needs, voices)), other)
}

proptest! {
    #[test]
    fn proptest_any_order_of_arrival_adds_up_to_the_same(
        ((house, needs, voices), other) in scene().prop_flat_map(shuffled),
    ) {
        prop_assert_eq!(tally(&house, &needs, &voices), tally(&house, &needs, &other));
    }

    #[test]
    fn proptest_promise_5_saying_it_twice_changes_nothing((house, needs, voices) in scene()) {
        let twice: Vec<_> = voices.iter().chain(&voices).cloned().collect();
        prop_assert_eq!(tally(&house, &needs, &voices), tally(&house, &needs, &twice));
    }

    #[test]
    fn proptest_h04_one_rejection_that_counts_beats_any_others_wherever_it_stands(
        (mut house, needs, mut voices) in scene(),
        place in any::<prop::sample::Index>(),
    ) {
        house.0.insert(who("no"), [needs[0].group.clone()].into());
        voices.insert(place.index(voices.len().max(1)), voice("no", Verdict::Reject, 1));
        prop_assert_eq!(tally(&house, &needs, &voices), Tally::Rejected);
    }
}
