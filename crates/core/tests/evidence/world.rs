//! A request that people were asked about, and what its evidence carries.

use std::future::Future;
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use approval_core::assessment::Assessment;
use approval_core::decision::{Decision, Verdict};
use approval_core::digest::Digest;
use approval_core::evidence::{self, Evidence, Opened, Refusal, Roster, Terms};
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group};
use approval_core::permit::ExecutionPermit;
use approval_core::ports::Open;
use approval_core::request::ApprovalRequest;
use approval_core::requester::Person;
use approval_core::requirement::Requirement;
use approval_core::sealed::Part;
use approval_core::status::Status;
use approval_testkit::memory::Memory;
use approval_testkit::sample;
use jiff::SignedDuration;

/// Memory answers at once: a single poll is the whole run.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("memory does not wait"),
    }
}

/// `ana` and `bo` are billing managers, `cy` and `dee` review, `mia` is the requester and a manager, `old`
/// left the group.
pub(crate) struct House;

impl Roster for House {
    fn belongs(&self, who: &ApproverId, group: &Group, _: Moment) -> bool {
        let members: &[&str] = match group.as_str() {
            "billing" => &["ana", "bo", "mia", "both"],
            "compliance" => &["cy", "dee", "both"],
            _ => &[],
        };
        members.contains(&who.as_str())
    }

    fn is_requester(&self, who: &ApproverId, person: &Person) -> bool {
        matches!(person, Person::Claimed { name } if name == who.as_str())
    }
}

pub(crate) struct World {
    pub(crate) memory: Memory,
    pub(crate) request: ApprovalRequest,
    pub(crate) own: Assessment,
    pub(crate) entry: Digest,
    pub(crate) idempotent: bool,
    pub(crate) now: Moment,
}

pub(crate) fn need(group: &str, quorum: u32) -> Requirement {
    Requirement::new(Group::parse(group).unwrap(), quorum)
}

pub(crate) fn at(minutes: i64) -> Moment {
    Moment::parse("2026-11-22T10:00:00Z").unwrap().plus(SignedDuration::from_mins(minutes))
}

impl World {
    /// A refund of 480.00, asked at 10:00, to be decided by 14:00, approved by whoever says so.
    pub(crate) fn asking(requirements: &[Requirement]) -> Self {
        let memory = Memory::default();
        let entry = Digest::of(b"entry");
        let arguments = serde_json::json!({"amount": 480});
        let mut action = sample::action("r1", "billing___refund_order", arguments, entry, at(0));
        action.requester.person = Person::Claimed { name: "mia".into() };
        let id = now(sample::received(&memory, action, true));
        let own = sample::asks(requirements.to_vec(), at(240));
        let received = memory.state().requests[&id].clone();
        let mut request = received.assess(own.clone(), at(0)).unwrap().request;
        request.status = Status::Approved;
        request.run_by = Some(at(300));
        Self { memory, request, own, entry, idempotent: true, now: at(40) }
    }

    pub(crate) fn says(&self, who: &str, verdict: Verdict) -> Decision {
        sample::decision(&self.request, who, verdict, at(30))
    }

    pub(crate) fn approvals(&self, who: &[&str]) -> Vec<Decision> {
        who.iter().map(|who| self.says(who, Verdict::Approve)).collect()
    }

    pub(crate) fn weigh(&self, decisions: &[Decision]) -> Result<ExecutionPermit, Refusal> {
        let bytes = now((&self.memory).open(Part::Action, &self.request.id, &self.request.action))
            .unwrap()
            .ok_or(Refusal::Tampered)?;
        let opened = Opened::read(&bytes, &self.request, sample::STACK)?;
        let decisions = decisions
            .iter()
            .map(|decision| now(evidence::verify(decision, &opened, &&self.memory)).unwrap())
            .collect::<Result<Vec<_>, _>>()?;
        let terms = Terms {
            entry: self.entry,
            target: "lambda:billing".into(),
            idempotent: self.idempotent,
            reads: false,
        };
        evidence::authorize(Evidence {
            request: &self.request,
            opened,
            decisions,
            assessment: &self.own,
            terms,
            roster: &House,
            now: self.now,
        })
    }
}
