//! The statuses and their one transition table.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Where a request stands. Listed in the order of a life.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Stored, not yet assessed.
    Received,
    /// Waits for people.
    Pending,
    /// May run without a person.
    Allowed,
    /// May run: the people asked agreed.
    Approved,
    /// Claimed; the target is being called.
    Executing,
    /// The target may or may not have done it; a person settles it.
    InDoubt,
    /// Done, once.
    Executed,
    /// Claimed, and certainly not done.
    Failed,
    /// Must not run.
    Refused,
    /// A person said no.
    Rejected,
    /// A deadline passed.
    Expired,
    /// Taken back.
    Cancelled,
}

/// What can happen to a request.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// Policy allows.
    Allow,
    /// Policy asks people.
    Ask,
    /// Policy, or the evidence check, refuses.
    Refuse,
    /// The people asked agreed.
    Approve,
    /// One of them said no.
    Reject,
    /// A deadline passed.
    Expire,
    /// The agent, an operator or a freeze took it back.
    Cancel,
    /// An executor claimed it.
    Claim,
    /// The target did it.
    Succeed,
    /// The target certainly did not do it.
    Fail,
    /// Nobody knows whether the target did it.
    Doubt,
}

/// This event cannot happen in this status.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("a request that is {status} cannot {event:?}")]
pub struct IllegalTransition {
    /// The status.
    pub status: Status,
    /// The event.
    pub event: Event,
}

impl Status {
    /// Every status.
    pub const ALL: [Self; 12] = [
        Self::Received,
        Self::Pending,
        Self::Allowed,
        Self::Approved,
        Self::Executing,
        Self::InDoubt,
        Self::Executed,
        Self::Failed,
        Self::Refused,
        Self::Rejected,
        Self::Expired,
        Self::Cancelled,
    ];

    /// The one transition table.
    ///
    /// ```
    /// # use approval_core::status::{Event, Status};
    /// assert_eq!(Status::Pending.next(Event::Approve), Ok(Status::Approved));
    /// assert!(Status::Rejected.next(Event::Approve).is_err());
    /// ```
    ///
    /// # Errors
    ///
    /// The event cannot happen in this status. Nothing can happen in a terminal one.
    pub fn next(self, event: Event) -> Result<Self, IllegalTransition> {
        let illegal = Err(IllegalTransition { status: self, event });
        match self {
            Self::Received => match event {
                Event::Allow => Ok(Self::Allowed),
                Event::Ask => Ok(Self::Pending),
                Event::Refuse => Ok(Self::Refused),
                Event::Expire => Ok(Self::Expired),
                Event::Cancel => Ok(Self::Cancelled),
                Event::Approve | Event::Reject | Event::Claim => illegal,
                Event::Succeed | Event::Fail | Event::Doubt => illegal,
            },
            Self::Pending => match event {
                Event::Approve => Ok(Self::Approved),
                Event::Reject => Ok(Self::Rejected),
                Event::Expire => Ok(Self::Expired),
                Event::Cancel => Ok(Self::Cancelled),
                Event::Allow | Event::Ask | Event::Refuse | Event::Claim => illegal,
                Event::Succeed | Event::Fail | Event::Doubt => illegal,
            },
            Self::Allowed | Self::Approved => match event {
                Event::Claim => Ok(Self::Executing),
                Event::Refuse => Ok(Self::Refused),
                Event::Expire => Ok(Self::Expired),
                Event::Cancel => Ok(Self::Cancelled),
                Event::Allow | Event::Ask | Event::Approve | Event::Reject => illegal,
                Event::Succeed | Event::Fail | Event::Doubt => illegal,
            },
            Self::Executing => match event {
                Event::Succeed => Ok(Self::Executed),
                Event::Fail => Ok(Self::Failed),
                Event::Doubt => Ok(Self::InDoubt),
                Event::Allow | Event::Ask | Event::Refuse | Event::Approve => illegal,
                Event::Reject | Event::Expire | Event::Cancel | Event::Claim => illegal,
            },
            Self::InDoubt => match event {
                Event::Succeed => Ok(Self::Executed),
                Event::Fail => Ok(Self::Failed),
                Event::Allow | Event::Ask | Event::Refuse | Event::Approve => illegal,
                Event::Reject | Event::Expire | Event::Cancel | Event::Claim => illegal,
                Event::Doubt => illegal,
            },
            Self::Executed | Self::Failed | Self::Refused => illegal,
            Self::Rejected | Self::Expired | Self::Cancelled => illegal,
        }
    }

    /// Whether nothing can change it any more.
    #[must_use]
    pub fn is_terminal(self) -> bool {
        match self {
            Self::Received | Self::Pending | Self::Allowed | Self::Approved => false,
            Self::Executing | Self::InDoubt => false,
            Self::Executed | Self::Failed | Self::Refused => true,
            Self::Rejected | Self::Expired | Self::Cancelled => true,
        }
    }

    /// The name in records, indexes and answers.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Received => "received",
            Self::Pending => "pending",
            Self::Allowed => "allowed",
            Self::Approved => "approved",
            Self::Executing => "executing",
            Self::InDoubt => "in_doubt",
            Self::Executed => "executed",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        }
    }
}

impl fmt::Display for Status {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EVENTS: [Event; 11] = [
        Event::Allow,
        Event::Ask,
        Event::Refuse,
        Event::Approve,
        Event::Reject,
        Event::Expire,
        Event::Cancel,
        Event::Claim,
        Event::Succeed,
        Event::Fail,
        Event::Doubt,
    ];

    #[test]
    fn the_table_has_exactly_these_transitions() {
        let reach = |from: Status| {
            let to = EVENTS.iter().filter_map(|e| from.next(*e).ok()).map(|to| to.to_string());
            to.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(reach(Status::Received), "allowed pending refused expired cancelled");
        assert_eq!(reach(Status::Pending), "approved rejected expired cancelled");
        assert_eq!(reach(Status::Allowed), "refused expired cancelled executing");
        assert_eq!(reach(Status::Approved), "refused expired cancelled executing");
        assert_eq!(reach(Status::Executing), "executed failed in_doubt");
        assert_eq!(reach(Status::InDoubt), "executed failed");
    }

    #[test]
    fn promise_2_terminal_statuses_never_change() {
        for status in Status::ALL.into_iter().filter(|s| s.is_terminal()) {
            for event in EVENTS {
                assert_eq!(status.next(event), Err(IllegalTransition { status, event }));
            }
        }
    }

    #[test]
    fn only_an_allowed_or_approved_request_can_be_claimed() {
        let claimable: Vec<_> =
            Status::ALL.into_iter().filter(|s| s.next(Event::Claim).is_ok()).collect();
        assert_eq!(claimable, [Status::Allowed, Status::Approved]);
    }
}
