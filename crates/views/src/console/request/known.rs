//! The facts of a request, as far as they are known.

use approval_core::request::ApprovalRequest;

use crate::display::Display;
use crate::facts::{self, Fact, Setting};
use crate::time::minute;
use crate::words;

/// What approvers see, where the display part was opened; otherwise what the record tells.
pub(super) fn of(
    request: &ApprovalRequest,
    display: Option<&Display>,
    setting: &Setting<'_>,
) -> Vec<Fact> {
    if let Some(display) = display {
        return facts::of(request, display, setting);
    }
    let requester = &request.requester;
    let rules = request.assessment.as_ref().map(|assessment| &assessment.rules);
    let rules = rules.map(|all| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "));
    let facts = [
        ("On behalf of", Some(words::person(&requester.person))),
        ("Rules", rules.filter(|rules| !rules.is_empty())),
        ("Asked at", Some(minute(request.asked_at))),
        ("Decide before", request.decide_by.map(minute)),
    ];
    let known = |(name, value): (&str, Option<String>)| Some(facts::fact(name, &value?));
    let who = [facts::fact("Tool", request.tool.as_str()), facts::agent(requester)];
    who.into_iter().chain(facts.into_iter().filter_map(known)).collect()
}
