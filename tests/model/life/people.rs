//! The approvers' door: it reads, then it writes, and somebody else may come between.

use approval_core::decision::{Decision, Verdict};
use approval_core::status::Status;
use approval_testkit::sample;

use super::{Case, Life, Said, Step};

/// How many answers may be on their way at the same time.
const MOST_AT_ONCE: usize = 2;

impl Case {
    pub(super) fn people_steps(&self, life: &Life, steps: &mut Vec<Step>) {
        if life.record.status != Status::Pending || life.posts.len() >= MOST_AT_ONCE {
            return;
        }
        for who in 0..self.house.names.len() {
            steps.push(Step::Post(who, true));
            steps.push(Step::Post(who, false));
        }
    }

    /// The decision as it is stored, made once.
    pub(super) fn decision(&self, said: &Said) -> Decision {
        let mut made = self.decisions.lock().expect("nobody panicked here");
        let make = || {
            let verdict = if said.approves { Verdict::Approve } else { Verdict::Reject };
            let who = &self.house.names[said.who];
            sample::decision(&self.template, who, verdict, self.at(said.at))
        };
        made.entry(*said).or_insert_with(make).clone()
    }

    /// Somebody answers: it is read, found right, and on its way to the store.
    pub(super) fn post(&self, life: &mut Life, who: usize, approves: bool) -> Option<()> {
        let said = Said { who, approves, at: life.clock };
        if life.frozen || life.posts.contains(&said) {
            return None;
        }
        self.recorded(life, &said)?;
        life.posts.push(said);
        Some(())
    }

    /// It is written, if what was read still holds. Otherwise the person looks again.
    pub(super) fn decide(&self, life: &mut Life, post: usize) -> Option<()> {
        if post >= life.posts.len() {
            return None;
        }
        let said = life.posts.remove(post);
        let decided = life.decisions.iter().any(|earlier| earlier.who == said.who);
        let late = life.record.decide_by.is_none_or(|by| said.at >= by);
        if !decided && !late && !life.frozen {
            let recorded = self.recorded(life, &said)?;
            self.commit(life, recorded);
            life.decisions.push(said);
        }
        Some(())
    }

    fn recorded(&self, life: &Life, said: &Said) -> Option<approval_core::lifecycle::Recorded> {
        let earlier: Vec<_> = life.decisions.iter().map(|said| self.decision(said)).collect();
        self.request(life).record(&self.decision(said), &earlier, &self.house).ok()
    }
}
