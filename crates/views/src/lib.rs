//! What people read of a request, and the filter that lets no text hide from them.
//!
//! Agents and applications write names, sessions and arguments; whoever decides on them must see
//! all of it, in the order it stands in. So every text of others goes through [`visible()`].
//!
//! # Layout
//!
//! - [`mod@visible`]: the filter
//! - [`display`]: the part of the action that approvers and operators may see, opened
//! - [`request`]: one request with its decisions and its audit trail, ready to be shown
//! - [`case`]: one request as an approver sees it; [`facts`], [`before`], [`explanation`], [`lookalike`], [`help`]: its parts
//! - [`mail`], [`page`], [`notice`], [`chat`], [`ended`]: how people are asked, what they find, how it ended
//! - [`amount`], [`time`]: numbers and instants that nobody reads as others
//! - [`change`]: one audit record in words
//! - [`console`]: the screens of the operators' console
//! - [`mod@inert`]: what keeps text of others from becoming links in mail
//! - [`text`], [`json`]: how that is written for people and for programs
//! - [`words`]: statuses, verdicts and actors in words
//!
//! # What it must never do
//!
//! Show a task token, a sealed part, or a text of others as it came.

pub mod amount;
pub mod before;
pub mod case;
pub mod change;
pub mod chat;
pub mod console;
pub mod display;
pub mod ended;
mod ending;
pub mod explanation;
pub mod facts;
pub mod help;
pub mod inert;
pub mod json;
pub mod lookalike;
pub mod mail;
pub mod notice;
pub mod page;
pub mod request;
pub mod text;
pub mod time;
pub mod visible;
pub mod words;
mod wrap;

pub use display::DisplayPart;
pub use request::{Found, RequestView};
pub use visible::visible;

#[cfg(test)]
mod fixture;
#[cfg(test)]
mod harmless;
#[cfg(test)]
mod snapshots;
#[cfg(test)]
mod tests;
