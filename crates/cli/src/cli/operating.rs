//! The operators' commands and their options.

use std::path::PathBuf;

use approval_core::moment::Moment;
use approval_core::name::ToolName;
use approval_core::order::Reason;
use approval_core::requester::{Caller, Person};
use clap::{ArgGroup, Args, ValueEnum};
use jiff::SignedDuration;

use super::explaining::{Arguments, person};
use super::value::{Handle, span};
use super::{Deployment, Output, Reading};
use crate::search::Filter;

pub(super) const LIST: &str = "\
Examples:
  countersign list
  countersign list --status open --limit 200
  countersign list --risk high,critical --due 1h
  countersign list --status all --query 'A-1042 refund' --since 7d
  countersign list --status in_doubt -o jsonl | jq -r .id

FOR is the person on whose behalf the agent asks. It reads a bounded number of rows; `export`
reads all.";

pub(super) const EXPORT: &str = "\
Examples:
  countersign export --status all --since 30d > requests.csv
  countersign export --status ended --tool billing___refund_order -o jsonl | jq -r .reason

Region, table and rights are those of `list`.";

pub(super) const CANCEL: &str = "\
Examples:
  countersign cancel cs-0123456789abcdef0123456789abcdef --reason 'the customer called it off'
  countersign list -o jsonl | jq -r .id | xargs -I{} countersign cancel {} --reason 'INC-4711'

What is being executed, or has ended, cannot be cancelled: nothing is changed then (exit code 6).";

pub(super) const EXTEND: &str = "\
Examples:
  countersign extend 0123456789abcdef0123456789abcdef --by 2h --reason 'ana is back at noon'
  countersign extend 0123456789abcdef0123456789abcdef --until 2026-11-22T18:00:00Z --reason 'as agreed'

Links stay as they are. Nothing extends beyond the hard limit that `show` names (exit code 6).";

pub(super) const REMIND: &str = "\
Examples:
  countersign remind 0123456789abcdef0123456789abcdef --reason 'the customer is on the line'
  countersign list --status soon -o jsonl | jq -r .id | xargs -I{} countersign remind {} --reason 'due soon'

Links and match codes stay as they are. Within 15 minutes of the last mail nobody is written to
again (exit code 6).";

pub(super) const RESOLVE: &str = "\
Examples:
  countersign resolve 0123456789abcdef0123456789abcdef --executed --reason 'refund RF-1 is booked'
  countersign resolve 0123456789abcdef0123456789abcdef --not-executed --reason 'no such refund, INC-4711'

Look in the target first: what is said here is final, and the agent is told so.";

pub(super) const FREEZE: &str = "\
Examples:
  countersign freeze all --reason 'INC-4711: refunds go wrong'
  countersign freeze tool billing___refund_order --reason INC-4711
  countersign freeze agent SUPPORT001/PRODALIAS1 --reason INC-4711
  countersign freeze agent SUPPORT001 --reason 'under every alias, INC-4711'

What would have run ends cancelled, and deciding is paused. What is being executed goes on.
`countersign freezes` lists what is frozen.";

pub(super) const UNFREEZE: &str = "\
Examples:
  countersign unfreeze all --reason 'INC-4711 is closed'
  countersign unfreeze tool billing___refund_order --reason 'INC-4711 is closed'";

pub(super) const FREEZES: &str = "\
Examples:
  countersign freezes
  countersign freezes -o jsonl | jq -r .scope";

pub(super) const DOCTOR: &str = "\
Examples:
  countersign doctor --stack prod
  countersign doctor --stack prod --bundle policy
  countersign doctor --stack prod --tool billing___refund_order --arguments @refund.json
  countersign doctor --stack prod -o json | jq '.[] | select(.state != \"ok\")'

It changes nothing, and its dry run asks nobody. What these credentials may not look at is a warning. It ends with 0 where
nothing has failed, and with 1 otherwise.";

pub(super) const WATCH: &str = "\
Examples:
  countersign watch cs-0123456789abcdef0123456789abcdef
  countersign watch 0123456789abcdef0123456789abcdef --timeout 30m && echo executed

Exit codes:
  0  executed         1  failed, or in doubt     3  rejected or refused
  5  expired or cancelled                        8  not ended when the time was over";

#[derive(Args, Debug)]
pub(crate) struct List {
    #[command(flatten)]
    pub(crate) filter: Filter,
    /// How many at most
    #[arg(long, value_name = "N", default_value = "50", help_heading = None,
          value_parser = clap::value_parser!(u16).range(1..=1000))]
    pub(crate) limit: u16,
    #[command(flatten)]
    pub(crate) output: Listing,
    /// How the table writes times
    #[arg(long, value_name = "FORM", default_value = "relative", help_heading = None)]
    pub(crate) time: Times,
    #[command(flatten)]
    pub(crate) from: Reading,
}

#[derive(Args, Debug)]
pub(crate) struct Export {
    #[command(flatten)]
    pub(crate) filter: Filter,
    /// How to write it
    #[arg(short = 'o', long = "output", value_name = "FORMAT", default_value = "csv",
          help_heading = None)]
    pub(crate) form: ExportForm,
    #[command(flatten)]
    pub(crate) from: Reading,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum ExportForm {
    /// For spreadsheets: no cell is a formula
    Csv,
    /// For programs: one line of JSON for one request
    Jsonl,
}

