//! `policy`: on a bundle in a folder, without AWS.

mod check;
mod test;

pub(crate) use check::{check, does, has, verb};
pub(crate) use test::test;
