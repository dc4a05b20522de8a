//! `policy explain`: what a bundle says of one ask, and why.

use std::fs;
use std::io::{self, Read as _, Write};

use approval_aws::system::SystemClock;
use approval_core::assessment::{Answer, Assessment};
use approval_core::evidence::Roster as _;
use approval_core::moment::Moment;
use approval_core::name::Group;
use approval_core::ports::Clock;
use approval_core::requester::{Person, Requester};
use approval_core::strict;
use approval_policy::{Bundle, Rule};
use approval_views::{json, time, visible};
use serde::Serialize;
use serde_json::Value;

use super::check::says;
use crate::cli::{Arguments, Explain, Output};
use crate::failure::Failure;

/// Says it.
pub(crate) fn explain(args: &Explain, out: &mut impl Write) -> Result<(), Failure> {
    let bundle = Bundle::load(&args.bundle.folder, &args.bundle.stack)?;
    let explained = Explained::of(&bundle, args)?;
    match args.output {
        Output::Text => explained.write(&bundle, out),
        Output::Json => {
            writeln!(out, "{}", json::render(&explained).map_err(|_| Failure::Json)?)?;
            Ok(())
        }
    }
}

/// What the bundle says of the ask. The names are stable.
#[derive(Debug, Serialize)]
struct Explained {
    headline: String,
    asked_at: Moment,
    assessment: Assessment,
    /// Per requirement, in its order.
    people: Vec<People>,
}

/// Who of a group is asked.
#[derive(Debug, Serialize)]
struct People {
    group: Group,
    quorum: u32,
    asked: Vec<String>,
    /// Who is not, because the agent acts for them.
    excluded: Vec<String>,
}

impl Explained {
    fn of(bundle: &Bundle, args: &Explain) -> Result<Self, Failure> {
        let arguments = read(&args.arguments)?;
        let Some(entry) = bundle.catalogue().tool(&args.tool) else {
            let tools: Vec<_> =
                bundle.catalogue().entries().map(|tool| tool.name.as_str()).collect();
            let (tool, tools) = (&args.tool, tools.join(", "));
            return Err(Failure::Unaskable(format!(
                "the bundle has no tool `{tool}`; it has {tools}"
            )));
        };
        entry.validate(&arguments).map_err(|why| {
            Failure::Unaskable(format!(
                "the arguments are turned away before any rule is asked: {why}"
            ))
        })?;
        let requester = Requester {
            caller: args.caller,
            agent: args.agent.clone(),
            person: args.person.clone().unwrap_or(Person::Unknown),
        };
        let asked_at = args.at.unwrap_or_else(|| SystemClock.now());
        let headline = entry.headline(&entry.display(&arguments));
        let action = bundle.imagine(entry, arguments, requester, asked_at);
        let action =
            action.ok_or_else(|| Failure::Unaskable("this makes no request".to_owned()))?;
        let assessment = bundle.assess(&action, asked_at);
        // What is refused because nobody could approve it still names whom the rules would ask.
        let judged = bundle.judge(&action, asked_at);
        let people = judged.requirements.iter().map(|requirement| {
            let (group, quorum) = (requirement.group.clone(), requirement.quorum);
            let members = bundle.roster().members(&group, asked_at).into_iter();
            let (excluded, asked): (Vec<_>, Vec<_>) = members
                .partition(|who| bundle.roster().is_requester(who, &action.requester.person));
            let names = |all: Vec<_>| all.into_iter().map(ToString::to_string).collect();
            People { group, quorum, asked: names(asked), excluded: names(excluded) }
        });
        Ok(Self { headline, asked_at, people: people.collect(), assessment })
    }

    fn write(&self, bundle: &Bundle, out: &mut impl Write) -> Result<(), Failure> {
        let Assessment { answer, tier, rules, requirements, decide_by, reason, .. } =
            &self.assessment;
        writeln!(out, "{}", visible(&self.headline))?;
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
            let rule: Option<&Rule> = bundle.rules().find(|rule| rule.id == *id);
            let does = rule.map(says).unwrap_or_default();
            writeln!(out, "  {:<width$}  {}", id.as_str(), visible(&does))?;
        }
        if !self.people.is_empty() {
            writeln!(out, "\nwho would be asked")?;
        }
        for people in &self.people {
            people.write(out)?;
            let requirement = requirements.iter().find(|one| one.group == people.group);
            if let Some(to) = requirement.and_then(|one| one.escalation.as_ref()) {
                writeln!(out, "    from {} {} as well", to.from, to.group)?;
            }
        }
        if let Some(by) = decide_by {
            writeln!(out, "\ndecide by {by}, within {}", time::left(by.since(self.asked_at)))?;
        }
        writeln!(out, "\nbundle {}", self.assessment.bundle)?;
        Ok(())
    }
}

impl People {
    fn write(&self, out: &mut impl Write) -> Result<(), Failure> {
        let Self { group, quorum, asked, excluded } = self;
        let names =
            |all: &[String]| if all.is_empty() { "nobody".to_owned() } else { all.join(", ") };
        writeln!(out, "  {quorum} of {group}: {}", visible(&names(asked)))?;
        if !excluded.is_empty() {
            let names = visible(&names(excluded));
            writeln!(out, "    not {names}, for whom the agent acts")?;
        }
        Ok(())
    }
}

fn said(answer: Answer) -> &'static str {
    match answer {
        Answer::Allowed => "allowed: runs without a person",
        Answer::Pending => "pending: people are asked",
        Answer::Refused => "refused: does not run",
    }
}

/// The arguments, as strictly as the door reads them.
fn read(arguments: &Arguments) -> Result<Value, Failure> {
    let unread = |what: &str, error: io::Error| Failure::Unaskable(format!("{what}: {error}"));
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
    strict::parse(&bytes).map_err(|why| Failure::Unaskable(format!("the arguments: {why}")))
}
