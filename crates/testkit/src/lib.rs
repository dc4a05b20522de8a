//! The outside world in memory, for tests: every port of `approval-core`, and ways to break it.
//!
//! # Layout
//!
//! - [`memory`]: [`Memory`](memory::Memory), all ports over one locked state
//! - [`sealing`]: seals and codes that hold and break like the real ones
//! - [`clock`]: a clock that stands until it is moved, and ids in a fixed order
//! - `jitter`: interleavings of concurrent calls
//! - [`sample`]: an ask, a link, a decision, as the real functions would make them

pub mod clock;
mod jitter;
pub mod memory;
pub mod sample;
pub mod sealing;
