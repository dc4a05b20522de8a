//! Headlines: the one line of each display part, opened once and kept.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use approval_aws::keys::Sealer;
use approval_core::digest::Digest;
use approval_core::ports::{BoxError, Unavailable};
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
type Known = HashMap<Digest, Option<String>>;

/// Opens display parts, and keeps their headlines for as long as it lives.
#[derive(Debug)]
pub(crate) struct Headlines {
    opener: Sealer,
    /// By the action digest, which no two requests share.
    known: Mutex<Known>,
}

impl Headlines {
    /// Opens with that.
    pub(crate) fn new(opener: Sealer) -> Self {
        Self { opener, known: Mutex::default() }
    }

    /// The headline, as it came, where it was opened.
    pub(crate) fn of(&self, request: &ApprovalRequest) -> Option<String> {
        self.known().get(&request.digest).cloned().flatten()
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
        let closed = |one: &&ApprovalRequest| !self.known().contains_key(&one.digest);
        let some = requests.filter(|one| one.display.is_some()).filter(closed).take(most);
        let some: Vec<ApprovalRequest> = some.cloned().collect();
        for some in some.chunks(AT_ONCE) {
            let mut calls = JoinSet::new();
            for request in some {
                let (request, opener) = (request.clone(), self.opener.clone());
                calls.spawn(async move {
                    let part = DisplayPart::open(&request, &opener).await?;
                    let read = Display::read(&part, &request).ok().flatten();
                    Ok::<_, Unavailable>((request.digest, read.map(|display| display.headline)))
                });
            }
            while let Some(done) = calls.join_next().await {
                let (digest, headline) =
                    done.map_err(|error| Unavailable(BoxError::from(error)))??;
                let mut known = self.known();
                if known.len() >= MOST_KEPT {
                    known.clear();
                }
                known.insert(digest, headline);
            }
        }
        Ok(some.len())
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
