//! Headlines: the one line of each display part, opened once and kept.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use approval_aws::keys::Sealer;
use approval_core::digest::Digest;
use approval_core::name::RequestId;
use approval_core::ports::{BoxError, Open, Unavailable};
use approval_core::request::ApprovalRequest;
use approval_views::display::{Display, DisplayPart};
use tokio::task::JoinSet;

use crate::diagnosis;

/// How many are kept before it begins anew.
const MOST_KEPT: usize = 10_000;
/// How many are opened at once.
const AT_ONCE: usize = 16;

/// Says why there are no headlines.
pub(crate) fn why_sealed(error: &Unavailable) -> String {
    let words = diagnosis::words(error);
    let why = if words.contains("AccessDenied") {
        "these credentials may not open display parts (OperatorRoleArn of the stack says who may)"
    } else {
        words.as_str()
    };
    format!("no headlines: {why}")
}

/// By request; none where the display part does not open or is not about it.
type Known = HashMap<About, Option<String>>;

/// What a headline is of: an action of a request. A digest alone may stand in the record of another
/// request, whose own display part is still to be opened.
type About = (RequestId, Digest);

fn about(request: &ApprovalRequest) -> About {
    (request.id.clone(), request.digest)
}

/// Opens display parts, and keeps their headlines for as long as it lives.
#[derive(Debug)]
pub(crate) struct Headlines<O = Sealer> {
    opener: O,
    known: Mutex<Known>,
}

impl<O: Open + Clone + Send + Sync + 'static> Headlines<O> {
    /// Opens with that.
    pub(crate) fn new(opener: O) -> Self {
        Self { opener, known: Mutex::default() }
    }

    /// The headline, as it came, where it was opened.
    pub(crate) fn of(&self, request: &ApprovalRequest) -> Option<String> {
        self.known().get(&about(request)).cloned().flatten()
    }

    /// Opens those that are not known yet, at most so many, and says how many that were.
    ///
    /// # Errors
    ///
    /// The key does not answer, or not to us. What was opened before is kept.
    pub(super) async fn open(
        &self,
        requests: impl Iterator<Item = &ApprovalRequest>,
        most: usize,
    ) -> Result<usize, Unavailable> {
        let closed = |one: &&ApprovalRequest| !self.known().contains_key(&about(one));
        let some = requests.filter(|one| one.display.is_some()).filter(closed).take(most);
        let some: Vec<ApprovalRequest> = some.cloned().collect();
        for some in some.chunks(AT_ONCE) {
            let mut calls = JoinSet::new();
            for request in some {
                let (request, opener) = (request.clone(), self.opener.clone());
                calls.spawn(async move {
                    let part = DisplayPart::open(&request, &opener).await?;
                    let read = Display::read(&part, &request).ok().flatten();
                    Ok::<_, Unavailable>((about(&request), read.map(|display| display.headline)))
                });
            }
            while let Some(done) = calls.join_next().await {
                let (about, headline) =
                    done.map_err(|error| Unavailable(BoxError::from(error)))??;
                let mut known = self.known();
                if known.len() >= MOST_KEPT {
                    known.clear();
                }
                known.insert(about, headline);
            }
        }
        Ok(some.len())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use approval_core::moment::Moment;
    use approval_core::ports::{Requests, Seal};
    use approval_core::sealed::Part;
    use approval_testkit::memory::Memory;
    use approval_testkit::sample;
    use serde_json::json;

    use super::*;

    /// A request whose display part says what is to be done.
    async fn asked(memory: &'static Memory, id: &str, headline: &str) -> ApprovalRequest {
        let at = Moment::parse("2026-11-22T10:00:00Z").unwrap();
        let arguments = json!({"order": headline});
        let action = sample::action(id, "billing___refund_order", arguments, Digest::of(b"e"), at);
        let id = sample::received(memory, action.clone(), false).await;
        let request = memory.load(&id).await.unwrap().unwrap();
        let part = json!({
            "headline": headline, "tool": action.tool, "arguments": action.arguments,
            "secret_fields": [], "decimal_fields": [], "explanation_field": null,
            "effect": "irreversible", "requester": action.requester, "session": action.session,
            "asked_at": action.asked_at, "digest": request.digest,
        });
        let sealed = memory.seal(Part::Display, &id, part.to_string().as_bytes()).await.unwrap();
        ApprovalRequest { display: Some(sealed), ..request }
    }

    #[tokio::test]
    async fn a_request_is_never_told_under_the_headline_of_another() {
        let memory: &'static Memory = Box::leak(Box::default());
        let first = asked(memory, "r-1", "Refund 10.00").await;
        let mut other = asked(memory, "r-2", "Close the account").await;
        let headlines = Headlines::new(memory);
        assert_eq!(headlines.open([&first].into_iter(), 9).await.unwrap(), 1);
        assert_eq!(headlines.of(&first).as_deref(), Some("Refund 10.00"));
        other.digest = first.digest;
        assert_eq!(headlines.of(&other), None, "somebody gave it the digest of the first");
        assert_eq!(
            headlines.open([&first, &other].into_iter(), 9).await.unwrap(),
            1,
            "it is tried"
        );
        assert_eq!(headlines.of(&other), None, "its part is about another action");
        assert_eq!(headlines.of(&first).as_deref(), Some("Refund 10.00"));
    }
}
