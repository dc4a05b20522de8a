//! What others are told of a request: events, read off the audit trail.

use serde::Serialize;

use crate::audit::{AuditKind, AuditRecord};
use crate::cause::Cause;
use crate::decision::Verdict;
use crate::digest::Digest;
use crate::moment::Moment;
use crate::name::{RequestId, RuleId, ToolName};
use crate::request::ApprovalRequest;
use crate::risk::RiskTier;
use crate::status::Status;

/// The form of [`Event`]. It rises when a field changes its meaning or goes.
pub const FORMAT: u32 = 1;

/// What happened, by the name that subscribers filter on.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum EventType {
    /// People are asked.
    ApprovalRequested,
    /// One person decided.
    DecisionRecorded,
    /// Somebody who had not answered was written to again.
    ReminderSent,
    /// The people asked agreed.
    Approved,
    /// People said no.
    Rejected,
    /// A deadline passed.
    Expired,
    /// It was taken back.
    Cancelled,
    /// Policy or the evidence check refuses it.
    Refused,
    /// It was done.
    Executed,
    /// It was not done.
    ExecutionFailed,
    /// Nobody knows whether it was done.
    InDoubt,
}

impl EventType {
    /// Every type.
    pub const ALL: [Self; 11] = [
        Self::ApprovalRequested,
        Self::DecisionRecorded,
        Self::ReminderSent,
        Self::Approved,
        Self::Rejected,
        Self::Expired,
        Self::Cancelled,
        Self::Refused,
        Self::Executed,
        Self::ExecutionFailed,
        Self::InDoubt,
    ];

    /// The `detail-type`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::ApprovalRequested => "Approval Requested",
            Self::DecisionRecorded => "Decision Recorded",
            Self::ReminderSent => "Reminder Sent",
            Self::Approved => "Approved",
            Self::Rejected => "Rejected",
            Self::Expired => "Expired",
            Self::Cancelled => "Cancelled",
            Self::Refused => "Refused",
            Self::Executed => "Executed",
            Self::ExecutionFailed => "Execution Failed",
            Self::InDoubt => "In Doubt",
        }
    }

    /// What one audit record tells others, in this order.
    #[must_use]
    pub fn of(record: &AuditRecord) -> Vec<Self> {
        let happened = match record.kind {
            AuditKind::Approval | AuditKind::Rejection => Some(Self::DecisionRecorded),
            AuditKind::Reminded => Some(Self::ReminderSent),
            AuditKind::Transition | AuditKind::Asked | AuditKind::Escalated => None,
            AuditKind::Relinked | AuditKind::Informed | AuditKind::Unreached => None,
            AuditKind::Returned | AuditKind::Hastened => None,
            AuditKind::Published | AuditKind::RemindOrdered => None,
            AuditKind::LinkKilled | AuditKind::ClaimedAgain | AuditKind::Extended => None,
        };
        let changed = if record.from == Some(record.to) { None } else { Self::reached(record.to) };
        happened.into_iter().chain(changed).collect()
    }

    /// What tells others that a request ended there; none where that is no end.
    #[must_use]
    pub fn ending(status: Status) -> Option<Self> {
        Self::reached(status).filter(|_| status.is_terminal())
    }

    fn reached(status: Status) -> Option<Self> {
        match status {
            Status::Received | Status::Allowed | Status::Executing => None,
            Status::Pending => Some(Self::ApprovalRequested),
            Status::Approved => Some(Self::Approved),
            Status::InDoubt => Some(Self::InDoubt),
            Status::Executed => Some(Self::Executed),
            Status::Failed => Some(Self::ExecutionFailed),
            Status::Refused => Some(Self::Refused),
            Status::Rejected => Some(Self::Rejected),
            Status::Expired => Some(Self::Expired),
            Status::Cancelled => Some(Self::Cancelled),
        }
    }
}

/// One event.
///
/// # Security
///
/// Whoever may subscribe to the bus reads it, so there is no argument, headline, comment or
/// note in it, and nothing that opens anything.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Event {
    /// The `detail-type`.
    #[serde(skip)]
    pub kind: EventType,
    /// The form of this, [`FORMAT`].
    pub format: u32,
    /// The stack.
    pub stack: String,
    /// The request.
    pub request: RequestId,
    /// Which audit record of the request tells it. Events come in any order, and may come again:
    /// type, request and this number are the same then.
    pub seq: u64,
    /// When it happened.
    pub at: Moment,
    /// Where the request stood from then on.
    pub status: Status,
    /// The tool.
    pub tool: ToolName,
    /// The agent that asked.
    pub agent: String,
    /// The action digest.
    pub digest: Digest,
    /// The risk tier, once it was assessed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tier: Option<RiskTier>,
    /// The rules that led there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleId>,
    /// Until when people may decide, while they may.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decide_by: Option<Moment>,
    /// The approver it is about, or the operator who did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub who: Option<String>,
    /// What the approver said.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub verdict: Option<Verdict>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Cause>,
}

impl Event {
    /// What one audit record of a request tells others.
    #[must_use]
    pub fn of(record: &AuditRecord, request: &ApprovalRequest, stack: &str) -> Vec<Self> {
        let assessment = request.assessment.as_ref();
        let said =
            if record.kind == AuditKind::Approval { Verdict::Approve } else { Verdict::Reject };
        let event = |kind| Self {
            kind,
            format: FORMAT,
            stack: stack.to_owned(),
            request: record.request.clone(),
            seq: record.seq,
            at: record.at,
            status: record.to,
            tool: request.tool.clone(),
            agent: request.requester.agent.clone(),
            digest: record.digest,
            tier: assessment.map(|a| a.tier),
            rules: assessment.map(|a| a.rules.clone()).unwrap_or_default(),
            decide_by: request.decide_by.filter(|_| record.to == Status::Pending),
            who: record.who.clone(),
            verdict: (kind == EventType::DecisionRecorded).then_some(said),
            cause: record.cause,
        };
        EventType::of(record).into_iter().map(event).collect()
    }
}

impl ApprovalRequest {
    /// Notes that what the trail held before audit record `through` was published, but for what
    /// is told from `left` on. No change of status, so no audit record.
    #[must_use]
    pub fn announced(&self, left: Option<u64>, through: u64, now: Moment) -> Self {
        let newer = (self.audit.count > through).then_some(through);
        Self { publish_from: left.or(newer), ..self.touched(now) }
    }
}

#[cfg(test)]
mod tests;
