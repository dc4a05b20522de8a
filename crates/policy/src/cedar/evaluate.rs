//! The two evaluations.
//!
//! First without the rules that ask: the answer must be allow, since on a deny Cedar's reasons
//! hide a missing permit. Then the rules that ask: each one that holds is a requirement. Any
//! error in either refuses, because Cedar itself skips a rule that errs, a `forbid` included.

use approval_core::moment::Moment;
use approval_core::name::RuleId;
use approval_core::requester::{Person, Requester};
use cedar_policy::{
    AuthorizationError, Authorizer, Decision, Entities, Entity, EntityUid, PolicyId, Request,
    RestrictedExpression,
};
use serde_json::Value;

use super::annotations::Rule;
use super::rules::Rules;
use super::{context, entity};
use crate::catalogue::Entry;

/// What is asked of the rules.
#[derive(Debug)]
pub(crate) struct Question<'a> {
    /// The tool.
    pub(crate) entry: &'a Entry,
    /// Its arguments.
    pub(crate) arguments: &'a Value,
    /// Who asks.
    pub(crate) requester: &'a Requester,
    /// The time for rules that read the clock.
    pub(crate) now: Moment,
}

/// What the rules say.
#[derive(Debug)]
pub(crate) enum Verdict<'a> {
    /// These permits hold and nothing else does.
    Allowed(Vec<&'a Rule>),
    /// These permits hold, and these rules ask.
    Asks { permits: Vec<&'a Rule>, asks: Vec<&'a Rule> },
    /// These rules forbid it.
    Forbidden(Vec<&'a Rule>),
    /// No rule permits it.
    Unpermitted,
    /// The rules could not be evaluated; these are the ones that erred, if it got that far.
    Failed(Vec<RuleId>),
}

impl Rules {
    /// Evaluates the rules.
    pub(crate) fn evaluate(&self, question: &Question<'_>) -> Verdict<'_> {
        let Some((request, entities)) = self.request(question) else {
            return Verdict::Failed(Vec::new());
        };
        let authorizer = Authorizer::new();
        let plain = authorizer.is_authorized(&request, &self.plain, &entities);
        let asking = authorizer.is_authorized(&request, &self.asking, &entities);

        let mut errors =
            plain.diagnostics().errors().chain(asking.diagnostics().errors()).peekable();
        if errors.peek().is_some() {
            let erred = errors.filter_map(|AuthorizationError::PolicyEvaluationError(error)| {
                self.named(error.policy_id())
            });
            return Verdict::Failed(erred.map(|rule| rule.id.clone()).collect());
        }
        let held = self.rules_of(plain.diagnostics().reason());
        let asks = self.rules_of(asking.diagnostics().reason());
        let (Some(held), Some(asks)) = (held, asks) else {
            return Verdict::Failed(Vec::new());
        };
        match plain.decision() {
            Decision::Deny if held.is_empty() => Verdict::Unpermitted,
            Decision::Deny => Verdict::Forbidden(held),
            Decision::Allow if asks.is_empty() => Verdict::Allowed(held),
            Decision::Allow => Verdict::Asks { permits: held, asks },
        }
    }

    /// The rules of these ids, by id; nothing if one is not known.
    fn rules_of<'a>(&self, ids: impl Iterator<Item = &'a PolicyId>) -> Option<Vec<&Rule>> {
        let mut rules = ids.map(|id| self.named(id)).collect::<Option<Vec<_>>>()?;
        rules.sort_by(|one, other| one.id.cmp(&other.id));
        Some(rules)
    }

    fn request(&self, question: &Question<'_>) -> Option<(Request, Entities)> {
        let principal = principal(question.requester)?;
        let action = entity("Action", question.entry.name.as_str())?;
        let resource = entity("Gateway", &self.gateway)?;
        let context = context::of(&question.entry.fields, question.arguments, question.now)?;
        let who = principal.uid();
        // INVARIANT: with the schema, or a value of another type would err in a rule and the rule
        // be skipped.
        let request =
            Request::new(who, action, resource.clone(), context, Some(&self.schema)).ok()?;
        let gateway = Entity::with_uid(resource);
        let entities = Entities::from_entities([principal, gateway], Some(&self.schema)).ok()?;
        Some((request, entities))
    }
}

/// A verified person, with issuer and subject as tags; otherwise the agent.
fn principal(requester: &Requester) -> Option<Entity> {
    let agent: EntityUid = match &requester.person {
        Person::Verified { issuer, subject } => {
            let tag = |name: &str, value: &String| {
                (name.to_owned(), RestrictedExpression::new_string(value.clone()))
            };
            let tags = [tag("iss", issuer), tag("sub", subject)];
            let uid = entity("OAuthUser", subject)?;
            return Entity::new_with_tags(uid, [], [], tags).ok();
        }
        Person::Claimed { .. } | Person::Unknown => entity("IamEntity", &requester.agent)?,
    };
    Some(Entity::with_uid(agent))
}
