//! One audit record in words.

use approval_core::audit::{AuditKind, AuditRecord};

use crate::visible::visible;
use crate::words;

/// What changed, by whom and why; none for what went on beside it, such as mail.
#[must_use]
pub fn of(record: &AuditRecord) -> Option<String> {
    let AuditRecord { kind, from, to, .. } = record;
    let (who, note) = (who(record), note(record));
    let status = (*from != Some(*to)).then(|| words::status(*to));
    Some(match (kind, status) {
        (AuditKind::Approval, None) => format!("{who} approved"),
        (AuditKind::Approval, Some(status)) => format!("{status} ({who} approved last)"),
        (AuditKind::Rejection, None) => format!("{who} rejected"),
        (AuditKind::Rejection, Some(status)) => format!("{status} ({who} rejected)"),
        (AuditKind::Extended, _) => format!("{who} gave people more time{note}"),
        (AuditKind::RemindOrdered, _) => format!("{who} had people reminded{note}"),
        (AuditKind::ClaimedAgain, _) => format!("claimed again{note}"),
        (_, None) => return None,
        (_, Some(status)) if record.who.is_some() => format!("{status} (by {who}{note})"),
        (_, Some(status)) => format!("{status}{}", note.replacen(": ", "; ", 1)),
    })
}

/// What the record tells, whatever it is about.
#[must_use]
pub fn or_beside(record: &AuditRecord) -> String {
    let beside = || record.note.as_deref().map(visible);
    of(record).or_else(beside).unwrap_or_else(|| words::status(record.to).to_owned())
}

fn who(record: &AuditRecord) -> String {
    record.who.as_deref().map_or_else(|| "somebody".to_owned(), visible)
}

fn note(record: &AuditRecord) -> String {
    record.note.as_deref().map(|note| format!(": {}", visible(note))).unwrap_or_default()
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
    ) -> AuditRecord {
        let request = RequestId::parse("r-1").unwrap();
        let hash = AuditHead::start(&request).hash;
        AuditRecord {
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
        }
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
        for (record, line) in cases {
            assert_eq!(of(&record).as_deref(), Some(line));
            assert_eq!(or_beside(&record), line);
        }
        let asked = told(Asked, Some("ana"), Pending, Pending, Some("ana was \u{202e}asked"));
        assert_eq!(of(&asked), None);
        assert_eq!(or_beside(&asked), "ana was ⟦U+202E⟧asked");
    }
}
