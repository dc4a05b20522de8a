//! Who fills which requirement, by the roster that is deployed.

use approval_core::decision::Decision;
use approval_core::evidence::Roster;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, Group};
use approval_core::notice::Notice;
use approval_core::request::ApprovalRequest;
use approval_core::requester::Person;
use approval_core::status::Status;
use approval_policy::describe::Described;
use approval_views::console::request::Roll;

/// The groups that are deployed.
struct Groups<'a>(&'a Described);

impl Roster for Groups<'_> {
    fn belongs(&self, who: &ApproverId, group: &Group, at: Moment) -> bool {
        self.0.groups.iter().any(|one| one.name == *group && one.has(who, at))
    }

    /// Nobody: whoever the agent acts for is not told here, and was never written to.
    fn is_requester(&self, _: &ApproverId, _: &Person) -> bool {
        false
    }
}

/// Who fills which requirement, and who else was asked for it and can answer, as of `now`. None once
/// nobody is asked any more: the roster may have changed since.
pub(super) fn of(
    rules: &Described,
    request: &ApprovalRequest,
    decisions: &[Decision],
    notices: &[Notice],
    now: Moment,
) -> Option<Roll> {
    if request.status != Status::Pending {
        return None;
    }
    let roster = Groups(rules);
    let silent = |who: &ApproverId| decisions.iter().all(|one| one.link.approver != *who);
    let can_answer = notices.iter().filter(|notice| notice.told() && !notice.locked);
    let waiting = || can_answer.clone().map(|notice| &notice.approver).filter(|who| silent(who));
    let requirements = request.assessment.iter().flat_map(|assessment| &assessment.requirements);
    let asked = requirements.map(|need| {
        let open = waiting().filter(|who| need.is_open_to(who, &roster, now));
        (need.group.clone(), open.cloned().collect())
    });
    Some(Roll { asked: asked.collect(), filled: request.filled(decisions, &roster) })
}
