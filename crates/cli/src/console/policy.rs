//! The rules in force, and what they would answer.

use approval_core::evidence::Roster as _;
use approval_core::moment::Moment;
use approval_core::name::{ApproverId, ToolName};
use approval_core::requester::{Caller, Person, Requester};
use approval_core::requirement::Requirement;
use approval_core::strict;
use approval_policy::{Bundle, Problem};
use approval_views::console::policy::{self, Assessed, Explained, Question, Rule, Rules, render};

use super::Console;
use super::outside::Outside;
use super::wire::{Pairs, Reply};
use crate::failure::Failure;
use crate::policy::{does, has, verb};
use crate::search::{Filter, Tab};

/// The agent of a question that names none.
const NOBODY: &str = "console";

impl<O: Outside> Console<O> {
    /// The screen.
    pub(super) async fn policy(&self) -> Result<Reply, Failure> {
        self.rules(&Question::default(), false).await
    }

    /// The screen with an answer.
    pub(super) async fn explain(&self, form: &Pairs) -> Result<Reply, Failure> {
        let question = Question {
            tool: form.text("tool"),
            arguments: form.text("arguments"),
            agent: form.text("agent"),
            person: form.text("person"),
        };
        self.rules(&question, true).await
    }

    async fn rules(&self, question: &Question, asked: bool) -> Result<Reply, Failure> {
        let Some(folder) = &self.bundle else {
            return Ok(Reply::page(200, render(&self.shell(), &Rules::Unnamed, question, None)));
        };
        let name = folder.display().to_string();
        let bundle = match Bundle::load(folder, &self.stack) {
            Ok(bundle) => bundle,
            Err(errors) => {
                let line = |one: &Problem| format!("{}: {}", one.place, one.what);
                let problems = errors.problems().iter().map(line).collect();
                let rules = Rules::Broken(name, problems);
                return Ok(Reply::page(200, render(&self.shell(), &rules, question, None)));
            }
        };
        let explained = asked.then(|| self.answers(&bundle, question));
        let wrong = matches!(explained, Some(Explained::Wrong(_)));
        let shown = shown(&bundle, name, self.in_force().await?);
        let page = render(&self.shell(), &Rules::Loaded(shown), question, explained.as_ref());
        Ok(Reply::page(if wrong { 400 } else { 200 }, page))
    }

    /// The digest of the bundle that assessed the newest request; none where there is none.
    async fn in_force(&self) -> Result<Option<String>, Failure> {
        let mut newest = None;
        for tab in [Tab::Open, Tab::Decided] {
            let filter = Filter { tab, ..Filter::default() };
            let found = self.outside.find(&filter, None, 25, false).await?;
            newest = newest.into_iter().chain(found.rows).max_by_key(|row| row.queued.asked_at);
        }
        let request = newest.and_then(|row| row.request);
        let assessment = request.and_then(|request| request.assessment);
        Ok(assessment.map(|assessment| assessment.bundle.to_string()))
    }

    fn answers(&self, bundle: &Bundle, question: &Question) -> Explained {
        let assessed = assessed(bundle, question, self.outside.now());
        assessed.map_or_else(Explained::Wrong, Explained::Assessed)
    }
}

/// What the rules answer; or why they are not asked.
fn assessed(bundle: &Bundle, question: &Question, at: Moment) -> Result<Assessed, String> {
    let tool = ToolName::parse(&question.tool).map_err(|error| error.to_string())?;
    let entry = bundle.catalogue().tool(&tool);
    let entry = entry.ok_or_else(|| format!("the bundle has no tool `{tool}`"))?;
    let arguments = if question.arguments.is_empty() { "{}" } else { &question.arguments };
    let arguments = strict::parse(arguments.as_bytes());
    let arguments = arguments.map_err(|error| format!("the arguments: {error}"))?;
    entry.validate(&arguments).map_err(|error| format!("the arguments: {error}"))?;
    let agent = if question.agent.is_empty() { NOBODY } else { &question.agent };
    let person = Some(question.person.clone()).filter(|name| !name.is_empty());
    let requester = Requester {
        caller: Caller::Direct,
        agent: agent.to_owned(),
        person: person.map_or(Person::Unknown, |name| Person::Claimed { name }),
    };
    let headline = entry.headline(&entry.display(&arguments));
    let action = bundle.imagine(entry, arguments, requester, at);
    let action = action.ok_or("this makes no request")?;
    let asked = |need: &Requirement| {
        let members = bundle.roster().members(&need.group, at).into_iter();
        let (not, asked): (Vec<_>, Vec<_>) =
            members.partition(|who| bundle.roster().is_requester(who, &action.requester.person));
        let names = |all: Vec<&ApproverId>| {
            all.into_iter().map(ApproverId::as_str).collect::<Vec<_>>().join(", ")
        };
        let but = if not.is_empty() { String::new() } else { format!("; not {}", names(not)) };
        format!("{}: {}{but}", need.group, names(asked))
    };
    // What is refused because nobody could approve it still names whom the rules would ask.
    let asked = bundle.judge(&action, at).requirements.iter().map(asked).collect();
    Ok(Assessed { headline, assessment: bundle.assess(&action, at), asked })
}

fn shown(bundle: &Bundle, folder: String, in_force: Option<String>) -> policy::Bundle {
    let digest = bundle.digest().to_string();
    let roster = bundle.roster();
    let rule = |rule: &approval_policy::Rule| Rule {
        id: rule.id.to_string(),
        does: verb(rule),
        tier: rule.tier.map(|tier| tier.to_string()).unwrap_or_default(),
        reason: rule.reason.clone().unwrap_or_default(),
    };
    policy::Bundle {
        folder,
        differs: in_force.filter(|other| *other != digest),
        digest,
        rules: bundle.rules().map(rule).collect(),
        groups: roster.groups().map(|group| (group.to_string(), has(roster, group))).collect(),
        tools: bundle
            .catalogue()
            .entries()
            .map(|tool| (tool.name.to_string(), does(tool)))
            .collect(),
    }
}
