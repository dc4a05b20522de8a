//! From what the rules say to an assessment.

use approval_core::action::CanonicalAction;
use approval_core::assessment::{Answer, Assessment};
use approval_core::moment::Moment;
use approval_core::name::RuleId;
use approval_core::requester::Person;
use approval_core::requirement::{self, Escalation, Requirement};
use approval_core::risk::RiskTier;
use jiff::SignedDuration;

use crate::bundle::Bundle;
use crate::cedar::{Ask, Question, Rule, Verdict};
use crate::settings::TierSettings;

/// Judges an action by the rules alone.
pub(crate) fn judge(bundle: &Bundle, action: &CanonicalAction, now: Moment) -> Assessment {
    let Some(entry) = bundle.catalogue.tool(&action.tool) else {
        return unjudged(bundle, Vec::new(), "no such tool");
    };
    if action.stack != bundle.stack {
        return unjudged(bundle, Vec::new(), "asked in another stack");
    }
    if action.entry != entry.digest() {
        return unjudged(bundle, Vec::new(), "the tool changed since it was asked for");
    }
    if entry.validate(&action.arguments).is_err() {
        return unjudged(bundle, Vec::new(), "the arguments are not what the tool takes");
    }
    let question =
        Question { entry, arguments: &action.arguments, requester: &action.requester, now };
    match bundle.rules.evaluate(&question) {
        Verdict::Allowed(permits) => Assessment {
            answer: Answer::Allowed,
            tier: highest(&permits).unwrap_or(RiskTier::Low),
            reason: reasons(&permits),
            rules: ids(&permits),
            requirements: Vec::new(),
            decide_by: None,
            bundle: bundle.digest,
        },
        Verdict::Asks { permits, asks } => pending(bundle, action, now, &permits, asks),
        Verdict::Forbidden(forbids) => Assessment {
            answer: Answer::Refused,
            tier: highest(&forbids).unwrap_or(RiskTier::Critical),
            reason: reasons(&forbids).or_else(|| Some("a rule forbids this".to_owned())),
            rules: ids(&forbids),
            requirements: Vec::new(),
            decide_by: None,
            bundle: bundle.digest,
        },
        Verdict::Unpermitted => unjudged(bundle, Vec::new(), "no rule permits this"),
        Verdict::Failed(rules) => unjudged(bundle, rules, "the rules could not be evaluated"),
    }
}

/// Turns an assessment into a refusal.
pub(crate) fn refuse(assessment: Assessment, why: String) -> Assessment {
    Assessment {
        answer: Answer::Refused,
        requirements: Vec::new(),
        decide_by: None,
        reason: Some(why),
        ..assessment
    }
}

/// A refusal without a rule behind it has the highest tier.
fn unjudged(bundle: &Bundle, rules: Vec<RuleId>, why: &str) -> Assessment {
    Assessment {
        answer: Answer::Refused,
        tier: RiskTier::Critical,
        rules,
        requirements: Vec::new(),
        decide_by: None,
        reason: Some(why.to_owned()),
        bundle: bundle.digest,
    }
}

fn pending(
    bundle: &Bundle,
    action: &CanonicalAction,
    now: Moment,
    permits: &[&Rule],
    asks: Vec<&Rule>,
) -> Assessment {
    // A permit only counts here when it states a tier: then it may have raised the whole.
    let tiered = permits.iter().copied().filter(|permit| permit.tier.is_some());
    let reason = reasons(&asks);
    let asked: Vec<&Ask> = asks.iter().filter_map(|rule| rule.ask.as_ref()).collect();
    let determining: Vec<&Rule> = asks.into_iter().chain(tiered).collect();
    let tier = highest(&determining).unwrap_or(RiskTier::Medium);

    let verified = matches!(action.requester.person, Person::Verified { .. });
    let floor = match tier {
        RiskTier::High | RiskTier::Critical if !verified => bundle.settings.unverified_quorum,
        RiskTier::Low | RiskTier::Medium | RiskTier::High | RiskTier::Critical => 1,
    };
    let TierSettings { decide_within: usual, escalate_after, .. } = *bundle.settings.tier(tier);
    let unreached_from = bundle.settings.escalate_unreached.then_some(action.asked_at);
    let requirements = requirement::merge(asked.iter().map(|ask| {
        let further = bundle.roster.escalation(&ask.group).cloned();
        // From when it was asked, which is sealed: judged again, it comes out the same.
        let from = ask.escalate_after.or(escalate_after).map(|after| action.asked_at.plus(after));
        Requirement {
            group: ask.group.clone(),
            quorum: ask.quorum.max(floor),
            reject_quorum: ask.reject_quorum,
            escalation: further.zip(from).map(|(group, from)| Escalation {
                group,
                from,
                unreached_from,
            }),
        }
    }));
    let within: Option<SignedDuration> =
        asked.iter().map(|ask| ask.decide_within.unwrap_or(usual)).min();
    let limit = action.asked_at.plus(bundle.settings.hard_limit);
    Assessment {
        answer: Answer::Pending,
        tier,
        rules: ids(&determining),
        requirements,
        decide_by: Some(now.plus(within.unwrap_or(usual)).min(limit)),
        reason,
        bundle: bundle.digest,
    }
}

/// The highest tier of the rules, where one that asks without stating a tier is medium and any
/// other says nothing.
fn highest(rules: &[&Rule]) -> Option<RiskTier> {
    let asks = |rule: &Rule| rule.ask.as_ref().map(|_| RiskTier::Medium);
    rules.iter().filter_map(|rule| rule.tier.or_else(|| asks(rule))).max()
}

fn ids(rules: &[&Rule]) -> Vec<RuleId> {
    rules.iter().map(|rule| rule.id.clone()).collect()
}

fn reasons(rules: &[&Rule]) -> Option<String> {
    let reasons: Vec<&str> = rules.iter().filter_map(|rule| rule.reason.as_deref()).collect();
    if reasons.is_empty() { None } else { Some(reasons.join("; ")) }
}
