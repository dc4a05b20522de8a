//! Samples, made as the real functions make them.

use approval_core::action::{CanonicalAction, FORMAT};
use approval_core::assessment::{Answer, Assessment};
use approval_core::decision::{Decision, Verdict};
use approval_core::digest::Digest;
use approval_core::lifecycle::Ask;
use approval_core::link::Link;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, RequestId, ToolName};
use approval_core::ports::{Mac, MacKey, Seal};
use approval_core::request::ApprovalRequest;
use approval_core::requester::{Caller, Person, Requester};
use approval_core::requirement::Requirement;
use approval_core::risk::RiskTier;
use approval_core::sealed::Part;
use jiff::SignedDuration;

use crate::memory::Memory;
use crate::sealing::{KEY_ID, mac};

/// The stack samples belong to.
pub const STACK: &str = "demo";

/// A canonical action of the tool.
#[must_use]
pub fn action(
    id: &str,
    tool: &str,
    arguments: serde_json::Value,
    entry: Digest,
    asked_at: Moment,
) -> CanonicalAction {
    CanonicalAction {
        format: FORMAT,
        stack: STACK.to_owned(),
        request: RequestId::parse(id).expect("an id"),
        nonce: "00".repeat(32),
        tool: ToolName::parse(tool).expect("a tool"),
        arguments,
        requester: Requester {
            caller: Caller::Bedrock,
            agent: "agent-1/alias-1".to_owned(),
            person: Person::Unknown,
        },
        session: Some("session-1".to_owned()),
        asked_at,
        entry,
    }
}

/// The request of an action, received and stored, with both parts sealed.
pub async fn received(world: &Memory, action: CanonicalAction, idempotent: bool) -> RequestId {
    let id = action.request.clone();
    let now = action.asked_at;
    let bytes = action.encode().expect("canonical");
    let ask = Ask {
        digest: Digest::of(&bytes),
        idempotent,
        lives: SignedDuration::from_hours(24 * 7),
        sealed: (&world).seal(Part::Action, &id, &bytes).await.expect("sealed"),
        action,
    };
    let mut recorded = ApprovalRequest::open(ask, now).expect("opened");
    let display = (&world).seal(Part::Display, &id, b"{}").await.expect("sealed");
    recorded.request.display = Some(display);
    let mut state = world.state();
    state.trails.insert(id.clone(), vec![recorded.audit]);
    state.requests.insert(id.clone(), recorded.request);
    id
}

/// An assessment that asks.
#[must_use]
pub fn asks(requirements: Vec<Requirement>, decide_by: Moment) -> Assessment {
    Assessment {
        answer: Answer::Pending,
        tier: RiskTier::Medium,
        rules: Vec::new(),
        requirements,
        decide_by: Some(decide_by),
        reason: None,
        bundle: Digest::of(b"bundle"),
    }
}

/// A genuine decision: a link by request-approval's key, answered through callback-handler's.
#[must_use]
pub fn decision(request: &ApprovalRequest, who: &str, verdict: Verdict, at: Moment) -> Decision {
    let link = Link {
        stack: STACK.to_owned(),
        key: KEY_ID.to_owned(),
        request: request.id.clone(),
        approver: ApproverId::parse(who).expect("an approver"),
        epoch: 0,
        digest: request.digest,
        hard_limit: request.hard_limit,
    };
    signed(link, verdict, at)
}

/// Signs a decision through a link with both keys.
#[must_use]
pub fn signed(link: Link, verdict: Verdict, decided_at: Moment) -> Decision {
    let link_mac = mac(MacKey::Link, &link.message().expect("canonical"));
    let mut decision = Decision {
        link,
        link_mac,
        verdict,
        comment: String::new(),
        decided_at,
        key: KEY_ID.to_owned(),
        mac: Mac(Vec::new()),
    };
    decision.mac = mac(MacKey::Decision, &decision.message().expect("canonical"));
    decision
}
