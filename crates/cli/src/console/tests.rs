//! The console over the store in memory and the real operators' door.

mod acting;
mod hostile;
mod outside;
mod screens;
mod world;
