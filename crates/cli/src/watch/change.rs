//! One audit record in one line, where it tells a change.

use approval_core::audit::{AuditKind, AuditRecord};
use approval_views::{visible, words};

/// When, what, and who; none for what went on beside it, such as mail.
pub(super) fn line(record: &AuditRecord) -> Option<String> {
    let AuditRecord { at, kind, who, from, to, note, .. } = record;
    let who = who.as_deref().map(visible);
    let who = who.as_deref().unwrap_or("somebody");
    let note = note.as_deref().map(|note| format!(": {}", visible(note))).unwrap_or_default();
    let status = (*from != Some(*to)).then(|| words::status(*to));
    let what = match (kind, status) {
        (AuditKind::Approval, None) => format!("{who} approved"),
        (AuditKind::Approval, Some(status)) => format!("{status} ({who} approved last)"),
        (AuditKind::Rejection, None) => format!("{who} rejected"),
        (AuditKind::Rejection, Some(status)) => format!("{status} ({who} rejected)"),
        (AuditKind::Extended, _) => format!("{who} gave people more time{note}"),
        (AuditKind::ClaimedAgain, _) => format!("claimed again{note}"),
        (_, None) => return None,
        (_, Some(status)) if record.who.is_some() => format!("{status} (by {who}{note})"),
        (_, Some(status)) => format!("{status}{}", note.replacen(": ", "; ", 1)),
    };
    Some(format!("{at}  {what}"))
}

#[cfg(test)]
mod tests {
    use approval_core::audit::{Actor, AuditHead};
    use approval_core::digest::Digest;
    use approval_core::moment::Moment;
    use approval_core::name::RequestId;
    use approval_core::status::Status::{self, Approved, Cancelled, Expired, Pending, Received};

    use super::*;

    fn told(
        kind: AuditKind,
        who: Option<&str>,
        from: Status,
        to: Status,
        note: Option<&str>,
    ) -> Option<String> {
        let request = RequestId::parse("r-1").unwrap();
        let hash = AuditHead::start(&request).hash;
        let record = AuditRecord {
            request,
            seq: 1,
            version: 1,
            at: Moment::parse("2026-11-22T10:00:00Z").unwrap(),
            actor: Actor::OperatorDesk,
            kind,
            who: who.map(str::to_owned),
            from: Some(from),
            to,
            digest: Digest::of(b""),
            cause: None,
            note: note.map(str::to_owned),
            previous: hash,
            hash,
        };
        line(&record).map(|line| line.trim_start_matches("2026-11-22T10:00:00.000Z  ").to_owned())
    }

    #[test]
    fn a_change_says_what_who_and_why() {
        use AuditKind::{Approval, Asked, Extended, Rejection, Transition};
        let cases = [
            (
                told(Transition, None, Received, Pending, None),
                "pending: waits for people to decide",
            ),
            (told(Approval, Some("ana"), Pending, Pending, Some("ana approved")), "ana approved"),
            (
                told(Approval, Some("ben"), Pending, Approved, Some("ben approved")),
                "approved: may run, the people asked agreed (ben approved last)",
            ),
            (told(Rejection, Some("ben"), Pending, Pending, None), "ben rejected"),
            (
                told(Extended, Some("arn:op"), Pending, Pending, Some("to 2026: \u{202e}late")),
                "arn:op gave people more time: to 2026: ⟦U+202E⟧late",
            ),
            (
                told(Transition, Some("arn:op"), Pending, Cancelled, Some("asked twice")),
                "cancelled: taken back, nothing was done (by arn:op: asked twice)",
            ),
            (
                told(Transition, None, Pending, Expired, Some("nobody decided in time")),
                "expired: a deadline passed, nothing was done; nobody decided in time",
            ),
        ];
        for (told, line) in cases {
            assert_eq!(told.as_deref(), Some(line));
        }
        assert_eq!(told(Asked, Some("ana"), Pending, Pending, Some("mailed")), None);
    }
}
