//! What has ended, each with its audit trail checked.

use approval_core::audit;
use approval_core::moment::Moment;
use approval_core::name::{RequestId, ToolName};
use approval_core::request::ApprovalRequest;
use approval_core::status::Status;
use askama::Template;

use super::{Frame, Link, Place, Shell};
use crate::time::minute;
use crate::visible::visible;
use crate::words;

/// One request that has ended.
#[derive(Clone, Debug)]
pub struct Ended {
    /// The request.
    pub request: ApprovalRequest,
    /// The action in one line, as it came.
    pub headline: Option<String>,
    /// Its audit trail; none where it cannot be read.
    pub trail: Option<Vec<audit::AuditRecord>>,
}

/// One that has ended, as far as the index tells: its record cannot be read.
#[derive(Clone, Debug)]
pub struct Unread {
    /// The request.
    pub id: RequestId,
    /// How it ended.
    pub status: Status,
    /// The tool.
    pub tool: ToolName,
}

struct Row {
    href: String,
    what: String,
    status: &'static str,
    ended: Option<(Moment, String)>,
    reason: Option<String>,
    holds: bool,
    trail: String,
}

#[derive(Template)]
#[template(path = "console/audit.html")]
struct Html<'a> {
    frame: Frame<'a>,
    rows: Vec<Row>,
    broken: usize,
    next: Option<&'a Link>,
}

/// Writes the screen: what cannot be read comes first.
#[must_use]
pub fn render(shell: &Shell, unread: &[Unread], ended: &[Ended], next: Option<&Link>) -> String {
    let rows: Vec<_> = unread.iter().map(unreadable).chain(ended.iter().map(row)).collect();
    let broken = rows.iter().filter(|row| !row.holds).count();
    let html = Html { frame: Frame::new(shell, Place::Audit), rows, broken, next };
    // INVARIANT: what the template writes to cannot fail.
    html.render().unwrap_or_default()
}

fn unreadable(Unread { id, status, tool }: &Unread) -> Row {
    Row {
        href: format!("/requests/{id}"),
        what: tool.to_string(),
        status: words::status(*status),
        ended: None,
        reason: None,
        holds: false,
        trail: "does not hold: the record cannot be read".to_owned(),
    }
}

fn row(Ended { request, headline, trail }: &Ended) -> Row {
    let checked = match trail {
        None => Err("a record of it cannot be read".to_owned()),
        Some(trail) => match audit::check(request, trail) {
            Ok(()) => Ok(format!("holds, {} records", trail.len())),
            Err(error) => Err(error.to_string()),
        },
    };
    let at = request.ended_at.unwrap_or(request.changed_at);
    Row {
        href: format!("/requests/{}", request.id),
        what: visible(headline.as_deref().unwrap_or(request.tool.as_str())),
        status: words::status(request.status),
        ended: Some((at, minute(at))),
        reason: request.reason.as_deref().map(visible),
        holds: checked.is_ok(),
        trail: checked.unwrap_or_else(|broken| format!("does not hold: {broken}")),
    }
}
