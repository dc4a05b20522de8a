//! Whole stories: every handler, and the state machine that ships, over memory.

mod bedrock;
mod deciding;
mod execution;
mod faults;
mod fixtures;
mod links;
mod races;
mod repeats;
mod stream;
mod sweep;
mod telling;
