//! The handlers against the model: whatever is done in whatever order, and whichever call fails,
//! what is stored is what the model reaches by the same.
//!
//! # Layout
//!
//! - [`deeds`]: what is done, on the real handlers over memory
//! - [`oracle`]: what the model says may come of it

mod deeds;
mod oracle;

use std::cell::RefCell;
use std::sync::Arc;

use approval_core::audit;
use approval_core::status::Status;
use approval_policy::Bundle;
use countersign_tests::events;
use countersign_tests::world::{World, edited};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestError, TestRunner};
use serde_json::Value;

use self::deeds::{Deed, Fault, Scene};
use crate::life::promises;

/// How many stories are told where nobody says how many.
const STORIES: u32 = 40;

/// What one run went through.
#[derive(Default)]
struct Sum {
    stories: usize,
    deeds: usize,
    faults: usize,
    ends: std::collections::BTreeMap<&'static str, usize>,
}

fn deed() -> impl Strategy<Value = Deed> {
    let person = (0_usize..3, prop::bool::weighted(0.7));
    prop_oneof![
        3 => Just(Deed::Classify),
        3 => (0_u8..2).prop_map(Deed::Ask),
        8 => person.prop_map(|(who, approves)| Deed::Decide(who, approves)),
        9 => (0_u8..6).prop_map(Deed::Execute),
        8 => Just(Deed::Sweep),
        4 => Just(Deed::Tick),
        1 => Just(Deed::Withdraw),
        1 => Just(Deed::Stop),
        1 => Just(Deed::Extend),
        2 => any::<bool>().prop_map(Deed::Freeze),
        1 => Just(Deed::Resolve),
        1 => Just(Deed::Die),
    ]
}

/// How a story begins: as most do, or anywhere.
fn deeds() -> impl Strategy<Value = Vec<(Deed, Option<Fault>)>> {
    let asked = vec![Deed::Classify, Deed::Ask(0)];
    let all = (0..3).map(|who| Deed::Decide(who, true));
    let approved = asked.iter().copied().chain(all).collect();
    let begins = prop_oneof![1 => Just(Vec::new()), 2 => Just(asked), 2 => Just(approved)];
    let call = prop_oneof![3 => 0_usize..9, 1 => 0_usize..40];
    let fault = (any::<bool>(), call).prop_map(|(lost, call)| Fault { lost, call });
    let fault = prop::option::of(fault);
    let then = prop::collection::vec((deed(), fault), 1..16);
    (begins, then).prop_map(|(begins, then)| {
        begins.into_iter().map(|deed| (deed, None)).chain(then).collect()
    })
}

/// One story: after each deed what is stored is what the model reaches, and every promise holds;
/// in the end nothing is owed.
async fn tell(
    scene: &mut Scene,
    story: &[(Deed, Option<Fault>)],
    sum: &RefCell<Sum>,
) -> Result<(), String> {
    for (deed, fault) in story {
        let Some(hit) = scene.act(*deed, *fault).await else { continue };
        let (before, seen) = (scene.life.clone(), scene.seen());
        let may = oracle::after(&scene.case, &before, *deed, hit);
        let reached = may.iter().find(|life| oracle::alike(life, &seen));
        let Some(reached) = reached else {
            return Err(format!(
                "{deed:?} with {fault:?} (hit: {hit})\nbefore: {before:?}\nstored: {seen:?}\n\
                 the model reaches: {may:#?}"
            ));
        };
        scene.life = oracle::adopted(reached, &seen);
        if let Some(promise) = promises::broken(&scene.case, &scene.life) {
            return Err(format!("{promise} after {deed:?}: {:?}", scene.life));
        }
        scene.check_trail()?;
        let mut sum = sum.borrow_mut();
        sum.deeds += 1;
        sum.faults += usize::from(hit);
    }
    scene.finish().await?;
    let status = scene.world.request(&scene.id).status;
    *sum.borrow_mut().ends.entry(status.as_str()).or_default() += 1;
    sum.borrow_mut().stories += 1;
    Ok(())
}

fn agree(name: &str, policy: &Arc<Bundle>, event: &Value, names: [&'static str; 3]) {
    let stories = std::env::var("PROPTEST_CASES").ok().and_then(|text| text.parse().ok());
    let cases = stories.unwrap_or(STORIES);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let sum = RefCell::new(Sum::default());
    let told = TestRunner::new(config).run(&(deeds(), any::<bool>()), |(story, started)| {
        runtime.block_on(async {
            let mut scene = Scene::open(World::with(policy), event, &names, started).await;
            tell(&mut scene, &story, &sum).await.map_err(TestCaseError::fail)
        })
    });
    let Sum { stories, deeds, faults, ends } = &*sum.borrow();
    println!("{name}: {stories} stories, {deeds} deeds, {faults} faults, {ends:?}");
    if let Err(TestError::Fail(why, story)) = told {
        panic!("{why}\nin the story {story:?}");
    }
    told.unwrap();
}

#[test]
fn reftest_closing_an_account_is_done_once_as_in_the_model() {
    let policy = edited("accounts.cedar", "PT8H", "PT10M");
    let names = ["support-lead-1", "support-lead-2", "billing-manager-1"];
    agree("once", &policy, &events::cancellation(), names);
}

#[test]
fn reftest_a_refund_is_asked_again_with_the_same_key_as_in_the_model() {
    let policy = edited("refunds.cedar", "PT4H", "PT10M");
    let names = ["billing-manager-1", "billing-manager-2", "compliance-reviewer-1"];
    agree("again", &policy, &events::refund("O-1", "480.00"), names);
}

#[test]
fn reftest_a_refund_of_three_people_as_in_the_model() {
    let policy = edited("refunds.cedar", "PT4H", "PT10M");
    let names = ["billing-manager-1", "billing-manager-2", "compliance-reviewer-1"];
    agree("of three", &policy, &events::refund("O-1", "2500.00"), names);
}

#[test]
fn reftest_a_refund_that_nobody_is_asked_about_as_in_the_model() {
    let policy = edited("refunds.cedar", "PT4H", "PT10M");
    let names = ["billing-manager-1", "billing-manager-2", "compliance-reviewer-1"];
    agree("allowed", &policy, &events::refund("O-1", "80.00"), names);
}

impl Scene {
    /// The trail is whole, and what others were to be told before its pointer was told.
    fn check_trail(&self) -> Result<(), String> {
        let request = self.world.request(&self.id);
        let state = self.world.memory.state();
        let trail = &state.trails[&self.id];
        audit::check(&request, trail).map_err(|error| error.to_string())?;
        let told = |seq: u64| state.events.iter().any(|event| event.seq == seq);
        let owed = |seq: u64| request.publish_from.is_some_and(|from| seq >= from);
        let lost = trail.iter().find(|record| {
            let tells = !approval_core::event::EventType::of(record).is_empty();
            tells && !told(record.seq) && !owed(record.seq)
        });
        lost.map_or(Ok(()), |record| Err(format!("never published: {record:?}")))
    }

    /// Nothing fails any more: it comes to an end, and nothing is owed.
    async fn finish(&mut self) -> Result<(), String> {
        for _ in 0..30 {
            self.world.clock.advance(crate::life::record::TICK);
            self.world.sweep().await;
        }
        let request = self.world.request(&self.id);
        let over = request.status.is_terminal() || request.status == Status::InDoubt;
        let resumed = request.wait.as_ref().is_none_or(|wait| wait.resumed);
        if !over || !resumed || request.publish_from.is_some() || request.notify_at.is_some() {
            return Err(format!("in the end something is owed: {request:?}"));
        }
        self.check_trail()
    }
}
