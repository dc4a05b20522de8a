//! Events on Amazon EventBridge.

use approval_core::event::Event;
use approval_core::ports::{Announce, Unavailable};
use aws_config::SdkConfig;
use aws_sdk_eventbridge::Client;
use aws_sdk_eventbridge::primitives::DateTime;
use aws_sdk_eventbridge::types::PutEventsRequestEntry;

use crate::call::{unavailable, unusable};

/// The `source` of every event.
pub const SOURCE: &str = "countersign";
/// How many events one call takes.
const MOST: usize = 10;

/// An event bus.
#[derive(Clone, Debug)]
pub struct Bus {
    client: Client,
    name: String,
}

impl Bus {
    /// The bus of that name or ARN.
    #[must_use]
    pub fn new(config: &SdkConfig, name: String) -> Self {
        Self { client: Client::new(config), name }
    }

    fn entry(&self, event: &Event) -> Result<PutEventsRequestEntry, Unavailable> {
        let detail = serde_json::to_string(event).map_err(|error| Unavailable(error.into()))?;
        let at = DateTime::from_millis(event.at.as_millis());
        let entry = PutEventsRequestEntry::builder().time(at).source(SOURCE);
        let entry = entry.detail_type(event.kind.name()).detail(detail);
        Ok(entry.event_bus_name(&self.name).build())
    }
}

impl Announce for Bus {
    /// A call that answers 200 may have refused some of its entries: those from the first refused
    /// one on count as not taken.
    async fn announce(&self, events: &[Event]) -> Result<usize, Unavailable> {
        let mut taken: usize = 0;
        for chunk in events.chunks(MOST) {
            let entries = chunk.iter().map(|event| self.entry(event)).collect::<Result<_, _>>()?;
            let put = self.client.put_events().set_entries(Some(entries)).send().await;
            let answer = put.map_err(unavailable("events:PutEvents"))?;
            let told = answer.entries.unwrap_or_default();
            if told.len() != chunk.len() {
                return Err(unusable("events:PutEvents", "not every entry was answered"));
            }
            let accepted = told.iter().take_while(|entry| entry.error_code.is_none()).count();
            taken = taken.saturating_add(accepted);
            if accepted < chunk.len() {
                let code = told.iter().find_map(|entry| entry.error_code.as_deref());
                tracing::warn!(code, "an event was not taken");
                return Ok(taken);
            }
        }
        Ok(taken)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::fixture;
    use crate::replay::{Answer, Replay};

    fn events(count: usize) -> Vec<Event> {
        let (request, trail) = fixture::trail();
        let event = Event::of(&trail[1], &request, "staging").remove(0);
        (0..count).map(|seq| Event { seq: seq as u64, ..event.clone() }).collect()
    }

    fn took(count: usize) -> Vec<Value> {
        (0..count).map(|id| json!({"EventId": id.to_string()})).collect()
    }

    #[tokio::test]
    async fn events_go_out_ten_at_a_time_as_they_are() {
        let answers = [10, 2].map(|count| Answer::ok(&json!({"Entries": took(count)})));
        let replay = Replay::of(answers);
        let bus = Bus::new(&replay.config(), "approvals".to_owned());
        assert_eq!(bus.announce(&events(12)).await.unwrap(), 12);
        let sent = replay.sent("PutEvents");
        let first = &sent[0]["Entries"][0];
        assert_eq!(first["Source"], "countersign");
        assert_eq!(first["DetailType"], "Cancelled");
        assert_eq!(first["EventBusName"], "approvals");
        let detail: Value = serde_json::from_str(first["Detail"].as_str().unwrap()).unwrap();
        assert_eq!((&detail["stack"], &detail["seq"]), (&json!("staging"), &json!(0)));
        assert_eq!((sent[0]["Entries"].as_array().unwrap().len(), sent.len()), (10, 2));
    }

    #[tokio::test]
    async fn an_answer_of_200_may_hold_refusals_and_the_rest_is_not_sent() {
        let mut told = took(10);
        told[3] = json!({"ErrorCode": "ThrottlingException", "ErrorMessage": "slow down"});
        let replay = Replay::of([Answer::ok(&json!({"FailedEntryCount": 1, "Entries": told}))]);
        let bus = Bus::new(&replay.config(), "approvals".to_owned());
        assert_eq!(bus.announce(&events(12)).await.unwrap(), 3);
        assert_eq!(replay.sent("PutEvents").len(), 1);
    }

    #[tokio::test]
    async fn an_answer_that_does_not_tell_of_every_entry_is_none() {
        let replay = Replay::of([Answer::ok(&json!({"Entries": took(1)}))]);
        let bus = Bus::new(&replay.config(), "approvals".to_owned());
        assert!(bus.announce(&events(2)).await.is_err());
    }
}
