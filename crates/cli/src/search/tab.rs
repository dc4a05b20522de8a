//! Which requests are looked at, by where they stand.

use std::str::FromStr;

use approval_core::status::Status;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};

/// Where requests stand that are looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Tab {
    /// In one status.
    In(Status),
    /// Waiting, with less than a quarter of the time left.
    Soon,
    /// Owed something for too long.
    Stuck,
    /// Not ended.
    Open,
    /// Ended.
    Ended,
    /// Wherever.
    All,
}

/// The text names no tab.
#[derive(Debug, thiserror::Error)]
#[error("not where requests stand: use `open`, `soon`, `stuck`, `ended`, `all` or a status")]
pub(crate) struct TabError;

impl Default for Tab {
    fn default() -> Self {
        Self::WAITING
    }
}

impl Tab {
    /// Waiting for people.
    pub(crate) const WAITING: Self = Self::In(Status::Pending);
    /// Waiting for somebody to settle a doubt.
    pub(crate) const IN_DOUBT: Self = Self::In(Status::InDoubt);

    /// The statuses, in the order of a life; all of them where the status does not tell.
    pub(crate) fn statuses(self) -> Vec<Status> {
        let all = Status::ALL.into_iter();
        match self {
            Self::In(status) => vec![status],
            Self::Soon => vec![Status::Pending],
            Self::Open => all.filter(|one| !one.is_terminal()).collect(),
            Self::Ended => all.filter(|one| one.is_terminal()).collect(),
            Self::Stuck | Self::All => all.collect(),
        }
    }

    /// As it is typed, and as it stands in an address.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::In(status) => status.as_str(),
            Self::Soon => "soon",
            Self::Stuck => "stuck",
            Self::Open => "open",
            Self::Ended => "ended",
            Self::All => "all",
        }
    }

    /// As it is said: `no request is …`.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::In(status) => status.as_str(),
            Self::Soon => "pending with little time left",
            Self::Stuck => "stuck",
            Self::Open => "open",
            Self::Ended => "ended",
            Self::All => "there",
        }
    }

    /// Reads it as it is typed.
    pub(crate) fn parser() -> impl TypedValueParser<Value = Self> {
        let tabs = [Self::Open, Self::Soon, Self::Stuck, Self::Ended, Self::All];
        let tabs = tabs.into_iter().map(|tab| PossibleValue::new(tab.as_str()));
        let statuses = Status::ALL.into_iter().map(|one| {
            let value = PossibleValue::new(one.as_str());
            if one == Status::InDoubt { value.alias("in-doubt") } else { value }
        });
        let values = PossibleValuesParser::new(tabs.chain(statuses));
        values.try_map(|typed| typed.parse())
    }
}

impl FromStr for Tab {
    type Err = TabError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let name = text.replace('-', "_");
        let statuses = Status::ALL.into_iter().map(Self::In);
        let tabs = [Self::Open, Self::Soon, Self::Stuck, Self::Ended, Self::All];
        tabs.into_iter().chain(statuses).find(|tab| tab.as_str() == name).ok_or(TabError)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_a_tab_and_open_and_ended_are_all() {
        for status in Status::ALL {
            assert_eq!(status.as_str().parse::<Tab>().unwrap(), Tab::In(status));
        }
        assert_eq!("in-doubt".parse::<Tab>().unwrap(), Tab::IN_DOUBT);
        assert!("late".parse::<Tab>().is_err());
        let both = Tab::Open.statuses().len() + Tab::Ended.statuses().len();
        assert_eq!(both, Tab::All.statuses().len());
    }
}
