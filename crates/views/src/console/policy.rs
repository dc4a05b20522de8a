//! The rules that are deployed, and what they would answer.

use approval_core::assessment::{Answer, Assessment};
use askama::Template;

use super::{Frame, Place, Shell};
use crate::time::minute;
use crate::visible::visible;

/// The bundle that is deployed, as it came.
#[derive(Clone, Debug, Default)]
pub struct Bundle {
    /// The digest.
    pub digest: String,
    /// The rules.
    pub rules: Vec<Rule>,
    /// The groups, and who is in them.
    pub groups: Vec<(String, String)>,
    /// The tools, and what they do.
    pub tools: Vec<(String, String)>,
}

/// One rule, as it came.
#[derive(Clone, Debug, Default)]
pub struct Rule {
    /// Its id.
    pub id: String,
    /// What it does: permits, forbids, or whom it asks.
    pub does: String,
    /// Its tier.
    pub tier: String,
    /// Why it is there.
    pub reason: String,
}

/// A question to the rules, as it was typed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Typed {
    /// The tool.
    pub tool: String,
    /// The arguments, as JSON.
    pub arguments: String,
    /// The agent.
    pub agent: String,
    /// The person it acts for, as the application claims.
    pub person: String,
}

/// What came of the question.
#[derive(Clone, Debug)]
pub enum Answered {
    /// What the rules answer.
    Assessed(Box<Assessed>),
    /// Why they are not asked.
    Wrong(String),
}

/// What the rules answer, as it came.
#[derive(Clone, Debug)]
pub struct Assessed {
    /// The action in one line.
    pub headline: String,
    /// The answer.
    pub assessment: Assessment,
    /// Who of a group would be asked, one line for one requirement.
    pub asked: Vec<String>,
}

struct Row {
    id: String,
    does: String,
    tier: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "console/policy.html")]
struct Html<'a> {
    frame: Frame<'a>,
    bundle: Option<&'a Bundle>,
    rules: Vec<Row>,
    groups: Vec<(String, String)>,
    tools: Vec<(String, String)>,
    typed: &'a Typed,
    wrong: Option<String>,
    answer: Option<Vec<(&'static str, String)>>,
}

/// Writes the screen; without a bundle, how to get to see one.
#[must_use]
pub fn render(
    shell: &Shell,
    bundle: Option<&Bundle>,
    typed: &Typed,
    answered: Option<&Answered>,
) -> String {
    let shown = |pairs: &[(String, String)]| {
        pairs.iter().map(|(name, what)| (visible(name), visible(what))).collect()
    };
    let (wrong, answer) = match answered {
        None => (None, None),
        Some(Answered::Wrong(why)) => (Some(visible(why)), None),
        Some(Answered::Assessed(assessed)) => (None, Some(answer(assessed))),
    };
    let html = Html {
        frame: Frame::new(shell, Place::Policy),
        bundle,
        rules: bundle.map(|bundle| bundle.rules.iter().map(row).collect()).unwrap_or_default(),
        groups: bundle.map(|bundle| shown(&bundle.groups)).unwrap_or_default(),
        tools: bundle.map(|bundle| shown(&bundle.tools)).unwrap_or_default(),
        typed,
        wrong,
        answer,
    };
    // INVARIANT: what the template writes to cannot fail.
    html.render().unwrap_or_default()
}

fn row(rule: &Rule) -> Row {
    let shown = |text: &str| if text.is_empty() { String::new() } else { visible(text) };
    Row {
        id: visible(&rule.id),
        does: visible(&rule.does),
        tier: shown(&rule.tier),
        reason: shown(&rule.reason),
    }
}

/// The answer, by name.
fn answer(Assessed { headline, assessment, asked }: &Assessed) -> Vec<(&'static str, String)> {
    let says = match assessment.answer {
        Answer::Allowed => "allowed: it would run without a person",
        Answer::Pending => "pending: people would be asked",
        Answer::Refused => "refused: it would not run",
    };
    let rules: Vec<_> = assessment.rules.iter().map(ToString::to_string).collect();
    let needs = assessment.requirements.iter().map(|need| {
        let further = need.escalation.as_ref();
        let further = further.map(|to| format!(" (from {} on also {})", minute(to.from), to.group));
        format!("{} of {}{}", need.quorum, need.group, further.unwrap_or_default())
    });
    let needs: Vec<_> = needs.collect();
    let (what, tier) = (visible(headline), assessment.tier.to_string());
    let mut said = vec![("Asked", what), ("Answer", says.to_owned()), ("Tier", tier)];
    let mut add = |name, what: Option<String>| said.extend(what.map(|what| (name, what)));
    add("Rules", Some(rules.join(", ")).filter(|rules| !rules.is_empty()));
    add("Needs", Some(needs.join(" and ")).filter(|needs| !needs.is_empty()));
    for who in asked {
        add("Would be asked", Some(visible(who)));
    }
    add("Until", assessment.decide_by.map(minute));
    add("Reason", assessment.reason.as_deref().map(visible));
    said
}
