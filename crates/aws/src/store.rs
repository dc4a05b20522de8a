//! The table: all records in one DynamoDB table.
//!
//! | `pk` | `sk` | |
//! |---|---|---|
//! | `REQ#<id>` | `META` | the request |
//! | `REQ#<id>` | `AUDIT#<seq>` | an audit record |
//! | `REQ#<id>` | `DECISION#<approver>` | a decision |
//! | `REQ#<id>` | `NOTICE#<approver>` | what an approver was sent, and how their link stands |
//! | `REQ#<id>` | `CLAIM` | the claim |
//! | `ASK#<digest>` | `ASK` | finds the request by what was asked |
//! | `REF#<digest>` | `REF` | finds the request by the agent's reference |
//! | `CONTROL#freeze#<scope>` | `FREEZE` | a freeze |
//! | `CONTROL#freeze#<scope>` | `AUDIT#<version>` | one switch of it |
//!
//! The index `by-status` serves queues and the index `due` the sweep. Both are spread over
//! [`SHARDS`], so that neither is one hot partition.

use aws_config::SdkConfig;
use aws_sdk_dynamodb::Client;

use crate::metrics::Meter;

mod asked;
mod cancelled;
mod commit;
mod decisions;
mod due;
mod freezes;
mod index;
mod key;
mod load;
mod many;
mod notices;
mod park;
mod plan;
mod query;
mod queue;
mod references;
mod trail;
mod waiting;

pub use asked::Asked;
pub use index::SHARDS;
pub use queue::{Page, Queued};

/// The table.
#[derive(Clone, Debug)]
pub struct Table {
    client: Client,
    name: String,
    meter: Option<Meter>,
}

impl Table {
    /// The table of that name.
    #[must_use]
    pub fn new(config: &SdkConfig, name: impl Into<String>) -> Self {
        let client = Client::new(config);
        let name = name.into();
        Self { client, name, meter: None }
    }

    /// The same, measuring each transition it has written.
    #[must_use]
    pub fn measured(self, stack: &str) -> Self {
        Self { meter: Some(Meter::new(stack)), ..self }
    }
}
