//! Keys: sealing, the keyed hash of asks, and the codes that authenticate decisions.
//!
//! Each function is given only the keys it needs, and the key policies hold it to them.

mod ask;
mod envelope;
mod macs;
mod maker;
mod sealer;

pub use ask::AskKey;
pub use macs::Macs;
pub use maker::MacMaker;
pub use sealer::{PartKeys, Sealer};
