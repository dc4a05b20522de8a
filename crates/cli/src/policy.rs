//! `policy`: on a bundle in a folder, without AWS.

mod check;
mod explain;
mod test;

pub(crate) use check::check;
pub(crate) use explain::{explain, read};
pub(crate) use test::test;
