//! One audit record in one line, where it tells a change.

use approval_core::audit::AuditRecord;
use approval_views::change;

/// When, what, and who; none for what went on beside it, such as mail.
pub(super) fn line(record: &AuditRecord) -> Option<String> {
    change::of(record).map(|what| format!("{}  {what}", record.at))
}
