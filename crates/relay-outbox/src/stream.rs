//! What the table's stream brings: that a record changed. Its own state says what is owed.

use approval_core::failure::HandlerError;
use approval_core::metric::Measure;
use approval_core::moment::Moment;
use approval_core::name::RequestId;
use approval_core::ports::{
    Announce, AuditTrail, Clock, Commits, DueIndex, Park, Requests, StartWorkflow, Tell, Workflows,
};
use serde::{Deserialize, Serialize};

use crate::duties::WHOLE;
use crate::{RelayOutbox, Sweep};

const REQUEST: &str = "REQ#";
const META: &str = "META";

/// A change of one request.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    /// Its place in the stream.
    pub sequence: String,
    /// The request.
    pub request: RequestId,
}

/// What Lambda is answered: which records it should bring again.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Again {
    /// The records.
    pub batch_item_failures: Vec<Item>,
}

/// One of them.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Item {
    /// Its place in the stream.
    pub item_identifier: String,
}

/// Reads the changes of requests out of a stream's event; none where it is another event.
///
/// What is no change of a request's record is passed over: it must not hold up what comes after.
#[must_use]
pub fn changes(event: &str) -> Option<Vec<Change>> {
    #[derive(Deserialize)]
    struct Event {
        #[serde(rename = "Records")]
        records: Vec<serde_json::Value>,
    }

    let Event { records } = serde_json::from_str(event).ok()?;
    let changes = records.iter().filter_map(|record| {
        let changed = record.get("dynamodb")?;
        let key = |name: &str| changed.get("Keys")?.get(name)?.get("S")?.as_str();
        let request = RequestId::parse(key("pk")?.strip_prefix(REQUEST)?).ok()?;
        let sequence = changed.get("SequenceNumber")?.as_str()?.to_owned();
        (key("sk")? == META).then_some(Change { sequence, request })
    });
    Some(changes.collect())
}

impl<S, W, T, E, M, C> RelayOutbox<S, W, T, E, M, C>
where
    S: Requests + Commits + DueIndex + AuditTrail + Park,
    W: StartWorkflow + Workflows,
    T: Tell,
    E: Announce,
    M: Measure,
    C: Clock,
{
    /// Serves the requests that changed, each once. Those that could not be served come again; so
    /// do those for which no time was left.
    pub async fn follow(&self, changes: &[Change], deadline: Moment) -> Again {
        let mut sweep = Sweep::default();
        let mut again = Again::default();
        let mut served = std::collections::BTreeMap::new();
        for Change { sequence, request } in changes {
            let failed = match served.get(request) {
                Some(failed) => *failed,
                None if self.is_late(deadline) => true,
                None => match self.serve(request, &WHOLE, &mut sweep, deadline).await {
                    Ok(()) => false,
                    // Bringing it again helps nothing: the sweep puts it aside.
                    Err(HandlerError::Unreadable(_)) => false,
                    Err(error) => {
                        tracing::error!(request = %request, error = error.in_full(), "not served");
                        true
                    }
                },
            };
            served.insert(request, failed);
            if failed {
                again.batch_item_failures.push(Item { item_identifier: sequence.clone() });
            }
        }
        again
    }
}
