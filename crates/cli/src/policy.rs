//! `policy`: on a bundle in a folder, without AWS.

mod check;
mod explain;
mod test;

pub(crate) use check::{check, does, has, verb};
pub(crate) use explain::explain;
pub(crate) use test::test;
