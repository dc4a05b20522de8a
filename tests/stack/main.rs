//! Whole stories on the real parts: Lambda binaries, state machine, KMS, DynamoDB, with IAM
//! enforced.

mod asks;
mod canaries;
mod death;
mod deciding;
mod doors;
mod operators;
mod roles;
mod show;
mod tampering;
mod topics;
