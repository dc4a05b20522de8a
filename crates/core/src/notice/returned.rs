//! Mail that came back: what its service says later of a message it had taken.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::{Channel, Delivery, Notice};
use crate::moment::Moment;
use crate::name::{ApproverId, RequestId};
use crate::request::ApprovalRequest;

/// How many mails of one request may come back for now before none is tried any more.
const MOST_TRANSIENT: usize = 4;

/// Why a mail came back, the more final the later.
#[derive(Clone, Copy, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Return {
    /// The address does not take mail for now, or nobody can tell for how long.
    Transient,
    /// The mail service did not send it after all.
    Rejected,
    /// The address does not take mail, for good.
    Bounce,
    /// The person reported it as unwanted.
    Complaint,
}

/// That a mail came back.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Returned {
    /// Why.
    pub why: Return,
    /// When that was heard.
    pub at: Moment,
}

impl Return {
    /// Every way.
    pub const ALL: [Self; 4] = [Self::Transient, Self::Rejected, Self::Bounce, Self::Complaint];

    /// The word, as it is written.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Bounce => "bounce",
            Self::Transient => "transient",
            Self::Complaint => "complaint",
            Self::Rejected => "rejected",
        }
    }

    /// Whether another try may arrive.
    #[must_use]
    pub fn may_pass(self) -> bool {
        match self {
            Self::Transient => true,
            Self::Bounce | Self::Complaint | Self::Rejected => false,
        }
    }
}

impl Delivery {
    /// Whether the message reached the person, as far as a channel can say.
    #[must_use]
    pub fn reached(&self) -> bool {
        self.message.is_some() && self.returned.is_none()
    }
}

impl Notice {
    /// Whether a mail of that id was sent.
    #[must_use]
    pub fn knows(&self, message: &str) -> bool {
        let mut mails = self.deliveries.iter().filter(|sent| sent.channel == Channel::Mail);
        mails.any(|sent| sent.message.as_deref() == Some(message))
    }

    /// The notice after the mail of that id came back, and that mail; none where no such mail was
    /// sent, or it is known to have come back.
    ///
    /// # Security
    ///
    /// Whoever forges the mail service's word must know the id it gave a message, and can at most
    /// have that message count as undelivered: nobody is left out, and nothing is decided.
    #[must_use]
    pub fn returned(&self, message: &str, returned: Returned) -> Option<(Self, Delivery)> {
        let mut notice = self.clone();
        let sent = notice.deliveries.iter_mut().find(|sent| {
            sent.channel == Channel::Mail
                && sent.message.as_deref() == Some(message)
                // The most final word stands, so that a complaint is heard after all.
                && sent.returned.is_none_or(|known| known.why < returned.why)
        })?;
        sent.returned = Some(returned);
        let sent = sent.clone();
        Some((notice, sent))
    }

    /// Whether mail to the person may still arrive.
    #[must_use]
    pub fn is_mailable(&self) -> bool {
        self.came_back().count() < MOST_TRANSIENT && !self.is_refused()
    }

    /// Whether the address is known to take no mail, for good, and there is no other way. A mailbox
    /// that is full takes none for now, and what was rejected was the letter: whoever asks often
    /// enough can fill the one, and whoever writes what stands in it can bring about the other.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        let gone = |why| matches!(why, Return::Bounce | Return::Complaint);
        self.came_back().any(|returned| gone(returned.why)) && self.is_unreachable()
    }

    fn is_refused(&self) -> bool {
        self.came_back().any(|returned| !returned.why.may_pass())
    }

    /// What came back since a mail last arrived, which shows that mail does.
    fn came_back(&self) -> impl Iterator<Item = Returned> {
        let since = self.deliveries.iter().rev();
        let since = since.take_while(|sent| sent.channel != Channel::Mail || !sent.reached());
        since.filter_map(|sent| sent.returned)
    }

    /// Whether mail to the person is tried: it may arrive, or an operator has had people reminded
    /// since it came back, and may have mended the address. Never for those who complained.
    #[must_use]
    pub fn may_be_mailed(&self, request: &ApprovalRequest) -> bool {
        let complained = |sent: &Delivery| {
            sent.returned.is_some_and(|returned| returned.why == Return::Complaint)
        };
        let before = |at: Moment| {
            let heard = |sent: &Delivery| sent.returned.map_or(sent.at, |returned| returned.at);
            self.deliveries.iter().all(|sent| heard(sent) < at)
        };
        let mended = request.remind_from.is_some_and(before);
        self.is_mailable() || (mended && !self.deliveries.iter().any(complained))
    }

    /// Whether no message can reach the person any more: mail does not, and there is no other way.
    #[must_use]
    pub fn is_unreachable(&self) -> bool {
        let other = self.deliveries.iter().any(|sent| sent.channel == Channel::Sns);
        !self.is_mailable() && !other
    }
}

/// A name as a message tag, which takes letters, digits, `-` and `_` alone.
#[must_use]
pub fn tagged(name: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(name)
}

/// Whose mail it was, by its tags; none where they are not ours.
#[must_use]
pub fn untagged(request: &str, approver: &str) -> Option<(RequestId, ApproverId)> {
    let name = |tag| String::from_utf8(BASE64_URL_SAFE_NO_PAD.decode(tag).ok()?).ok();
    Some((RequestId::parse(&name(request)?).ok()?, ApproverId::parse(&name(approver)?).ok()?))
}

#[cfg(test)]
mod tests;
