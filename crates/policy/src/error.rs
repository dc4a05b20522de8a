//! What is wrong with a bundle: every problem at once, one a line.

use std::fmt;
use std::ops::Range;

/// One problem: where it is, and what to write instead.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Problem {
    /// The file, with line and column or the rule's `@id` where they are known.
    pub place: String,
    /// What is wrong, and what to write instead.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.place, self.what)
    }
}

/// Everything that is wrong with a bundle.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{}", .0.iter().map(Problem::to_string).collect::<Vec<_>>().join("\n"))]
pub struct LoadErrors(Vec<Problem>);

impl LoadErrors {
    /// The problems, in the order of the files.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        &self.0
    }
}

/// Problems while they are being found.
#[derive(Debug, Default)]
pub(crate) struct Problems(Vec<Problem>);

impl Problems {
    /// Notes a problem.
    pub(crate) fn add(&mut self, place: impl fmt::Display, what: impl fmt::Display) {
        self.0.push(Problem { place: place.to_string(), what: one_line(&what.to_string()) });
    }

    /// Notes a TOML error at its line and column.
    pub(crate) fn add_toml(&mut self, file: &str, text: &str, error: &toml::de::Error) {
        let place = error.span().map_or_else(|| file.to_owned(), |span| at(file, text, span));
        self.add(place, error.message());
    }

    /// How many there are so far.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Gives `value` if nothing is wrong.
    pub(crate) fn none_or<T>(self, value: Option<T>) -> Result<T, LoadErrors> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => Err(LoadErrors(self.0)),
        }
    }
}

/// `file:line:column` of a byte offset.
pub(crate) fn at(file: &str, text: &str, span: Range<usize>) -> String {
    let before = text.get(..span.start).unwrap_or(text);
    let line = before.matches('\n').count().saturating_add(1);
    let column = before.chars().rev().take_while(|c| *c != '\n').count().saturating_add(1);
    format!("{file}:{line}:{column}")
}

fn one_line(text: &str) -> String {
    text.lines().map(str::trim).filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ")
}
