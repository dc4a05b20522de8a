//! What a write needs, and what it leaves. A write stands on the version it was read from: whoever
//! has read and not written when somebody else writes can only begin anew, so they are gone here.

use approval_core::audit::{AuditKind, AuditRecord};
use approval_core::event::EventType;
use approval_core::lifecycle::Recorded;
use approval_core::request::ApprovalRequest;

use super::record::News;
use super::{Case, Life, Phase, Relay};

impl Case {
    /// Writes a transition with its audit record.
    pub(super) fn commit(&self, life: &mut Life, recorded: Recorded) {
        let before = self.request(life);
        let Recorded { request, audit } = recorded;
        if let Some(rule) = misrecorded(&before, &request, &audit) {
            life.broken = life.broken.or(Some(rule));
        }
        let mut news = life.record.news.clone();
        if self.publishes {
            let place = 1 << audit.seq;
            news.telling |= if EventType::of(&audit).is_empty() { 0 } else { place };
        }
        self.write(life, &request, news);
    }

    /// Writes bookkeeping, which no audit record is made of.
    pub(super) fn touch(&self, life: &mut Life, request: &ApprovalRequest) {
        let before = self.request(life);
        let same = before.status == request.status
            && before.decide_by == request.decide_by
            && before.run_by == request.run_by
            && before.claimed_until == request.claimed_until
            && before.audit == request.audit;
        if !same {
            life.broken = life.broken.or(Some("a transition without an audit record"));
        }
        let news = life.record.news.clone();
        self.write(life, request, news);
    }

    fn write(&self, life: &mut Life, request: &ApprovalRequest, news: News) {
        if request.version != self.request(life).version + 1 {
            life.broken = life.broken.or(Some("a write that does not stand on the version before"));
        }
        let number = |count: u64| u8::try_from(count).expect("a short trail");
        let news = if self.publishes {
            let from = request.publish_from.map(number);
            News { count: number(request.audit.count), from, ..news }
        } else {
            News::default()
        };
        life.record = self.remember(request, life.clock, news);
        if request.status.is_terminal() {
            life.ended = life.ended.or(Some(request.status));
        }
        life.posts.clear();
        life.executors.retain(|executor| !matches!(executor.phase, Phase::Permitted { .. }));
        life.relays.retain(|relay| *relay != Relay::Resumed);
    }
}

/// The rule that this audit record breaks.
fn misrecorded(
    before: &ApprovalRequest,
    after: &ApprovalRequest,
    audit: &AuditRecord,
) -> Option<&'static str> {
    let of_a_status = before.status != after.status;
    let of_a_deadline =
        before.decide_by != after.decide_by || before.claimed_until != after.claimed_until;
    let follows = audit.from == Some(before.status)
        && audit.to == after.status
        && audit.seq == before.audit.count
        && audit.previous == before.audit.hash
        && after.audit.count == audit.seq + 1
        && after.audit.hash == audit.hash
        && audit.version == after.version
        && audit.expected_hash().is_ok_and(|hash| hash == audit.hash);
    let tells = match audit.kind {
        AuditKind::Transition => of_a_status,
        AuditKind::Extended | AuditKind::ClaimedAgain => of_a_deadline && !of_a_status,
        AuditKind::Approval | AuditKind::Rejection => true,
        _ => false,
    };
    if !follows {
        return Some("an audit record that does not follow from the one before");
    }
    (!tells).then_some("an audit record that tells another story")
}
