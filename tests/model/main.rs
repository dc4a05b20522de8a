//! The life of a request as a model, explored to its end; the handlers held to it, at random; many
//! requests with faults.

mod explore;
mod life;
mod many;
mod reftest;
