//! `policy explain`: what a bundle says of one ask, and why.

use std::fs;
use std::io::{self, Read as _, Write};

use approval_aws::system::SystemClock;
use approval_core::assessment::{Answer, Assessment};
use approval_core::name::ApproverId;
use approval_core::ports::Clock;
use approval_core::requester::{Person, Requester};
use approval_core::strict;
use approval_policy::Bundle;
use approval_policy::describe::RuleSaid;
use approval_policy::explain::{Explained, People, Question};
use approval_views::{json, time, visible};
use serde_json::Value;

use crate::cli::{Arguments, Explain, Output};
use crate::failure::Failure;

/// Says it.
pub(crate) fn explain(args: &Explain, out: &mut impl Write) -> Result<(), Failure> {
    let bundle = Bundle::load(&args.bundle.folder, &args.bundle.stack)?;
    let question = Question {
        tool: args.tool.clone(),
        arguments: read(&args.arguments)?,
        requester: Requester {
            caller: args.caller,
            agent: args.agent.clone(),
            person: args.person.clone().unwrap_or(Person::Unknown),
        },
        at: args.at,
    };
    let explained = bundle.explain(&question, SystemClock.now())?;
    match args.output {
        Output::Text => write(&explained, &bundle, out),
        Output::Json => {
            writeln!(out, "{}", json::render(&explained).map_err(|_| Failure::Json)?)?;
            Ok(())
        }
    }
}

fn write(explained: &Explained, bundle: &Bundle, out: &mut impl Write) -> Result<(), Failure> {
    let Explained { headline, asked_at, assessment, people } = explained;
    let Assessment { answer, tier, rules, requirements, decide_by, reason, .. } = assessment;
    writeln!(out, "{}", visible(headline))?;
    writeln!(out, "{}, tier {tier}", said(*answer))?;
    if let Some(reason) = reason {
        writeln!(out, "because: {}", visible(reason))?;
    }
    writeln!(out, "\nrules that led there")?;
    if rules.is_empty() {
        writeln!(out, "  none")?;
    }
    let width = rules.iter().map(|id| id.as_str().len()).max().unwrap_or_default();
    for id in rules {
        let rule = bundle.rules().find(|rule| rule.id == *id).map(RuleSaid::of);
        let does = rule.as_ref().map(RuleSaid::line).unwrap_or_default();
        writeln!(out, "  {:<width$}  {}", id.as_str(), visible(&does))?;
    }
    if !people.is_empty() {
        writeln!(out, "\nwho would be asked")?;
    }
    for People { group, quorum, asked, excluded } in people {
        writeln!(out, "  {quorum} of {group}: {}", names(asked))?;
        if !excluded.is_empty() {
            writeln!(out, "    not {}, for whom the agent acts", names(excluded))?;
        }
        let requirement = requirements.iter().find(|one| one.group == *group);
        if let Some(to) = requirement.and_then(|one| one.escalation.as_ref()) {
            writeln!(out, "    from {} {} as well", to.from, to.group)?;
        }
    }
    if let Some(by) = decide_by {
        writeln!(out, "\ndecide by {by}, within {}", time::left(by.since(*asked_at)))?;
    }
    writeln!(out, "\nbundle {}", assessment.bundle)?;
    Ok(())
}

fn names(all: &[ApproverId]) -> String {
    let names: Vec<_> = all.iter().map(ApproverId::as_str).collect();
    if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
}

fn said(answer: Answer) -> &'static str {
    match answer {
        Answer::Allowed => "allowed: runs without a person",
        Answer::Pending => "pending: people are asked",
        Answer::Refused => "refused: does not run",
    }
}

/// The arguments, as strictly as the door reads them.
pub(crate) fn read(arguments: &Arguments) -> Result<Value, Failure> {
    let unread = |what: &str, error: io::Error| Failure::NoArguments(format!("{what}: {error}"));
    let bytes = match arguments {
        Arguments::Here(text) => text.clone().into_bytes(),
        Arguments::File(path) => {
            fs::read(path).map_err(|error| unread(&path.display().to_string(), error))?
        }
        Arguments::Input => {
            let mut bytes = Vec::new();
            let read = io::stdin().lock().read_to_end(&mut bytes);
            read.map_err(|error| unread("the input cannot be read", error))?;
            bytes
        }
    };
    strict::parse(&bytes).map_err(|why| Failure::NoArguments(format!("the arguments: {why}")))
}
