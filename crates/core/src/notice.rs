//! The notice: what one approver was sent, and how their link stands.

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::name::{ApproverId, RequestId};
use crate::ports::Mac;
use crate::request::ApprovalRequest;
use crate::status::Status;

mod returned;

pub use returned::{Return, Returned, tagged, untagged};

/// How many wrong codes kill a link.
pub const MOST_MISSES: u32 = 5;
/// How long after a message that did not go out it is tried again; after each further one, twice
/// as long. So whoever could not be reached is, at the latest, when the fault has lasted twice.
pub const TRY_AGAIN_AFTER: SignedDuration = SignedDuration::from_secs(60);
/// The shortest time to decide that a reminder is sent in.
const LEAST_TO_REMIND: SignedDuration = SignedDuration::from_mins(10);
/// How long before the deadline people are reminded for the last time.
const LAST_CALL: SignedDuration = SignedDuration::from_mins(15);
/// For how long an end is news to those who were asked.
const IS_NEWS: SignedDuration = SignedDuration::from_hours(3 * 24);
/// The shortest time to decide in which that is more than the first reminder was.
const LEAST_FOR_LAST_CALL: SignedDuration = SignedDuration::from_hours(1);

/// Why somebody is written to.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Occasion {
    /// They are asked.
    Ask,
    /// They are asked because too few others have answered.
    Escalation,
    /// Their link was killed; this is the next one.
    FreshLink,
    /// They have not answered yet.
    Reminder,
    /// It has ended.
    Outcome,
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
    /// That it came back after all, where it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returned: Option<Returned>,
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
        self.deliveries.iter().any(|sent| sent.epoch == self.epoch && sent.reached())
    }

    /// What this person must be sent as of `now`; none when nothing is owed. Those who decided are
    /// not asked again, which is for the caller to know.
    #[must_use]
    pub fn owed(&self, request: &ApprovalRequest, now: Moment) -> Option<Occasion> {
        self.next(request, now).filter(|(_, from)| *from <= now).map(|(occasion, _)| occasion)
    }

    /// What this person must be sent next, by what is known at `now`, and from when on.
    fn next(&self, request: &ApprovalRequest, now: Moment) -> Option<(Occasion, Moment)> {
        if request.status.is_terminal() {
            return self.outcome(request);
        }
        let lost = self.is_unreachable() && !self.may_be_mailed(request);
        if self.locked || lost || request.status != Status::Pending {
            return None;
        }
        if !self.told() {
            let occasion = if self.reached() { Occasion::FreshLink } else { Occasion::Ask };
            let fresh = |sent: &Delivery| sent.occasion == Occasion::FreshLink;
            let same = |sent: &Delivery| fresh(sent) == (occasion == Occasion::FreshLink);
            let from = self.tries(same).unwrap_or(now);
            // An operator who has people reminded may have mended what was in the way.
            let untried = |at: &Moment| self.deliveries.iter().all(|sent| sent.at < *at);
            let ordered = request.remind_from.filter(untried);
            return Some((occasion, ordered.map_or(from, |at| from.min(at))));
        }
        // Whoever got something since then has been reminded by it.
        let due = request.reminders().filter(|at| *at <= now).max()?;
        let since = |sent: &Delivery| sent.at >= due;
        let reminded = self.deliveries.iter().any(|sent| since(sent) && sent.reached());
        (!reminded).then(|| (Occasion::Reminder, self.tries(since).unwrap_or(due)))
    }

    /// Whoever was asked is told how it ended, once, while that is news.
    fn outcome(&self, request: &ApprovalRequest) -> Option<(Occasion, Moment)> {
        let outcome = |sent: &Delivery| sent.occasion == Occasion::Outcome;
        let told = |sent: &Delivery| outcome(sent) && sent.reached();
        if !self.reached() || self.is_unreachable() || self.deliveries.iter().any(told) {
            return None;
        }
        let ended = request.ended_at.unwrap_or(request.changed_at);
        let from = self.tries(outcome).unwrap_or(ended);
        (from < ended.plus(IS_NEWS)).then_some((Occasion::Outcome, from))
    }

    /// When the person was last asked or reminded, as far as a channel can say.
    #[must_use]
    pub fn last_told(&self) -> Option<Moment> {
        self.deliveries.iter().filter(|sent| sent.reached()).map(|sent| sent.at).max()
    }

    /// Whether any message reached the person, as far as a channel can say.
    fn reached(&self) -> bool {
        self.deliveries.iter().any(Delivery::reached)
    }

    /// When a message with the link that counts is tried again; none where it never was.
    fn tries(&self, of: impl Fn(&Delivery) -> bool) -> Option<Moment> {
        let tried: Vec<_> =
            self.deliveries.iter().filter(|sent| sent.epoch == self.epoch && of(sent)).collect();
        let by = |channel| tried.iter().filter(|sent| sent.channel == channel).count();
        let before = by(Channel::Mail).max(by(Channel::Sns)).saturating_sub(1);
        let heard = |sent: &&Delivery| sent.returned.map_or(sent.at, |back| back.at);
        let last = tried.iter().map(heard).max()?;
        // Sixteen doublings of a minute are longer than any request lives.
        let doubled = 2_i32.saturating_pow(u32::try_from(before).unwrap_or(16).min(16));
        Some(last.plus(TRY_AGAIN_AFTER.saturating_mul(doubled)))
    }
}

impl ApprovalRequest {
    /// When those who have not answered are reminded: once half of their time has passed, shortly
    /// before it ends, and when an operator says so. Not by the clock where they have too little
    /// time for that to help.
    pub fn reminders(&self) -> impl Iterator<Item = Moment> {
        let given = self.decide_by.map(|by| (by, by.since(self.asked_at)));
        let half = given
            .filter(|(_, given)| *given >= LEAST_TO_REMIND)
            .and_then(|(_, given)| Some(self.asked_at.plus(given.checked_div(2)?)));
        let last = given
            .filter(|(_, given)| *given >= LEAST_FOR_LAST_CALL)
            .map(|(by, _)| by.plus(-LAST_CALL));
        half.into_iter().chain(last).chain(self.remind_from)
    }

    /// When further groups may answer as well.
    fn escalations(&self) -> impl Iterator<Item = Moment> {
        let requirements = self.assessment.iter().flat_map(|a| &a.requirements);
        requirements.filter_map(|one| one.escalation.as_ref().map(|to| to.from))
    }

    /// When people must next be written to, once all that is owed at `now` was tried.
    #[must_use]
    pub fn next_notice(&self, notices: &[Notice], now: Moment) -> Option<Moment> {
        let soon = now.plus(TRY_AGAIN_AFTER);
        let owed = notices.iter().filter_map(|notice| notice.next(self, now));
        let owed = owed.map(|(_, from)| if from <= now { soon } else { from });
        if self.status.is_terminal() {
            return owed.min();
        }
        let known = self.reminders().chain(self.escalations()).filter(|at| now < *at);
        owed.chain(known).min()
    }
}

#[cfg(test)]
mod tests;
