//! The policy bundle: what tools there are, which rules hold, and who may answer.
//!
//! A bundle is a folder that a security engineer edits without Rust. It is read whole, checked
//! whole and identified by its digest; a bundle with any problem does not load. Rules are Cedar in
//! the syntax and names of AgentCore Policy; a `forbid` that carries `@ask` asks people.
//!
//! # Layout
//!
//! - [`bundle`]: loading a folder, and classification with it
//! - [`catalogue`]: tools, their arguments, what they do and where they go
//! - [`roster`]: people and groups
//! - [`settings`]: limits and defaults by tier
//! - [`cases`]: the bundle's own tests
//! - [`describe`], [`explain`]: what is in it, and what it says of an imagined ask
//! - [`inspect`]: asking that of the bundle that is deployed
//! - [`error`]: what is wrong with a bundle, all at once
//! - `cedar`: the generated schema, the rules, their evaluation
//!
//! # What it must never do
//!
//! Answer *allowed* when anything at all went wrong, or let text that a rule does not read change
//! an answer.

mod assess;
pub mod bundle;
pub mod cases;
pub mod catalogue;
mod cedar;
mod decimal;
pub mod describe;
mod duration;
pub mod error;
pub mod explain;
mod files;
pub mod inspect;
pub mod roster;
pub mod settings;

pub use bundle::Bundle;
pub use bundle::Look;
pub use cases::CaseResult;
pub use catalogue::{Catalogue, Effect, Entry, Preview};
pub use cedar::{Ask, Rule};
pub use error::{LoadErrors, Problem};
pub use roster::{Approver, Approvers};
pub use settings::Settings;

#[cfg(test)]
mod tests;
