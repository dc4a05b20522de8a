//! The rules of Countersign: which action may run, on whose word, and how often.
//!
//! Everything here is pure: no I/O, clock, environment or randomness. Time, ids and keys come in
//! through [`ports`]; handlers persist what these functions return. When a rule is unsure, it
//! refuses.
//!
//! # Layout
//!
//! - [`strict`], [`canonical`], [`action`], [`digest`]: from untrusted bytes to one sealed meaning
//! - [`risk`], [`requirement`], [`matching`], [`assessment`]: what policy answered and who must agree
//! - [`status`], [`request`], [`lifecycle`], [`cause`], [`audit`]: the record, its one transition table, its trail
//! - [`steering`], [`order`]: what agents and operators may do to an open request
//! - [`due`], [`event`], [`metric`]: what is owed to a request, what others are told of it, what is measured
//! - [`notice`], [`asking`], [`link`], [`matchcode`]: how people are asked
//! - [`decision`], [`voting`], [`tally`], [`evidence`], [`permit`]: what they said, and the proof that lets run
//! - [`claim`], [`running`], [`outcome`], [`freeze`]: at most once, and what became of it
//! - [`mod@reference`], [`repeat`]: the agent's handle, and when the same ask is the same
//!   request
//! - [`commit`], [`ports`], [`step`], [`failure`]: what is written together, by whom, and how
//!   handlers are called and fail

pub mod action;
pub mod asking;
pub mod assessment;
pub mod audit;
pub mod canonical;
pub mod cause;
pub mod claim;
pub mod commit;
pub mod decision;
pub mod digest;
pub mod due;
pub mod event;
pub mod evidence;
pub mod failure;
pub mod freeze;
pub mod lifecycle;
pub mod link;
pub mod matchcode;
pub mod matching;
pub mod metric;
pub mod moment;
pub mod name;
pub mod notice;
pub mod order;
pub mod outcome;
pub mod permit;
pub mod ports;
pub mod reference;
pub mod repeat;
pub mod request;
pub mod requester;
pub mod requirement;
pub mod risk;
pub mod running;
pub mod sealed;
pub mod status;
pub mod steering;
pub mod step;
pub mod strict;
pub mod tally;
pub mod task;
pub mod voting;

#[cfg(test)]
mod fixture;
