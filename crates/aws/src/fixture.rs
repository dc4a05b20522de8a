//! Records for tests.

use std::collections::HashMap;

use approval_core::action::{CanonicalAction, FORMAT};
use approval_core::assessment::{Answer, Assessment};
use approval_core::audit::{Actor, AuditRecord};
use approval_core::cause::Cause;
use approval_core::decision::{Decision, Verdict};
use approval_core::digest::Digest;
use approval_core::evidence::{Evidence, Opened, Roster, Terms, authorize};
use approval_core::lifecycle::{Ask, Recorded};
use approval_core::link::Link;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group, RequestId, RuleId, ToolName};
use approval_core::notice::{Channel, Delivery, Notice, Occasion};
use approval_core::permit::ExecutionPermit;
use approval_core::ports::Mac;
use approval_core::request::ApprovalRequest;
use approval_core::requester::{Caller, Person, Requester};
use approval_core::requirement::{Escalation, Requirement};
use approval_core::risk::RiskTier;
use approval_core::sealed::Sealed;
use approval_core::task::{Attempt, TaskToken, Wait};
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::SignedDuration;
use serde_json::{Value, json};

pub(crate) fn id() -> RequestId {
    RequestId::parse("r-1").unwrap()
}

pub(crate) fn now() -> Moment {
    Moment::parse("2026-11-22T10:00:00Z").unwrap()
}

fn action() -> CanonicalAction {
    CanonicalAction {
        format: FORMAT,
        stack: "staging".to_owned(),
        request: id(),
        nonce: "00".to_owned(),
        tool: ToolName::parse("billing___refund_order").unwrap(),
        arguments: json!({"order_id": "A-1042", "amount": 480.5}),
        requester: Requester {
            caller: Caller::Bedrock,
            agent: "support".to_owned(),
            person: Person::Verified {
                issuer: "https://idp".to_owned(),
                subject: "s-1".to_owned(),
            },
        },
        session: None,
        asked_at: now(),
        entry: Digest::of(b"entry"),
    }
}

pub(crate) fn opened() -> Recorded {
    let action = action();
    let ask = Ask {
        digest: action.digest().unwrap(),
        action,
        idempotent: true,
        lives: SignedDuration::from_hours(24),
        sealed: Sealed(vec![1, 2]),
    };
    ApprovalRequest::open(ask, now()).unwrap()
}

/// A request just received.
pub(crate) fn request() -> ApprovalRequest {
    opened().request
}

fn assessment(answer: Answer) -> Assessment {
    Assessment {
        answer,
        tier: RiskTier::Medium,
        rules: vec![RuleId::parse("refund-over-100").unwrap()],
        requirements: vec![Requirement {
            escalation: Some(Escalation {
                group: Group::parse("support-leads").unwrap(),
                from: now().plus(SignedDuration::from_hours(2)),
                unreached_from: Some(now()),
            }),
            ..Requirement::new(Group::parse("billing-managers").unwrap(), 1)
        }],
        decide_by: Some(now().plus(SignedDuration::from_hours(4))),
        reason: Some("Refund above 100.00".to_owned()),
        bundle: Digest::of(b"bundle"),
    }
}

/// A request with something in every field that can hold something.
pub(crate) fn full_request() -> ApprovalRequest {
    let assessed = request().assess(assessment(Answer::Pending), now()).unwrap();
    let token = TaskToken::new("token".to_owned());
    let wait = Wait::new(token, Attempt::default(), now());
    let waiting = assessed.request.waiting(wait, now());
    ApprovalRequest {
        run_by: Some(now()),
        claimed_until: Some(now()),
        display: Some(Sealed(vec![3])),
        result: Some(Sealed(vec![4, 5, 6])),
        ..waiting
    }
}

/// A request and its trail of two records.
pub(crate) fn trail() -> (ApprovalRequest, [AuditRecord; 2]) {
    let first = opened();
    let second = first
        .request
        .cancel(Actor::OperatorDesk, now(), Cause::OperatorCancelled, "asked twice")
        .unwrap();
    (second.request, [first.audit, second.audit])
}

