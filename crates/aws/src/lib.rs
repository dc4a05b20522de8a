//! The ports on AWS: one DynamoDB table, KMS keys, Step Functions, Lambda targets.
//!
//! Adapters translate and nothing else: no rule is decided here. What AWS sends or is sent never
//! reaches a log or an error; failures name the call and the service's error code.
//!
//! # Layout
//!
//! - [`environment`], [`runtime`], [`system`]: configuration, the Lambda entry point, time and randomness
//! - [`store`]: requests, decisions, audit trails, references and what is due, in one table
//! - [`keys`]: sealing, keyed hashes and authentication codes
//! - [`workflow`]: starting, watching and resuming workflow executions
//! - [`perform`]: calling the target
//! - [`mail`], [`topic`]: personal mail and notices; [`tell`]: having them sent
//! - [`stack`]: what CloudFormation knows of a deployment; [`probe`]: whether its parts work; [`rules`]: what its bundle says
//! - [`events`]: what others are told; [`metrics`]: what is measured; [`desk`]: the operators' door, as operators call it

pub mod desk;
pub mod environment;
pub mod events;
pub mod keys;
pub mod mail;
pub mod metrics;
pub mod perform;
pub mod probe;
pub mod rules;
pub mod runtime;
pub mod stack;
pub mod store;
pub mod system;
pub mod tell;
pub mod topic;
pub mod workflow;

mod call;
#[cfg(test)]
mod fixture;
#[cfg(test)]
mod replay;
