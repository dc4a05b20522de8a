//! The evidence check: the only way to an execution permit.
//!
//! It trusts nothing that can be written into the table: it counts decisions by their codes, and
//! asks its own copy of the policy.

use crate::action::CanonicalAction;
use crate::assessment::{Answer, Assessment};
use crate::decision::Decision;
use crate::digest::Digest;
use crate::lifecycle::{ASSESS_WITHIN, MOST_LIVES, RUN_WITHIN};
use crate::moment::Moment;
use crate::name::{ApproverId, Group, RequestId};
use crate::permit::ExecutionPermit;
use crate::ports::{MacKey, Unavailable, VerifyMac};
use crate::request::ApprovalRequest;
use crate::requester::Person;
use crate::requirement::{self, Requirement};
use crate::tally::{Count, Tally, Voice};

/// Who belongs where, by the executor's own roster.
pub trait Roster {
    /// Whether the person was in the group at that time.
    fn belongs(&self, who: &ApproverId, group: &Group, at: Moment) -> bool;
    /// Whether the person is, or is claimed to be, the one the agent acts for.
    fn is_requester(&self, who: &ApproverId, person: &Person) -> bool;
}

/// The executor's own catalogue entry of the tool.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Terms {
    /// The digest of the entry.
    pub entry: Digest,
    /// Where the tool runs.
    pub target: String,
    /// Whether it may be called again with the same key.
    pub idempotent: bool,
    /// Whether it only reads.
    pub reads: bool,
}

/// Why there is no permit.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// The sealed bytes are not the action whose digest the request carries.
    #[error("the sealed action is not the one that was asked for")]
    Tampered,
    /// A decision without both codes, or of another request or action.
    #[error("a decision is not genuine")]
    Forged,
    /// The catalogue entry changed since the ask.
    #[error("the tool changed since it was asked for")]
    ToolChanged,
    /// The executor's policy refuses.
    #[error("the policy in force refuses it")]
    PolicyRefuses,
    /// Enough who may decide said no.
    #[error("it was rejected")]
    Rejected,
    /// Its time to run has passed, by what nobody can edit.
    #[error("its time to run has passed")]
    Stale,
    /// The approvals do not fill the requirements.
    #[error("the approvals in evidence do not fill what the policy in force requires")]
    Unmet,
}

/// The canonical action of a request, opened and proven to be the one the request carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Opened {
    action: CanonicalAction,
    digest: Digest,
}

impl Opened {
    /// Reads the bytes that were sealed in `request`.
    ///
    /// # Errors
    ///
    /// They are not the action of this request in this stack.
    pub fn read(bytes: &[u8], request: &ApprovalRequest, stack: &str) -> Result<Self, Refusal> {
        let action = CanonicalAction::decode(bytes).map_err(|_| Refusal::Tampered)?;
        let digest = Digest::of(bytes);
        let same = digest == request.digest
            && action.request == request.id
            && action.tool == request.tool
            && action.stack == stack;
        if same { Ok(Self { action, digest }) } else { Err(Refusal::Tampered) }
    }

    /// The action.
    #[must_use]
    pub fn action(&self) -> &CanonicalAction {
        &self.action
    }

    /// Its digest.
    #[must_use]
    pub fn digest(&self) -> Digest {
        self.digest
    }
}

/// A decision whose codes hold, for this action.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct VerifiedDecision(Voice);

/// Checks both codes of a decision, and that it is about this action.
///
/// # Errors
///
/// The keys do not answer. A decision that is not genuine is a [`Refusal`].
pub async fn verify(
    decision: &Decision,
    opened: &Opened,
    keys: &impl VerifyMac,
) -> Result<Result<VerifiedDecision, Refusal>, Unavailable> {
    let Decision { link, link_mac, decided_at, key, mac, .. } = decision;
    let here = link.stack == opened.action.stack
        && link.request == opened.action.request
        && link.digest == opened.digest
        && *decided_at >= opened.action.asked_at
        // The record's own limit is not sealed.
        && link.hard_limit <= opened.action.asked_at.plus(MOST_LIVES)
        && *decided_at < link.hard_limit;
    let (Ok(link_message), Ok(message)) = (link.message(), decision.message()) else {
        return Ok(Err(Refusal::Forged));
    };
    let genuine = here
        && keys.verify(MacKey::Link, &link.key, &link_message, link_mac).await?
        && keys.verify(MacKey::Decision, key, &message, mac).await?;
    if !genuine {
        return Ok(Err(Refusal::Forged));
    }
    Ok(Ok(VerifiedDecision(decision.into())))
}

