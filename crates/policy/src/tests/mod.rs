//! Whole bundles: the example, and tool lists of others.

mod example;
mod fixtures;
