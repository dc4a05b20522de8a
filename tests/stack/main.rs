//! Whole stories on the real parts: Lambda binaries, state machine, KMS, DynamoDB, with IAM
//! enforced.

mod asks;
mod death;
mod roles;
mod show;
mod tampering;
