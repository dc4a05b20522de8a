//! What must agree: code, state machine, template, and the arrows between crates.

mod arrows;
mod events;
mod machine;
mod template;
