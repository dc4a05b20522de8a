//! Who is to be asked: the members of the groups that are required, and of those further groups
//! whose time has come; never the requester.

use std::collections::BTreeSet;

use approval_core::evidence::Roster;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group};
use approval_core::request::ApprovalRequest;
use approval_core::requirement::Escalation;
use approval_policy::Approvers;
use approval_views::case::Seat;

/// Each person once, in the order of their handles, whatever number of groups they are in.
pub(crate) fn of(
    request: &ApprovalRequest,
    roster: &Approvers,
    now: Moment,
) -> BTreeSet<ApproverId> {
    let required = request.assessment.iter().flat_map(|assessment| &assessment.requirements);
    let escalated = |to: &&Escalation| to.from <= now;
    required
        .flat_map(|one| {
            let further = one.escalation.iter().filter(escalated).map(|to| &to.group);
            further.chain([&one.group])
        })
        .flat_map(|group| roster.members(group, now))
        .filter(|who| !roster.is_requester(who, &request.requester.person))
        .cloned()
        .collect()
}

/// Whether the person is asked only because too few others have answered.
pub(crate) fn is_further(
    request: &ApprovalRequest,
    roster: &Approvers,
    who: &ApproverId,
    now: Moment,
) -> bool {
    let mut required = request.assessment.iter().flat_map(|assessment| &assessment.requirements);
    !required.any(|one| roster.belongs(who, &one.group, now))
}

/// The groups whose members are all among those that no message can reach any more.
pub(crate) fn unreached(
    request: &ApprovalRequest,
    roster: &Approvers,
    gone: &BTreeSet<ApproverId>,
    now: Moment,
) -> BTreeSet<Group> {
    let required = request.assessment.iter().flat_map(|assessment| &assessment.requirements);
    let person = &request.requester.person;
    let left = |group: &Group| {
        let mut members = roster.members(group, now).into_iter();
        members.any(|who| !roster.is_requester(who, person) && !gone.contains(who))
    };
    required.map(|one| &one.group).filter(|group| !left(group)).cloned().collect()
}

/// The person by the name and the clock the roster has; their handle where they left it.
pub(crate) fn seat(roster: &Approvers, who: &ApproverId) -> Seat {
    let person = roster.person(who);
    let name = person.map_or_else(|| who.to_string(), |person| person.name.clone());
    Seat { id: who.clone(), name, zone: person.and_then(|person| person.time_zone.clone()) }
}
