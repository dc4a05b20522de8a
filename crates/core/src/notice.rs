//! The notice: what one approver was sent, and how their link stands.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::name::{ApproverId, RequestId};
use crate::ports::Mac;
use crate::request::ApprovalRequest;

/// How many wrong codes kill a link.
pub const MOST_MISSES: u32 = 5;
/// How often one message is tried.
pub const MOST_TRIES: usize = 5;
/// How long after a message that did not go out it is tried again.
pub const TRY_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// The shortest time to decide that a reminder is sent in.
const LEAST_TO_REMIND: SignedDuration = SignedDuration::from_mins(10);

/// Why somebody is written to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// They are asked.
    Ask,
    /// Their link was killed; this is the next one.
    FreshLink,
    /// They have not answered yet.
    Reminder,
}

/// The way a personal message took.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// Amazon SES.
    Mail,
    /// Amazon SNS, where the operator opted in.
    Sns,
}

/// One attempt to reach somebody.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Delivery {
    /// Why.
    pub occasion: Occasion,
    /// The epoch of the link inside.
    pub epoch: u32,
    /// How.
    pub channel: Channel,
    /// When.
    pub at: Moment,
    /// The channel's id of the message; none where it did not take it.
    pub message: Option<String>,
    /// The channel's error code, where it did not take it.
    pub failure: Option<String>,
}

/// What one approver was sent, and how their link stands.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The request.
    pub request: RequestId,
    /// The person.
    pub approver: ApproverId,
    /// The epoch of the one link that counts.
    pub epoch: u32,
    /// The link key that made it.
    pub key: String,
    /// The link key's code over link and match code; none until the link of this epoch is made.
    pub check: Option<Mac>,
    /// Wrong codes typed on this link.
    pub misses: u32,
    /// Whether a link was killed and replaced before: it is replaced once.
    pub replaced: bool,
    /// Whether no further link is made for this person.
    pub locked: bool,
    /// What was sent, or tried.
    pub deliveries: Vec<Delivery>,
}

impl Notice {
    /// The notice of somebody who was sent nothing yet.
    #[must_use]
    pub fn new(request: RequestId, approver: ApproverId) -> Self {
        let (epoch, misses, key, deliveries) = (0, 0, String::new(), Vec::new());
        let (check, replaced, locked) = (None, false, false);
        Self { request, approver, epoch, key, check, misses, replaced, locked, deliveries }
    }

    /// The notice with a link made under `key`. A link under another key is a new one, so the old
    /// one stops counting.
    #[must_use]
    pub fn prepared(&self, key: &str) -> Self {
        let changed = !self.key.is_empty() && self.key != key;
        let epoch = self.epoch.saturating_add(u32::from(changed));
        let misses = if changed { 0 } else { self.misses };
        Self { key: key.to_owned(), check: None, epoch, misses, ..self.clone() }
    }

    /// Whether its link can be mailed as it is.
    #[must_use]
    pub fn is_prepared(&self, key: &str) -> bool {
        self.key == key && self.check.is_some()
    }

    /// The notice after a wrong code. The fifth kills the link: the first time a fresh one is
    /// owed, the second time the person is locked out of this request.
    #[must_use]
    pub fn missed(&self) -> Self {
        let misses = self.misses.saturating_add(1);
        if misses < MOST_MISSES {
            return Self { misses, ..self.clone() };
        }
        Self {
            epoch: self.epoch.saturating_add(1),
            check: None,
            misses: 0,
            replaced: true,
            locked: self.replaced,
            ..self.clone()
        }
    }

    /// The notice with one more attempt to reach the person.
    #[must_use]
    pub fn with(&self, delivery: Delivery) -> Self {
        let mut notice = self.clone();
        notice.deliveries.push(delivery);
        notice
    }

    /// Whether the link that counts reached the person, as far as a channel can say.
    #[must_use]
    pub fn told(&self) -> bool {
        self.deliveries.iter().any(|sent| sent.epoch == self.epoch && sent.message.is_some())
    }

    /// What this person must be sent as of `now`; none when nothing is owed. Those who decided are
    /// sent nothing, which is for the caller to know.
    #[must_use]
    pub fn owed(&self, request: &ApprovalRequest, now: Moment) -> Option<Occasion> {
        if self.locked {
            return None;
        }
        if !self.told() {
            let reached = self.deliveries.iter().any(|sent| sent.message.is_some());
            let occasion = if reached { Occasion::FreshLink } else { Occasion::Ask };
            return (self.tries(|sent| sent.occasion == occasion) < MOST_TRIES).then_some(occasion);
        }
        // Whoever got something since half of the time had passed has been reminded by it.
        let due = request.remind_at().filter(|at| *at <= now)?;
        let since = |sent: &Delivery| sent.at >= due;
        let reminded = self.deliveries.iter().any(|sent| since(sent) && sent.message.is_some());
        (!reminded && self.tries(since) < MOST_TRIES).then_some(Occasion::Reminder)
    }

    /// How often a channel was tried with the link that counts.
    fn tries(&self, of: impl Fn(&Delivery) -> bool) -> usize {
        let by = |channel| {
            let same = |sent: &&Delivery| sent.epoch == self.epoch && sent.channel == channel;
            self.deliveries.iter().filter(same).filter(|sent| of(sent)).count()
        };
        by(Channel::Mail).max(by(Channel::Sns))
    }
}

impl ApprovalRequest {
    /// When those who have not answered are reminded: once half of their time has passed. None
    /// where they have too little time for that to help.
    #[must_use]
    pub fn remind_at(&self) -> Option<Moment> {
        let by = self.decide_by?;
        let half = by.since(self.asked_at).checked_div(2)?;
        (half.saturating_mul(2) >= LEAST_TO_REMIND).then(|| self.asked_at.plus(half))
    }

    /// When people must next be written to, once all that is owed at `now` was tried.
    #[must_use]
    pub fn next_notice(&self, notices: &[Notice], now: Moment) -> Option<Moment> {
        if notices.iter().any(|notice| notice.owed(self, now).is_some()) {
            return Some(now.plus(TRY_AGAIN_AFTER));
        }
        self.remind_at().filter(|at| now < *at)
    }
}

#[cfg(test)]
mod tests;
