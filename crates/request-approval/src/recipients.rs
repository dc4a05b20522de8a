//! Who is to be asked: the members of the groups that are required, never the requester.

use std::collections::BTreeSet;

use approval_core::evidence::Roster;
use approval_core::moment::Moment;
use approval_core::name::ApproverId;
use approval_core::request::ApprovalRequest;
use approval_policy::Approvers;
use approval_views::case::Seat;

/// Each person once, in the order of their handles, whatever number of groups they are in.
pub(crate) fn of(
    request: &ApprovalRequest,
    roster: &Approvers,
    now: Moment,
) -> BTreeSet<ApproverId> {
    let required = request.assessment.iter().flat_map(|assessment| &assessment.requirements);
    required
        .flat_map(|requirement| roster.members(&requirement.group, now))
        .filter(|who| !roster.is_requester(who, &request.requester.person))
        .cloned()
        .collect()
}

/// The person by the name the roster has; their handle where they left it.
pub(crate) fn seat(roster: &Approvers, who: &ApproverId) -> Seat {
    let name = roster.person(who).map_or_else(|| who.to_string(), |person| person.name.clone());
    Seat { id: who.clone(), name }
}
