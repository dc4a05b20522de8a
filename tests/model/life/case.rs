//! What is asked of whom, and what may go wrong.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::future::Future;
use std::pin::pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use approval_core::assessment::{Answer, Assessment};
use approval_core::decision::Decision;
use approval_core::digest::Digest;
use approval_core::evidence::{Opened, Roster, Terms};
use approval_core::lifecycle::Ask;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group};
use approval_core::ports::{Mac, MacKey, Unavailable, VerifyMac};
use approval_core::request::ApprovalRequest;
use approval_core::requester::Person;
use approval_core::requirement::{Escalation, Requirement};
use approval_core::sealed::Sealed;
use approval_core::status::Status;
use approval_policy::Bundle;
use approval_testkit::sample;
use jiff::SignedDuration;

use super::record::{News, TICK, Tick};
use super::{Left, Life, Said, Workflow};

/// One configuration of the model.
#[derive(Clone, Debug)]
pub struct Case {
    /// Its name.
    pub name: &'static str,
    /// The request as it was opened.
    pub template: ApprovalRequest,
    /// What it carries, opened.
    pub opened: Opened,
    /// What policy answers, whenever it is asked.
    pub assessment: Assessment,
    /// How long people have from then on.
    pub within: Option<Tick>,
    /// The executor's own entry of the tool.
    pub terms: Terms,
    /// The people.
    pub house: House,
    /// How many executors may be at work at the same time.
    pub executors: usize,
    /// How many sweeps.
    pub relays: usize,
    /// Whether it is followed what is published.
    pub publishes: bool,
    /// What may happen from outside.
    pub left: Left,
    /// Decisions that were made before.
    pub decisions: Arc<Mutex<HashMap<Said, Decision>>>,
    /// How it may end, each of which must be reached.
    pub ends: &'static [Status],
}

/// The people, by place, and who belongs where.
#[derive(Clone, Debug)]
pub struct House {
    /// Everybody who might try to decide.
    pub names: Vec<&'static str>,
    /// Who belongs where.
    pub roster: Members,
}

/// Who belongs where.
#[derive(Clone, Debug)]
pub enum Members {
    /// By these lists, at any time.
    Listed(BTreeMap<&'static str, BTreeSet<&'static str>>),
    /// By a bundle.
    Of(Arc<Bundle>),
}

impl Roster for House {
    fn belongs(&self, who: &ApproverId, group: &Group, at: Moment) -> bool {
        match &self.roster {
            Members::Of(bundle) => bundle.roster().belongs(who, group, at),
            Members::Listed(groups) => {
                groups.get(group.as_str()).is_some_and(|members| members.contains(who.as_str()))
            }
        }
    }

    fn is_requester(&self, who: &ApproverId, person: &Person) -> bool {
        match &self.roster {
            Members::Of(bundle) => bundle.roster().is_requester(who, person),
            Members::Listed(_) => {
                matches!(person, Person::Claimed { name } if name == who.as_str())
            }
        }
    }
}

impl Case {
    /// A tool that is not idempotent, asked for on behalf of `mia`, allowed without a person.
    pub fn allowed(name: &'static str) -> Self {
        let entry = Digest::of(b"entry");
        let asked_at = Moment::parse("2026-11-22T10:00:00Z").expect("an instant");
        let arguments = serde_json::json!({});
        let mut action = sample::action("r1", "t___x", arguments, entry, asked_at);
        action.requester.person = Person::Claimed { name: "mia".to_owned() };
        let bytes = action.encode().expect("canonical");
        let (digest, lives) = (Digest::of(&bytes), SignedDuration::from_hours(24));
        let ask = Ask { action, digest, idempotent: false, lives, sealed: Sealed(Vec::new()) };
        let template = ApprovalRequest::open(ask, asked_at).expect("opened").request;
        let assessment = Assessment {
            answer: Answer::Allowed,
            decide_by: None,
            ..sample::asks(Vec::new(), asked_at)
        };
        Self {
            name,
            opened: Opened::read(&bytes, &template, sample::STACK).expect("the action"),
            template,
            assessment,
            within: None,
            terms: Terms { entry, target: "lambda:x".to_owned(), idempotent: false, reads: false },
            house: House { names: Vec::new(), roster: Members::Listed(BTreeMap::new()) },
            executors: 1,
            relays: 1,
            publishes: false,
            left: Left::default(),
            decisions: Arc::default(),
            ends: &[],
        }
    }

    /// The same, where as many of `people` must agree, or say no, within two instants.
    pub fn asking(
        name: &'static str,
        people: &[&'static str],
        quorum: u32,
        reject_quorum: u32,
    ) -> Self {
        let case = Self::allowed(name);
        let group = Group::parse("managers").expect("a group");
        let required = Requirement { reject_quorum, ..Requirement::new(group, quorum) };
        let assessment = sample::asks(vec![required], case.at(2));
        let members = BTreeMap::from([("managers", people.iter().copied().collect())]);
        // One who belongs nowhere tries as well.
        let names = people.iter().copied().chain(["out"]).collect();
        let house = House { names, roster: Members::Listed(members) };
        Self { assessment, within: Some(2), house, ..case }
    }

    /// The same, where `leads` may answer as well from the second instant on.
    pub fn escalating(mut self, leads: &[&'static str]) -> Self {
        let group = Group::parse("leads").expect("a group");
        let from = self.template.asked_at.plus(TICK);
        for required in &mut self.assessment.requirements {
            required.escalation = Some(Escalation::new(group.clone(), from));
        }
        if let Members::Listed(groups) = &mut self.house.roster {
            groups.insert("leads", leads.iter().copied().collect());
        }
        self.house.names.extend(leads);
        self
    }

    /// The same with an idempotent tool.
    pub fn idempotent(mut self) -> Self {
        self.template.idempotent = true;
        self.terms.idempotent = true;
        self
    }

    /// How it begins: the ask is stored, and nothing has been started.
    pub fn received(&self) -> Life {
        let news = News { count: u8::from(self.publishes), ..News::default() };
        Life {
            clock: 0,
            record: self.remember(&self.template, 0, news),
            decisions: Vec::new(),
            claim: None,
            frozen: false,
            workflow: Workflow::Missing,
            executors: Vec::new(),
            posts: Vec::new(),
            relays: Vec::new(),
            calls: 0,
            effects: 0,
            first_claim: None,
            ended: None,
            broken: None,
            left: self.left,
        }
    }
}

/// Finds every code genuine: forged ones are tried elsewhere.
#[derive(Debug)]
pub struct Genuine;

impl VerifyMac for Genuine {
    fn accepted(&self, _: MacKey) -> &[String] {
        &[]
    }

    async fn verify(&self, _: MacKey, _: &str, _: &[u8], _: &Mac) -> Result<bool, Unavailable> {
        Ok(true)
    }
}

/// The answer of something that does not wait.
pub fn at_once<T>(future: impl Future<Output = Result<T, Unavailable>>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(answer) => answer.expect("it is never unavailable"),
        Poll::Pending => panic!("it does not wait"),
    }
}
