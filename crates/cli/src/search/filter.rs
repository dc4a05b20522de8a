//! What is looked for.

use approval_aws::store::Queued;
use approval_core::moment::Moment;
use approval_core::requester::Person;
use approval_core::risk::RiskTier;
use approval_core::status::Status;
use clap::Args;
use clap::builder::NonEmptyStringValueParser as Text;
use jiff::SignedDuration;

use super::{Row, Tab};
use crate::cli::{short, span};

/// What requests are looked for: those that are all of this. As options of a command, and as it
/// stands in an address.
#[derive(Args, Clone, Debug, Default, Eq, PartialEq)]
#[command(next_help_heading = "Filter")]
pub(crate) struct Filter {
    /// How they stand. `open` has not ended, `ended` has, latest first; `soon` waits with less
    /// than a quarter of its time left; `stuck` is owed something for more than 5 minutes
    #[arg(long = "status", value_name = "STATUS", default_value = "pending",
          value_parser = Tab::parser())]
    pub(crate) tab: Tab,
    /// Their risk tiers, such as `high,critical`
    #[arg(long = "risk", value_name = "TIER,…", value_delimiter = ',')]
    pub(crate) risks: Vec<RiskTier>,
    /// The tool
    #[arg(long, value_name = "NAME", value_parser = Text::new())]
    pub(crate) tool: Option<String>,
    /// The agent; without `/ALIAS` under every alias
    #[arg(long, value_name = "ID[/ALIAS]", value_parser = Text::new())]
    pub(crate) agent: Option<String>,
    /// The person the agent acts for, or a part of the name
    #[arg(long, value_name = "NAME", value_parser = Text::new())]
    pub(crate) requester: Option<String>,
    /// A rule that led to the assessment
    #[arg(long, value_name = "ID", value_parser = Text::new())]
    pub(crate) rule: Option<String>,
    /// Words, each of which stands in the id, tool, agent, person, rules, reason or headline; or a
    /// reference, or the short name in a mail's subject, `R-` and digits
    #[arg(long, value_name = "WORDS", value_parser = Text::new())]
    pub(crate) query: Option<String>,
    /// To be decided within, such as `1h`
    #[arg(long, value_name = "DURATION", value_parser = span)]
    pub(crate) due: Option<SignedDuration>,
    /// Asked within the last, such as `2h`
    #[arg(long, value_name = "DURATION", value_parser = span)]
    pub(crate) since: Option<SignedDuration>,
}

/// An address asks for something that cannot be looked for.
#[derive(Debug, thiserror::Error)]
#[error("`{key}` in the address: {why}")]
pub(crate) struct FilterError {
    key: &'static str,
    why: String,
}

impl Filter {
    /// Reads it out of the pairs of an address: `tab risk tool agent requester rule q due since`.
    /// Empty values and other keys say nothing.
    pub(crate) fn from_pairs<'a>(
        pairs: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, FilterError> {
        let mut filter = Self::default();
        for (key, value) in pairs {
            let value = value.trim();
            let text = || Some(value.to_owned());
            match key {
                _ if value.is_empty() => {}
                "tab" => filter.tab = value.parse().map_err(wrong("tab"))?,
                "risk" => {
                    let tiers = value.split(',').map(str::parse).collect::<Result<_, _>>();
                    filter.risks = tiers.map_err(wrong("risk"))?;
                }
                "tool" => filter.tool = text(),
                "agent" => filter.agent = text(),
                "requester" => filter.requester = text(),
                "rule" => filter.rule = text(),
                "q" => filter.query = text(),
                "due" => filter.due = Some(span(value).map_err(wrong("due"))?),
                "since" => filter.since = Some(span(value).map_err(wrong("since"))?),
                _ => {}
            }
        }
        Ok(filter)
    }

    /// The pairs of an address that say it.
    pub(crate) fn to_pairs(&self) -> Vec<(&'static str, String)> {
        let risks: Vec<_> = self.risks.iter().map(|tier| tier.as_str()).collect();
        let spans = |span: Option<SignedDuration>| span.map(|span| format!("{span:#}"));
        let pairs = [
            ("tab", (self.tab != Tab::default()).then(|| self.tab.as_str().to_owned())),
            ("risk", (!risks.is_empty()).then(|| risks.join(","))),
            ("tool", self.tool.clone()),
            ("agent", self.agent.clone()),
            ("requester", self.requester.clone()),
            ("rule", self.rule.clone()),
            ("q", self.query.clone()),
            ("due", spans(self.due)),
            ("since", spans(self.since)),
        ];
        pairs.into_iter().filter_map(|(key, value)| Some((key, value?))).collect()
    }
}

