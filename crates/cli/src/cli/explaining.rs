//! `policy explain` and its options.

use std::convert::Infallible;
use std::path::PathBuf;
use std::str::FromStr;

use approval_core::moment::Moment;
use approval_core::name::ToolName;
use approval_core::requester::{Caller, Person};
use clap::Args;
use clap::builder::NonEmptyStringValueParser as Text;

use super::{BundleArgs, Output};

pub(super) const EXPLAIN: &str = "\
Examples:
  countersign policy explain policy --tool billing___refund_order \\
    --arguments '{\"order_id\": \"A-1042\", \"amount\": 480.00, \"currency\": \"EUR\", \"reason\": \"damaged\"}'
  countersign policy explain policy --tool billing___refund_order --arguments @refund.json \\
    --person dana@example.com --at 2026-12-24T18:00:00Z
  jq .arguments ask.json | countersign policy explain policy --tool support___cancel_account \\
    --arguments - --person 'verified:https://idp.example.com,00u1' -o json

Nothing is stored and nobody is asked. A refusal is an answer too (exit code 0); what no rule would
be asked about, such as arguments the tool does not take, is an error.";

#[derive(Args, Debug)]
pub(crate) struct Explain {
    #[command(flatten)]
    pub(crate) bundle: BundleArgs,
    /// The tool
    #[arg(long, value_name = "NAME", value_parser = ToolName::parse)]
    pub(crate) tool: ToolName,
    /// Its arguments as JSON, or `@FILE`, or `-` to read them
    #[arg(long, value_name = "JSON", default_value = "{}")]
    pub(crate) arguments: Arguments,
    /// The kind of caller: `bedrock`, `gateway` or `direct`
    #[arg(long, value_name = "KIND", default_value = "bedrock")]
    pub(crate) caller: Caller,
    /// The agent that asks
    #[arg(long, value_name = "ID", default_value = "agent", value_parser = Text::new())]
    pub(crate) agent: String,
    /// The person it acts for, as claimed; or `verified:ISSUER,SUBJECT`
    #[arg(long, value_name = "NAME", value_parser = person)]
    pub(crate) person: Option<Person>,
    /// When it is asked [default: now]
    #[arg(long, value_name = "INSTANT", value_parser = Moment::parse)]
    pub(crate) at: Option<Moment>,
    /// How to write it
    #[arg(short, long, value_name = "FORMAT", default_value = "text")]
    pub(crate) output: Output,
}

/// Where arguments are.
#[derive(Clone, Debug)]
pub(crate) enum Arguments {
    Here(String),
    File(PathBuf),
    Input,
}

impl FromStr for Arguments {
    type Err = Infallible;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match text.strip_prefix('@') {
            Some(path) => Self::File(path.into()),
            None if text == "-" => Self::Input,
            None => Self::Here(text.to_owned()),
        })
    }
}

#[derive(Debug, thiserror::Error)]
#[error("not a person: write a name, or `verified:` with an issuer and a subject after a comma")]
pub(crate) struct PersonError;

pub(super) fn person(text: &str) -> Result<Person, PersonError> {
    let Some(proven) = text.strip_prefix("verified:") else {
        let name = text.trim().to_owned();
        return if name.is_empty() { Err(PersonError) } else { Ok(Person::Claimed { name }) };
    };
    match proven.rsplit_once(',') {
        Some((issuer, subject)) if !issuer.is_empty() && !subject.is_empty() => {
            Ok(Person::Verified { issuer: issuer.to_owned(), subject: subject.to_owned() })
        }
        Some(_) | None => Err(PersonError),
    }
}
