//! Does what is owed: starts what was not started, expires what is late, has people told, ends
//! waits, settles dead claims, closes the records of dead workflow executions, publishes events.
//!
//! The table's stream makes it quick, the sweep of what is due makes it certain. All of it is
//! harmless to repeat. It must never perform an action or decide one.
//!
//! # Layout
//!
//! - `duties`: what is done for one request
//! - `sweep`: what is due, looked for once a minute
//! - [`stream`]: what the table's stream brings
//! - [`wire`]: the events

mod duties;
pub mod stream;
mod sweep;
pub mod wire;

use approval_core::moment::Moment;
use approval_core::ports::Clock;
use jiff::SignedDuration;

pub use sweep::Sweep;

/// The handler over its ports.
#[derive(Debug)]
pub struct RelayOutbox<S, W, T, E, M, C> {
    /// The stack.
    pub stack: String,
    /// The store.
    pub store: S,
    /// The workflow executions.
    pub workflows: W,
    /// Has people told.
    pub teller: T,
    /// Tells others what happened.
    pub events: E,
    /// Takes down what is measured.
    pub meter: M,
    /// The time.
    pub clock: C,
}

/// How much of an invocation is kept for the request at hand.
const TO_FINISH: SignedDuration = SignedDuration::from_secs(10);

impl<S, W, T, E, M, C: Clock> RelayOutbox<S, W, T, E, M, C> {
    /// Whether no time is left for another request.
    fn is_late(&self, deadline: Moment) -> bool {
        self.clock.now() >= deadline.plus(-TO_FINISH)
    }
}
