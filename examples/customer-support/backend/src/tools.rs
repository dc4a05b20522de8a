//! What each tool takes, and what is written for it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::BackendError::{self, NotExecuted};
use crate::amount;

/// What a call asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Work {
    /// To look up what stands under this key.
    Find(String),
    /// To make something happen.
    Record(Entry),
}

/// What happened, as it is kept in the books.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Entry {
    /// The kind of thing that happened; its number begins with the first two letters.
    pub kind: &'static str,
    /// The key under which a repeat is recognised.
    pub key: String,
    /// What is kept of the arguments.
    pub details: BTreeMap<String, String>,
}

#[derive(Deserialize)]
struct Call {
    version: u32,
    tool: String,
    arguments: Map<String, Value>,
    idempotency_key: String,
}

/// Tool, kind of thing, arguments that are kept, arguments that are only allowed.
type Form = (&'static str, &'static str, &'static [&'static str], &'static [&'static str]);

const LOOKED_UP: [Form; 2] = [
    ("support___look_up_order", "ORDER", &["order_id"], &[]),
    ("support___look_up_ticket", "TICKET", &["ticket_id"], &[]),
];

#[rustfmt::skip]
const RECORDED: [Form; 4] = [
    ("billing___refund_order", "RFUND", &["order_id", "amount", "currency"], &["reason"]),
    ("billing___change_subscription", "CHANGE", &["account_id", "plan", "effective"], &[]),
    ("support___cancel_account", "CANCELLATION", &["account_id"], &["reason"]),
    ("support___disclose_customer_data", "DISCLOSURE", &["account_id", "fields", "recipient"], &["verification_answer"]),
];