/// All that a permit rests on.
#[derive(Debug)]
pub struct Evidence<'a, R> {
    /// The request, as stored.
    pub request: &'a ApprovalRequest,
    /// What it carries, opened.
    pub opened: Opened,
    /// The decisions whose codes hold.
    pub decisions: Vec<VerifiedDecision>,
    /// The answer of the executor's own policy.
    pub assessment: &'a Assessment,
    /// The executor's own catalogue entry.
    pub terms: Terms,
    /// The executor's own roster.
    pub roster: &'a R,
    /// The present instant.
    pub now: Moment,
}

/// Weighs the evidence.
///
/// # Errors
///
/// The first reason why it does not carry an execution.
///
/// # Security
///
/// The status of the request is not looked at: whoever can write it could otherwise approve. What
/// counts is that the policy in force, merged with what was required when it was asked, is
/// satisfied by decisions that carry both codes.
pub fn authorize<R: Roster>(evidence: Evidence<'_, R>) -> Result<ExecutionPermit, Refusal> {
    let Evidence { request, opened, decisions, assessment, terms, roster, now } = evidence;
    let Opened { action, digest } = opened;
    if digest != request.digest {
        return Err(Refusal::Tampered);
    }
    if action.entry != terms.entry {
        return Err(Refusal::ToolChanged);
    }
    let answered = request.assessment.as_ref().map(|recorded| recorded.answer);
    if assessment.answer == Answer::Refused || answered == Some(Answer::Refused) {
        return Err(Refusal::PolicyRefuses);
    }
    let recorded = request.assessment.iter().flat_map(|a| a.requirements.iter());
    // INVARIANT: a further group answers no earlier than the executor's own policy ever lets it.
    // That nobody of the first could be reached is known from the record alone; where the record
    // does not know the requirement, nobody was asked for it, and the planned instant holds.
    let own = assessment.requirements.iter().cloned().map(|own| {
        let further = |one: &Requirement| one.escalation.as_ref().map(|to| to.group.clone());
        let same = |one: &Requirement| one.group == own.group && further(one) == further(&own);
        if recorded.clone().any(same) { own.at_the_earliest() } else { own }
    });
    let required = requirement::merge(recorded.clone().cloned().chain(own));
    let asked = assessment.answer == Answer::Pending || answered == Some(Answer::Pending);
    if asked && required.is_empty() {
        return Err(Refusal::Unmet);
    }
    let (person, decide_by) = (&action.requester.person, request.decide_by);
    let count = Count { required: &required, person, decide_by, roster };
    let voices: Vec<_> = decisions.iter().map(|VerifiedDecision(voice)| voice.clone()).collect();
    match count.of(&voices) {
        Tally::Met => {}
        Tally::Open => return Err(Refusal::Unmet),
        Tally::Rejected => return Err(Refusal::Rejected),
    }
    if now >= runs_until(&action, &decisions, asked) {
        return Err(Refusal::Stale);
    }
    Ok(ExecutionPermit {
        request: action.request,
        digest,
        tool: action.tool,
        target: terms.target,
        idempotent: terms.idempotent,
        arguments: action.arguments,
        requester: action.requester,
    })
}

/// Until when it may run, by what is sealed and by what is authenticated. The deadlines in the
/// record are tighter, but whoever writes the table can move them and bring back what had ended.
fn runs_until(action: &CanonicalAction, decisions: &[VerifiedDecision], asked: bool) -> Moment {
    if !asked {
        return action.asked_at.plus(ASSESS_WITHIN).plus(RUN_WITHIN);
    }
    let newest = decisions.iter().map(|VerifiedDecision(voice)| voice.at).max();
    newest.map_or(action.asked_at, |at| at.plus(RUN_WITHIN))
}

/// What a request's own key becomes where the target is only looked at: a look must never be taken
/// for the action itself.
const LOOKS: &str = "look";

/// Lets a target be looked at before people are asked about what `look` was made from.
///
/// # Errors
///
/// The tool changes something, is not the one that was judged, or the rules do not allow this
/// requester to read it without a person.
///
/// # Security
///
/// Whatever the catalogue names as a preview, nothing but a read that the requester could have made
/// alone gets a permit here.
pub fn look(
    look: CanonicalAction,
    terms: Terms,
    assessment: &Assessment,
) -> Result<ExecutionPermit, Refusal> {
    if look.entry != terms.entry || !terms.reads || !terms.idempotent {
        return Err(Refusal::ToolChanged);
    }
    if assessment.answer != Answer::Allowed {
        return Err(Refusal::PolicyRefuses);
    }
    let key = RequestId::parse(&format!("{}{LOOKS}", look.request));
    Ok(ExecutionPermit {
        request: key.map_err(|_| Refusal::Tampered)?,
        digest: look.digest().map_err(|_| Refusal::Tampered)?,
        tool: look.tool,
        target: terms.target,
        idempotent: terms.idempotent,
        arguments: look.arguments,
        requester: look.requester,
    })
}