impl Filter {
    /// Whether the index does not tell enough.
    pub(crate) fn needs_record(&self) -> bool {
        let texts = [&self.agent, &self.requester, &self.rule, &self.query];
        texts.into_iter().any(Option::is_some)
    }

    /// Whether neither this row nor any behind it can match.
    pub(super) fn ends_before(&self, row: &Queued, now: Moment) -> bool {
        let late = |due: SignedDuration| row.decide_by.is_some_and(|by| by > now.plus(due));
        self.due.is_some_and(late)
    }

    /// Whether it matches as far as the index tells: what cannot be read in it rules nothing out.
    pub(super) fn may_match(&self, row: &Queued, now: Moment) -> bool {
        let tab = match self.tab {
            Tab::Soon => is_soon(row, now),
            Tab::In(_) | Tab::Open | Tab::Ended | Tab::All => {
                self.tab.statuses().contains(&row.status)
            }
            Tab::Stuck => true,
        };
        let unread = |name| row.unread.contains(&name);
        let risk = self.risks.is_empty()
            || unread("tier")
            || row.tier.is_some_and(|tier| self.risks.contains(&tier));
        let tool =
            unread("tool") || self.tool.as_ref().is_none_or(|tool| row.tool.as_str() == tool);
        let due = self.due.is_none_or(|due| {
            let by = unread("decide_by") || row.decide_by.is_some_and(|by| by <= now.plus(due));
            row.status == Status::Pending && by
        });
        let since =
            unread("asked_at") || self.since.is_none_or(|since| now.since(row.asked_at) <= since);
        tab && risk && tool && due && since
    }

    /// Whether it matches. Of a record that cannot be read, only what the index holds.
    pub(crate) fn matches(&self, row: &Row, now: Moment) -> bool {
        self.may_match(&row.queued, now) && self.names(row) && self.says(row)
    }

    /// Whether it does not match, and might if what is not known of it were: its record, or the
    /// headline alone.
    pub(crate) fn hangs_on_unknown(&self, row: &Row, now: Moment) -> bool {
        let unknown = row.request.is_none() || (row.lacks_headline() && self.names(row));
        unknown && self.may_match(&row.queued, now) && !self.matches(row, now)
    }

    fn names(&self, row: &Row) -> bool {
        let Some(request) = &row.request else {
            return [&self.agent, &self.requester, &self.rule].into_iter().all(Option::is_none);
        };
        let of = &request.requester;
        let agent = self.agent.as_ref().is_none_or(|agent| {
            let id = of.agent.split('/').next();
            of.agent == *agent || id == Some(agent)
        });
        let requester = self.requester.as_ref().is_none_or(|name| {
            let name = name.to_lowercase();
            person(&of.person).iter().any(|text| text.to_lowercase().contains(&name))
        });
        let rules = request.assessment.iter().flat_map(|assessment| &assessment.rules);
        let rule =
            self.rule.as_ref().is_none_or(|id| rules.clone().any(|rule| rule.as_str() == id));
        agent && requester && rule
    }

    fn says(&self, row: &Row) -> bool {
        let Some(query) = &self.query else { return true };
        let mut texts = vec![row.queued.id.as_str(), row.queued.tool.as_str()];
        texts.extend(row.headline.as_deref());
        if let Some(request) = &row.request {
            texts.push(&request.requester.agent);
            texts.extend(person(&request.requester.person));
            texts.extend(request.reason.as_deref());
            if let Some(assessment) = &request.assessment {
                texts.extend(assessment.rules.iter().map(approval_core::name::RuleId::as_str));
                texts.extend(assessment.reason.as_deref());
            }
        }
        let texts: Vec<_> = texts.into_iter().map(str::to_lowercase).collect();
        let names = |digits: String| row.queued.id.as_str().starts_with(&digits);
        let says = |word: &str| {
            texts.iter().any(|text| text.contains(word)) || short(word).is_some_and(names)
        };
        query.to_lowercase().split_whitespace().all(says)
    }
}

/// Waiting, with little time left.
fn is_soon(row: &Queued, now: Moment) -> bool {
    row.status == Status::Pending && row.decide_by.is_some_and(|by| presses(row.asked_at, by, now))
}

/// Whether less than a quarter of the time is left.
pub(crate) fn presses(from: Moment, by: Moment, now: Moment) -> bool {
    by.since(now).as_millis().saturating_mul(4) < by.since(from).as_millis()
}

/// What the person is called.
fn person(person: &Person) -> Vec<&str> {
    match person {
        Person::Verified { issuer, subject } => vec![issuer, subject],
        Person::Claimed { name } => vec![name],
        Person::Unknown => Vec::new(),
    }
}

fn wrong<E: std::error::Error>(key: &'static str) -> impl FnOnce(E) -> FilterError {
    move |error| FilterError { key, why: error.to_string() }
}

#[cfg(test)]
mod tests;
