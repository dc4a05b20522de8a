//! One file of `tests/`.

use std::fmt;

use approval_core::moment::Moment;
use approval_core::name::ToolName;
use approval_core::requester::{Caller, Person};
use approval_core::requirement::Requirement;
use approval_core::risk::RiskTier;
use approval_core::strict::shown;
use jiff::SignedDuration;
use serde::Deserialize;
use serde_json::{Map, Number, Value};

use crate::duration;
use crate::error::at;

/// A request, and what it should be answered.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) tool: ToolName,
    #[serde(deserialize_with = "arguments")]
    pub(super) arguments: Value,
    #[serde(default = "bedrock")]
    pub(super) caller: Caller,
    #[serde(default = "agent")]
    pub(super) agent: String,
    #[serde(default = "nobody", deserialize_with = "person")]
    pub(super) person: Person,
    pub(super) now: Option<Moment>,
    pub(super) expect: Expectation,
}

/// What the answer should be. What is not stated may be anything.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Expectation {
    pub(super) answer: Expected,
    pub(super) tier: Option<RiskTier>,
    pub(super) rules: Option<Vec<String>>,
    pub(super) requirements: Option<Vec<Requirement>>,
    #[serde(default, deserialize_with = "duration::positive_if_any")]
    pub(super) decide_within: Option<SignedDuration>,
    pub(super) reason: Option<String>,
}

/// The answer a case expects.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(super) enum Expected {
    Allowed,
    Pending,
    Refused,
    /// The arguments are turned away before any rule is asked.
    Invalid,
}

impl fmt::Display for Expected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Allowed => "allowed",
            Self::Pending => "pending",
            Self::Refused => "refused",
            Self::Invalid => "invalid",
        })
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    case: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Behind {
    claimed: Option<String>,
    issuer: Option<String>,
    subject: Option<String>,
}

/// Reads a file, or says where it is wrong.
pub(super) fn read(name: &str, text: &str) -> Result<Vec<Case>, String> {
    toml::from_str::<File>(text).map(|file| file.case).map_err(|error| {
        let place = error.span().map_or_else(|| name.to_owned(), |span| at(name, text, span));
        format!("{place}: {}", error.message())
    })
}

fn person<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Person, D::Error> {
    match Behind::deserialize(reader)? {
        Behind { claimed: Some(name), issuer: None, subject: None } => Ok(Person::Claimed { name }),
        Behind { claimed: None, issuer: Some(issuer), subject: Some(subject) } => {
            Ok(Person::Verified { issuer, subject })
        }
        _ => Err(serde::de::Error::custom(
            "write `{ claimed = \"...\" }` or `{ issuer = \"...\", subject = \"...\" }`",
        )),
    }
}

fn arguments<'de, D: serde::Deserializer<'de>>(reader: D) -> Result<Value, D::Error> {
    let table = toml::Table::deserialize(reader)?;
    json(toml::Value::Table(table)).map_err(serde::de::Error::custom)
}

/// TOML as JSON; a TOML date has no JSON form.
fn json(value: toml::Value) -> Result<Value, String> {
    match value {
        toml::Value::Array(values) => values.into_iter().map(json).collect(),
        toml::Value::Boolean(truth) => Ok(Value::Bool(truth)),
        toml::Value::Datetime(date) => {
            Err(format!("`{}` is no JSON value: write it as a string", shown(&date.to_string())))
        }
        toml::Value::Float(number) => {
            Number::from_f64(number).map(Value::Number).ok_or_else(|| "not a number".to_owned())
        }
        toml::Value::Integer(whole) => Ok(Value::from(whole)),
        toml::Value::String(text) => Ok(Value::from(text)),
        toml::Value::Table(table) => {
            let pairs = table.into_iter().map(|(name, value)| Ok((name, json(value)?)));
            pairs.collect::<Result<Map<_, _>, String>>().map(Value::Object)
        }
    }
}

fn bedrock() -> Caller {
    Caller::Bedrock
}

fn agent() -> String {
    "policy-test".to_owned()
}

fn nobody() -> Person {
    Person::Unknown
}
