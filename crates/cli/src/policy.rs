//! `policy`: on a bundle in a folder, without AWS.

mod check;
mod test;

pub(crate) use check::check;
pub(crate) use test::test;
