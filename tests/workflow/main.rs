//! Whole stories: every handler, and the state machine that ships, over memory.

mod bedrock;
mod execution;
mod faults;
mod fixtures;
mod repeats;
mod sweep;