#[derive(Args, Debug)]
pub(crate) struct Freezes {
    #[command(flatten)]
    pub(crate) output: Listing,
    #[command(flatten)]
    pub(crate) at: Deployment,
}

#[derive(Args, Clone, Copy, Debug)]
pub(crate) struct Listing {
    /// How to write it [default: table on a terminal, jsonl elsewhere]
    #[arg(short = 'o', long = "output", value_name = "FORMAT", help_heading = None)]
    pub(crate) form: Option<Form>,
    /// Whether the table stresses what presses; `auto` does on a terminal, unless `NO_COLOR` is set
    #[arg(long, value_name = "WHEN", default_value = "auto", help_heading = None)]
    pub(crate) color: Color,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Form {
    /// For people: one line for one thing
    Table,
    /// For programs: all in one array
    Json,
    /// For programs: one line of JSON for one thing
    Jsonl,
    /// For spreadsheets: no cell is a formula
    Csv,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, ValueEnum)]
pub(crate) enum Times {
    /// How long ago, and how much is left
    Relative,
    /// Instants in UTC
    Iso,
}

#[derive(Args, Debug)]
pub(crate) struct Cancel {
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) why: Why,
    #[command(flatten)]
    pub(crate) at: Deployment,
}

#[derive(Args, Debug)]
pub(crate) struct Remind {
    #[command(flatten)]
    pub(crate) which: Which,
    #[command(flatten)]
    pub(crate) why: Why,
    #[command(flatten)]
    pub(crate) at: Deployment,
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("to").required(true).args(["until", "by"]))]
pub(crate) struct Extend {
    #[command(flatten)]
    pub(crate) which: Which,
    /// Until when people may decide, such as `2026-11-22T18:00:00Z`
    #[arg(long, value_name = "INSTANT", value_parser = Moment::parse)]
    pub(crate) until: Option<Moment>,
    /// How much longer than now planned, such as `2h` or `PT2H`
    #[arg(long, value_name = "DURATION", value_parser = span)]
    pub(crate) by: Option<SignedDuration>,
    #[command(flatten)]
    pub(crate) why: Why,
    #[command(flatten)]
    pub(crate) at: Deployment,
}

#[derive(Args, Debug)]
#[command(group = ArgGroup::new("outcome").required(true).args(["executed", "not_executed"]))]
pub(crate) struct Resolve {
    #[command(flatten)]
    pub(crate) which: Which,
    /// It was done
    #[arg(long)]
    pub(crate) executed: bool,
    /// It was certainly not done
    #[arg(long)]
    pub(crate) not_executed: bool,
    #[command(flatten)]
    pub(crate) why: Why,
    #[command(flatten)]
    pub(crate) at: Deployment,
}

#[derive(Args, Debug)]
pub(crate) struct Freeze {
    /// What: `all`, `tool NAME` or `agent ID`
    #[arg(value_name = "SCOPE", num_args = 1..=2, required = true)]
    pub(crate) scope: Vec<String>,
    #[command(flatten)]
    pub(crate) why: Why,
    #[command(flatten)]
    pub(crate) at: Deployment,
}

#[derive(Args, Debug)]
pub(crate) struct Doctor {
    /// The bundle that should be deployed, to look at its people too
    #[arg(long, value_name = "DIR", env = "COUNTERSIGN_BUNDLE", help_heading = None)]
    pub(crate) bundle: Option<PathBuf>,
    /// Try a request of this tool, instead of the cases that the deployed bundle brings
    #[arg(long, value_name = "NAME", value_parser = ToolName::parse, help_heading = None)]
    pub(crate) tool: Option<ToolName>,
    /// Its arguments as JSON, or `@FILE`, or `-` to read them
    #[arg(long, value_name = "JSON", default_value = "{}", requires = "tool", help_heading = None)]
    pub(crate) arguments: Arguments,
    /// The kind of caller that would ask: `bedrock`, `gateway` or `direct`
    #[arg(long, value_name = "KIND", default_value = "bedrock", requires = "tool", help_heading = None)]
    pub(crate) caller: Caller,
    /// The agent that would ask; rules may name it
    #[arg(long, value_name = "ID", default_value = "agent", requires = "tool", help_heading = None)]
    pub(crate) agent: String,
    /// The person it would act for, as claimed; or `verified:ISSUER,SUBJECT`
    #[arg(long, value_name = "NAME", value_parser = person, requires = "tool", help_heading = None)]
    pub(crate) person: Option<Person>,
    /// How to write it
    #[arg(short, long, value_name = "FORMAT", default_value = "text", help_heading = None)]
    pub(crate) output: Output,
    #[command(flatten)]
    pub(crate) from: Reading,
}

#[derive(Args, Debug)]
pub(crate) struct Watch {
    #[command(flatten)]
    pub(crate) which: Which,
    /// How long at most, such as `30m`
    #[arg(long, value_name = "DURATION", value_parser = span)]
    pub(crate) timeout: Option<SignedDuration>,
    #[command(flatten)]
    pub(crate) at: Deployment,
}

#[derive(Args, Debug)]
pub(crate) struct Which {
    /// The agent's reference, which starts with `cs-`, or the id of the request
    #[arg(value_name = "REFERENCE|ID")]
    pub(crate) request: Handle,
}

#[derive(Args, Debug)]
pub(crate) struct Why {
    /// Why, in one line; it goes into the audit trail beside your name
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Reason,
}
