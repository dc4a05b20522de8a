//! A house of approvers, and a request they are asked about.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use proptest::prelude::*;

use crate::action::{CanonicalAction, FORMAT};
use crate::assessment::{Answer, Assessment};
use crate::decision::{Decision, Verdict};
use crate::digest::Digest;
use crate::evidence::Roster;
use crate::lifecycle::{Ask, Recorded};
use crate::link::Link;
use crate::moment::Moment;
use crate::name::{ApproverId, Group, RequestId, ToolName};
use crate::ports::Mac;
use crate::request::ApprovalRequest;
use crate::requester::{Caller, Person, Requester};
use crate::requirement::Requirement;
use crate::risk::RiskTier;
use crate::sealed::Sealed;

/// So many minutes after the ask.
pub(crate) fn at(minutes: i64) -> Moment {
    Moment::parse("2026-11-22T10:00:00Z").unwrap().plus(SignedDuration::from_mins(minutes))
}

pub(crate) fn who(id: &str) -> ApproverId {
    ApproverId::parse(id).unwrap()
}

pub(crate) fn need(group: &str, quorum: u32) -> Requirement {
    Requirement::new(Group::parse(group).unwrap(), quorum)
}

/// Who belongs where, at any time.
#[derive(Clone, Debug, Default)]
pub(crate) struct House(pub(crate) BTreeMap<ApproverId, BTreeSet<Group>>);

impl House {
    pub(crate) fn of(people: &[(&str, &[&str])]) -> Self {
        let groups = |of: &[&str]| of.iter().map(|group| Group::parse(group).unwrap()).collect();
        Self(people.iter().map(|(id, of)| (who(id), groups(of))).collect())
    }
}

impl Roster for House {
    fn belongs(&self, who: &ApproverId, group: &Group, _: Moment) -> bool {
        self.0.get(who).is_some_and(|groups| groups.contains(group))
    }

    fn is_requester(&self, who: &ApproverId, person: &Person) -> bool {
        matches!(person, Person::Claimed { name } if name == who.as_str())
    }
}

/// The opening of a request that `mia` is said to stand behind.
pub(crate) fn opened() -> Recorded {
    let action = CanonicalAction {
        format: FORMAT,
        stack: "staging".to_owned(),
        request: RequestId::parse("r-1").unwrap(),
        nonce: "00".to_owned(),
        tool: ToolName::parse("billing___refund_order").unwrap(),
        arguments: serde_json::json!({"amount": 480}),
        requester: Requester {
            caller: Caller::Direct,
            agent: "support".to_owned(),
            person: Person::Claimed { name: "mia".to_owned() },
        },
        session: None,
        asked_at: at(0),
        entry: Digest::of(b"entry"),
    };
    let ask = Ask {
        digest: action.digest().unwrap(),
        action,
        idempotent: false,
        lives: SignedDuration::from_hours(24),
        sealed: Sealed(vec![1]),
    };
    ApprovalRequest::open(ask, at(0)).unwrap()
}

pub(crate) fn asks(requirements: &[Requirement]) -> Assessment {
    Assessment {
        answer: Answer::Pending,
        tier: RiskTier::Medium,
        rules: Vec::new(),
        requirements: requirements.to_vec(),
        decide_by: Some(at(240)),
        reason: None,
        bundle: Digest::of(b"bundle"),
    }
}

/// Asked at minute 0, to be decided before minute 240.
pub(crate) fn pending(requirements: &[Requirement]) -> ApprovalRequest {
    opened().request.assess(asks(requirements), at(0)).unwrap().request
}

pub(crate) fn says(
    request: &ApprovalRequest,
    id: &str,
    verdict: Verdict,
    decided_at: Moment,
) -> Decision {
    let link = Link {
        stack: "staging".to_owned(),
        key: "link".to_owned(),
        request: request.id.clone(),
        approver: who(id),
        epoch: 0,
        digest: request.digest,
        hard_limit: request.hard_limit,
    };
    Decision {
        link,
        link_mac: Mac(vec![1; 32]),
        verdict,
        comment: String::new(),
        decided_at,
        key: "decision".to_owned(),
        mac: Mac(vec![2; 32]),
    }
}

/// Up to six people in up to three groups, and what is required of these groups.
pub(crate) fn houses() -> impl Strategy<Value = (House, Vec<Requirement>)> {
    let groups = || prop::sample::select(vec!["g0", "g1", "g2"]);
    let people = prop::collection::vec(prop::collection::btree_set(groups(), 0..3), 0..6);
    let needs = prop::collection::btree_map(groups(), 1_u32..3, 1..3);
    (people, needs).prop_map(|(people, needs)| {
        let name = |at: usize| who(&format!("p{at}"));
        let parsed = |of: BTreeSet<&'static str>| of.into_iter().map(|g| Group::parse(g).unwrap());
        let people = people.into_iter().enumerate();
        let house = people.map(|(at, of)| (name(at), parsed(of).collect())).collect();
        (House(house), needs.into_iter().map(|(group, quorum)| need(group, quorum)).collect())
    })
}
