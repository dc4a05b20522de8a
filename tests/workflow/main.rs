//! Whole stories: every handler, and the state machine that ships, over memory.

mod bedrock;
mod bookkeeping;
mod confirming;
mod deciding;
mod escalation;
mod events;
mod execution;
mod faults;
mod fixtures;
mod inspecting;
mod lifecycle;
mod links;
mod looking;
mod operators;
mod outages;
mod races;
mod repeats;
mod returns;
mod stream;
mod sweep;
mod taking_back;
mod telling;
