//! What must hold in every state of every case.

use std::collections::BTreeSet;

use approval_core::decision::Verdict;
use approval_core::evidence::Roster;
use approval_core::name::ApproverId;
use approval_core::requirement::Requirement;
use approval_core::status::Status;
use stateright::{Model, Property};

use super::{Case, Life, Said, Step};

impl Model for Case {
    type State = Life;
    type Action = Step;

    fn init_states(&self) -> Vec<Life> {
        vec![self.received()]
    }

    fn actions(&self, life: &Life, steps: &mut Vec<Step>) {
        self.steps(life, steps);
    }

    fn next_state(&self, life: &Life, step: Step) -> Option<Life> {
        self.step(life, step)
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut all = vec![
            Property::always(
                "promise_1_nothing_is_approved_or_runs_that_too_few_agreed_to",
                promise_1,
            ),
            Property::always("promise_2_what_ended_stays_as_it_ended", promise_2),
            Property::always("promise_3_what_cannot_be_repeated_is_called_once", promise_3),
            Property::always("promise_3_what_is_recorded_is_what_happened", recorded_truly),
            Property::always("promise_4_in_the_end_nothing_is_owed", promise_4),
            Property::always("promise_4_nothing_published_is_lost", nothing_lost),
            Property::always("promise_5_each_counts_once_and_the_requester_never", promise_5),
            Property::always("promise_6_nobody_is_late", promise_6),
            Property::always("promise_8_one_record_for_each_transition", promise_8),
        ];
        // Nobody is in doubt where nothing goes wrong.
        let ends = self.ends.iter().filter(|end| self.left.faults > 0 || **end != Status::InDoubt);
        all.extend(ends.filter_map(|end| reached(*end)));
        all
    }
}

/// Whether one of them holds in a state.
type Promise = fn(&Case, &Life) -> bool;

/// The first promise about a single state that this one breaks.
pub fn broken(case: &Case, life: &Life) -> Option<&'static str> {
    let promises: [(_, Promise); 7] = [
        ("promise_1", promise_1),
        ("promise_2", promise_2),
        ("promise_3", promise_3),
        ("what is recorded is what happened", recorded_truly),
        ("promise_5", promise_5),
        ("promise_6", promise_6),
        ("promise_8", promise_8),
    ];
    promises.into_iter().find(|(_, holds)| !holds(case, life)).map(|(name, _)| name)
}

/// Counted without the core: enough distinct people, of the right group, in time, said yes, and
/// too few said no.
fn promise_1(case: &Case, life: &Life) -> bool {
    let asked = &case.assessment.requirements;
    let people = |required: &Requirement, approves: bool| {
        let open = |said: &&Said| {
            let who = ApproverId::parse(case.house.names[said.who]).expect("a name");
            let (escalation, at) = (&required.escalation, case.at(said.at));
            let further = escalation.as_ref().filter(|further| at >= further.from);
            said.approves == approves
                && life.record.decide_by.is_some_and(|by| said.at < by)
                && !case.house.is_requester(&who, &case.template.requester.person)
                && (case.house.belongs(&who, &required.group, at)
                    || further.is_some_and(|to| case.house.belongs(&who, &to.group, at)))
        };
        let those: BTreeSet<_> = life.decisions.iter().filter(open).map(|said| said.who).collect();
        those.len() as u64
    };
    let filled = asked.iter().all(|required| {
        people(required, true) >= u64::from(required.quorum)
            && people(required, false) < u64::from(required.reject_quorum)
    });
    let let_through = life.calls > 0 || life.record.status == Status::Approved;
    !let_through || filled
}

fn promise_2(_: &Case, life: &Life) -> bool {
    life.ended.is_none_or(|ended| life.record.status == ended)
}

fn promise_3(case: &Case, life: &Life) -> bool {
    case.terms.idempotent || (life.calls <= 1 && life.effects <= 1)
}

fn recorded_truly(_: &Case, life: &Life) -> bool {
    match life.record.status {
        Status::Executed => life.effects > 0,
        Status::Executing | Status::InDoubt => true,
        _ => life.effects == 0,
    }
}

/// Where nothing happens any more by itself, all is over: nothing waits, nobody is untold, and
/// what people decided was acted on or ended without them.
fn promise_4(case: &Case, life: &Life) -> bool {
    let mut steps = Vec::new();
    case.owed_steps(life, &mut steps);
    if steps.into_iter().any(|step| case.step(life, step).is_some()) {
        return true;
    }
    let over = life.record.status.is_terminal() || life.record.status == Status::InDoubt;
    let resumed = life.record.wait.is_none_or(|(_, resumed)| resumed);
    let published = life.record.news.telling & !life.record.news.published == 0;
    over && resumed && published && !life.record.tells && !life.workflow.runs()
}

fn nothing_lost(_: &Case, life: &Life) -> bool {
    !life.record.news.lost()
}

fn promise_5(case: &Case, life: &Life) -> bool {
    let people: BTreeSet<_> = life.decisions.iter().map(|said| said.who).collect();
    let strangers = ["mia", "out"];
    people.len() == life.decisions.len()
        && people.iter().all(|who| !strangers.contains(&case.house.names[*who]))
}

fn promise_6(case: &Case, life: &Life) -> bool {
    let in_time = |said: &Said| life.record.decide_by.is_some_and(|by| said.at < by);
    let claimed = life.first_claim.is_none_or(|at| life.record.run_by.is_some_and(|by| at < by));
    let ended = match life.record.status {
        Status::Rejected | Status::Cancelled | Status::Expired | Status::Refused => {
            life.calls == 0 && life.first_claim.is_none()
        }
        _ => true,
    };
    let rejected = life.decisions.iter().any(|said| verdict(*said) == Verdict::Reject);
    let one_is_enough = case.assessment.requirements.iter().any(|one| one.reject_quorum == 1);
    life.decisions.iter().all(in_time)
        && claimed
        && ended
        && !(rejected && one_is_enough && life.calls > 0)
}

fn verdict(said: Said) -> Verdict {
    if said.approves { Verdict::Approve } else { Verdict::Reject }
}

fn promise_8(_: &Case, life: &Life) -> bool {
    life.broken.is_none()
}

/// That the case reaches this end: a model in which nothing happens keeps every promise.
fn reached(end: Status) -> Option<Property<Case>> {
    Some(match end {
        Status::Executed => Property::sometimes("ends_executed", |_, l| is(l, Status::Executed)),
        Status::Failed => Property::sometimes("ends_failed", |_, l| is(l, Status::Failed)),
        Status::InDoubt => Property::sometimes("ends_in_doubt", |_, l| is(l, Status::InDoubt)),
        Status::Rejected => Property::sometimes("ends_rejected", |_, l| is(l, Status::Rejected)),
        Status::Expired => Property::sometimes("ends_expired", |_, l| is(l, Status::Expired)),
        Status::Cancelled => Property::sometimes("ends_cancelled", |_, l| is(l, Status::Cancelled)),
        _ => return None,
    })
}

fn is(life: &Life, status: Status) -> bool {
    life.record.status == status
}