pub(crate) fn decision(approver: &str) -> Decision {
    let link = Link {
        stack: "staging".to_owned(),
        key: "link".to_owned(),
        request: id(),
        approver: ApproverId::parse(approver).unwrap(),
        epoch: 1,
        digest: Digest::of(b"action"),
        hard_limit: now(),
    };
    Decision {
        link,
        link_mac: Mac(vec![1; 32]),
        verdict: Verdict::Approve,
        comment: "Order A-1042 is the right one".to_owned(),
        decided_at: now(),
        key: "decision".to_owned(),
        mac: Mac(vec![2; 32]),
    }
}

/// A notice with something in every field that can hold something.
pub(crate) fn notice(approver: &str) -> Notice {
    let sent = |message, failure| Delivery {
        occasion: Occasion::FreshLink,
        epoch: 1,
        channel: Channel::Mail,
        at: now(),
        message,
        failure,
        returned: None,
    };
    Notice {
        epoch: 1,
        key: "link".to_owned(),
        check: Some(Mac(vec![3; 32])),
        misses: 2,
        replaced: true,
        deliveries: vec![
            sent(None, Some("MessageRejected".to_owned())),
            sent(Some("id-1".to_owned()), None),
        ],
        ..Notice::new(id(), ApproverId::parse(approver).unwrap())
    }
}

struct Nobody;

impl Roster for Nobody {
    fn belongs(&self, _: &ApproverId, _: &Group, _: Moment) -> bool {
        false
    }

    fn is_requester(&self, _: &ApproverId, _: &Person) -> bool {
        false
    }
}

/// Leave to perform the action at that target.
pub(crate) fn permit(target: &str) -> ExecutionPermit {
    permit_of(target, true)
}

/// The same for a tool that is, or is not, idempotent.
pub(crate) fn permit_of(target: &str, idempotent: bool) -> ExecutionPermit {
    let request = request();
    let allowed = Assessment { requirements: Vec::new(), ..assessment(Answer::Allowed) };
    let evidence = Evidence {
        opened: Opened::read(&action().encode().unwrap(), &request, "staging").unwrap(),
        request: &request,
        decisions: Vec::new(),
        assessment: &allowed,
        terms: Terms {
            entry: Digest::of(b"entry"),
            target: target.to_owned(),
            idempotent,
            reads: false,
        },
        roster: &Nobody,
        now: now(),
    };
    authorize(evidence).unwrap()
}

/// An item as DynamoDB writes it in JSON.
pub(crate) fn wire(item: &HashMap<String, AttributeValue>) -> Value {
    let attributes = item.iter().map(|(name, value)| (name.clone(), attribute(value)));
    Value::Object(attributes.collect())
}

#[expect(clippy::wildcard_enum_match_arm, reason = "a foreign enum that may grow")]
fn attribute(value: &AttributeValue) -> Value {
    match value {
        AttributeValue::S(text) => json!({ "S": text }),
        AttributeValue::N(number) => json!({ "N": number }),
        AttributeValue::Bool(truth) => json!({ "BOOL": truth }),
        AttributeValue::Null(_) => json!({ "NULL": true }),
        AttributeValue::B(bytes) => json!({ "B": base64(bytes.as_ref()) }),
        AttributeValue::L(list) => json!({ "L": list.iter().map(attribute).collect::<Vec<_>>() }),
        AttributeValue::M(map) => json!({ "M": wire(map) }),
        other => panic!("no test writes {other:?}"),
    }
}

pub(crate) fn base64(bytes: &[u8]) -> String {
    let digits = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let triple = [0, 1, 2].map(|at| chunk.get(at).copied().unwrap_or_default());
        let [high, middle, low] = triple.map(usize::from);
        let bits = (high << 16) | (middle << 8) | low;
        for (at, shift) in [18, 12, 6, 0].into_iter().enumerate() {
            let digit = char::from(digits[(bits >> shift) & 63]);
            text.push(if at <= chunk.len() { digit } else { '=' });
        }
    }
    text
}
