//! The agents' door: from an untrusted event to a stored, sealed request and a clear answer.
//!
//! It must never open a sealed action, decide, resume or perform anything. Each kind of caller
//! has its own function from this code; trust comes from which one was invoked.
//!
//! # Layout
//!
//! - [`wire`]: Bedrock's events and replies
//! - [`door`]: one ask from event to answer
//! - `open`: sealing, storing and starting, or finding the request that covers the ask
//! - [`companion`]: how a request stands, and taking it back
//! - [`answer`]: what the agent is told

pub mod answer;
pub mod companion;
pub mod door;
mod open;
pub mod wire;
