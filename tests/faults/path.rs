//! The paths a request takes, and where each may end.

use approval_core::status::Status;
use countersign_tests::events;
use serde_json::Value;

/// A story, told the same way each time.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Path {
    /// A small refund, which needs no person.
    Allowed,
    /// A refund that one person approves.
    Approved,
    /// A refund that one person rejects.
    Rejected,
    /// A refund that nobody decides in time.
    Expired,
    /// Closing an account, approved; its target cannot recognise a repeat.
    Once,
    /// The agent asks how a refund stands that was done.
    Status,
    /// The sweep looks for what is due.
    Sweep,
}

impl Path {
    pub const ALL: [Self; 7] = [
        Self::Allowed,
        Self::Approved,
        Self::Rejected,
        Self::Expired,
        Self::Once,
        Self::Status,
        Self::Sweep,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Allowed => "allowed",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Once => "once",
            Self::Status => "status",
            Self::Sweep => "sweep",
        }
    }

    /// The stack it is told on: on one of them people have little time.
    pub fn stack(self) -> &'static str {
        match self {
            Self::Allowed | Self::Approved | Self::Rejected | Self::Once | Self::Status => "faults",
            Self::Expired | Self::Sweep => "hurry",
        }
    }

    /// What sets a run apart: the order or account it is about.
    pub fn mark(self, number: usize) -> String {
        let kind = if self == Self::Once { "AC" } else { "F" };
        format!("{kind}-{number:05}")
    }

    /// What the agent asks for.
    pub fn event(self, mark: &str) -> Value {
        let event = match self {
            Self::Allowed | Self::Status => events::refund(mark, "80.00"),
            Self::Approved | Self::Rejected | Self::Expired | Self::Sweep => {
                events::refund(mark, "480.00")
            }
            Self::Once => {
                let arguments = [("account_id", mark), ("reason", "moved abroad")];
                events::function("support", "cancel_account", &arguments)
            }
        };
        events::in_session(event, mark)
    }

    /// Who answers, and what.
    pub fn answer(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::Approved => Some(("billing-manager-1", "approve")),
            Self::Rejected => Some(("billing-manager-1", "reject")),
            Self::Once => Some(("support-lead-1", "approve")),
            Self::Allowed | Self::Expired | Self::Status | Self::Sweep => None,
        }
    }

    /// Where it may end. Whatever one call does, what may be repeated is done; what may not is
    /// done, or nobody knows and a person is told.
    pub fn ends(self) -> &'static [Status] {
        match self {
            Self::Allowed | Self::Approved | Self::Status => &[Status::Executed],
            Self::Rejected => &[Status::Rejected],
            Self::Expired | Self::Sweep => &[Status::Expired],
            Self::Once => &[Status::Executed, Status::InDoubt],
        }
    }

    /// Whether this path's calls of a function are its own, and not told word for word on a path
    /// before.
    pub fn owns(self, function: &str) -> bool {
        match self {
            Self::Allowed | Self::Approved => true,
            Self::Rejected => ["callback-handler", "relay-outbox"].contains(&function),
            Self::Expired | Self::Sweep => function == "relay-outbox",
            Self::Once => ["execute-action", "billing", "relay-outbox"].contains(&function),
            Self::Status => function == "submit-action-bedrock",
        }
    }
}
