//! What is frozen, and the forms that freeze and let go.

use approval_core::freeze::{Freeze, FreezeScope};
use approval_core::moment::Moment;
use approval_core::order::MOST_REASON;
use askama::Template;

use super::{Frame, Place, Shell};
use crate::time::minute;
use crate::visible::visible;

/// What was typed, where it is shown again, and what is wrong with it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Typed {
    /// `all`, `tool` or `agent`.
    pub kind: String,
    /// The tool or agent.
    pub name: String,
    /// The reason.
    pub reason: String,
    /// What is wrong.
    pub error: Option<String>,
}

struct Row {
    what: String,
    kind: &'static str,
    name: String,
    at: Moment,
    since: String,
    who: String,
    why: String,
}

#[derive(Template)]
#[template(path = "console/freezes.html")]
struct Html<'a> {
    frame: Frame<'a>,
    rows: Vec<Row>,
    typed: &'a Typed,
    most: usize,
}

/// Writes the screen.
#[must_use]
pub fn render(shell: &Shell, freezes: &[Freeze], typed: &Typed) -> String {
    let frame = Frame::new(shell, Place::Freezes);
    let rows = freezes.iter().map(row).collect();
    // INVARIANT: what the template writes to cannot fail.
    Html { frame, rows, typed, most: MOST_REASON }.render().unwrap_or_default()
}

/// The fields of a form bring the name back as it came: escaped for where it stands, and not
/// made visible.
fn row(freeze: &Freeze) -> Row {
    let (kind, name) = match &freeze.scope {
        FreezeScope::All => ("all", String::new()),
        FreezeScope::Tool(tool) => ("tool", tool.to_string()),
        FreezeScope::Agent(agent) => ("agent", agent.clone()),
    };
    let what = match &freeze.scope {
        FreezeScope::All => "everything".to_owned(),
        FreezeScope::Tool(tool) => format!("tool {tool}"),
        FreezeScope::Agent(agent) => format!("agent {}", visible(agent)),
    };
    Row {
        what,
        kind,
        name,
        at: freeze.at,
        since: minute(freeze.at),
        who: visible(&freeze.who),
        why: visible(&freeze.reason),
    }
}
