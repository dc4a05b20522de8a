//! Who was sent what, and how their links stand.

use approval_core::decision::Decision;
use approval_core::notice::{Channel, Delivery, Notice, Occasion, Return, Returned};

use crate::case::past;
use crate::time::minute;
use crate::visible::visible;

/// What one person was sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sent {
    /// The person.
    pub who: String,
    /// What they did, or how their link stands.
    pub stands: String,
    /// Whether nothing with the link that counts was taken by a channel.
    pub unreached: bool,
    /// One line for one attempt.
    pub tries: Vec<Try>,
}

/// One attempt to reach somebody.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Try {
    /// When.
    pub at: String,
    /// What for, and how.
    pub what: String,
    /// Why the channel did not take it, or how it came back.
    pub failure: Option<String>,
}

pub(super) fn of(notices: &[Notice], decisions: Option<&[Decision]>) -> Vec<Sent> {
    notices.iter().map(|notice| sent(notice, decisions.unwrap_or_default())).collect()
}

fn sent(notice: &Notice, decisions: &[Decision]) -> Sent {
    let decided = decisions.iter().find(|one| one.link.approver == notice.approver);
    let stands = match decided {
        Some(one) => format!("{} at {}", past(one.verdict), minute(one.decided_at)),
        None if notice.locked => "locked out by wrong codes".to_owned(),
        None if notice.misses > 0 => format!("wrong codes typed: {}", notice.misses),
        None if notice.replaced => "has a fresh link".to_owned(),
        None => "has not answered".to_owned(),
    };
    let unreached = decided.is_none() && !notice.told();
    let tries = notice.deliveries.iter().map(tried).collect();
    Sent { who: notice.approver.to_string(), stands, unreached, tries }
}

fn tried(delivery: &Delivery) -> Try {
    let occasion = match delivery.occasion {
        Occasion::Ask => "asked",
        Occasion::Escalation => "asked as well",
        Occasion::FreshLink => "sent a fresh link",
        Occasion::Reminder => "reminded",
        Occasion::Outcome => "told how it ended",
    };
    let channel = match delivery.channel {
        Channel::Mail => "by mail",
        Channel::Sns => "over SNS",
    };
    Try {
        at: minute(delivery.at),
        what: format!("{occasion} {channel}"),
        failure: delivery.failure.as_deref().map(not_taken).or(delivery.returned.map(came_back)),
    }
}

fn not_taken(why: &str) -> String {
    format!("not taken: {}", visible(why))
}

fn came_back(returned: Returned) -> String {
    let why = match returned.why {
        Return::Transient => "the address does not take mail for now",
        Return::Rejected => "the mail service did not send it after all",
        Return::Bounce => "the address does not take mail",
        Return::Complaint => "the person reported it as unwanted",
    };
    format!("came back at {}: {why}", minute(returned.at))
}
