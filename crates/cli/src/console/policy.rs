//! The rules that are deployed, and what they would answer.

use approval_core::name::{ApproverId, ToolName};
use approval_core::requester::{Caller, Person, Requester};
use approval_core::strict;
use approval_policy::describe::{Described, RuleSaid};
use approval_policy::explain::{Explained, People, Question};
use approval_policy::inspect::{DryRun, Outcome};
use approval_views::console::policy::{Answered, Assessed, Bundle, Rule, Typed, render};

use super::Console;
use super::outside::Outside;
use super::wire::{Pairs, Reply};
use crate::failure::Failure;

/// The agent of a question that names none.
const NOBODY: &str = "console";

impl<O: Outside> Console<O> {
    /// The screen.
    pub(super) async fn policy(&self) -> Result<Reply, Failure> {
        let bundle = self.outside.rules().await?.map(shown);
        let page = render(&self.shell(), bundle.as_ref(), &Typed::default(), None);
        Ok(Reply::page(200, page))
    }

    /// The screen with an answer.
    pub(super) async fn explain(&self, form: &Pairs) -> Result<Reply, Failure> {
        let typed = Typed {
            tool: form.text("tool"),
            arguments: form.text("arguments"),
            agent: form.text("agent"),
            person: form.text("person"),
        };
        let answered = match question(&typed) {
            Ok(question) => self.outside.dry_run(question).await?.map(answered),
            Err(wrong) => Some(Answered::Wrong(wrong)),
        };
        let status = if matches!(answered, Some(Answered::Wrong(_))) { 400 } else { 200 };
        let bundle = self.outside.rules().await?.map(shown);
        let page = render(&self.shell(), bundle.as_ref(), &typed, answered.as_ref());
        Ok(Reply::page(status, page))
    }
}

/// The question; or why it is none.
fn question(typed: &Typed) -> Result<Question, String> {
    let tool = ToolName::parse(&typed.tool).map_err(|error| error.to_string())?;
    let arguments = if typed.arguments.is_empty() { "{}" } else { &typed.arguments };
    let arguments = strict::parse(arguments.as_bytes());
    let arguments = arguments.map_err(|error| format!("the arguments: {error}"))?;
    let agent = if typed.agent.is_empty() { NOBODY } else { &typed.agent };
    let person = Some(typed.person.clone()).filter(|name| !name.is_empty());
    let requester = Requester {
        caller: Caller::Direct,
        agent: agent.to_owned(),
        person: person.map_or(Person::Unknown, |name| Person::Claimed { name }),
    };
    Ok(Question { tool, arguments, requester, at: None })
}

fn answered(run: DryRun) -> Answered {
    match run.outcome {
        Outcome::Explained(explained) => {
            let Explained { headline, assessment, people, .. } = *explained;
            let asked = people.iter().map(asked).collect();
            Answered::Assessed(Assessed { headline, assessment, asked }.into())
        }
        Outcome::Unaskable(why) => Answered::Wrong(why),
        // Not an answer to a question.
        Outcome::Cases { .. } => Answered::Wrong("no rule was asked".to_owned()),
    }
}

/// Who of a group would be asked.
fn asked(People { group, asked, excluded, .. }: &People) -> String {
    let names = |all: &[ApproverId]| {
        let names: Vec<_> = all.iter().map(ApproverId::as_str).collect();
        if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
    };
    let but =
        if excluded.is_empty() { String::new() } else { format!("; not {}", names(excluded)) };
    format!("{group}: {}{but}", names(asked))
}

fn shown(Described { bundle, tools, rules, groups }: Described) -> Bundle {
    let rule = |RuleSaid { id, does, tier, reason }| {
        let (tier, reason) = (tier.unwrap_or_default(), reason.unwrap_or_default());
        Rule { id, does, tier, reason }
    };
    Bundle {
        digest: bundle.to_string(),
        rules: rules.into_iter().map(rule).collect(),
        groups: groups.iter().map(|group| (group.name.to_string(), group.line())).collect(),
        tools: tools.into_iter().map(|tool| (tool.name, tool.does)).collect(),
    }
}
