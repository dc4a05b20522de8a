//! What came of an order, kept until the next page shows it.

use std::sync::{Mutex, PoisonError};

use approval_core::moment::Moment;
use approval_views::console::Flash;
use jiff::SignedDuration;

/// For how long it is worth telling.
const FRESH: SignedDuration = SignedDuration::from_mins(5);

/// The last answer, until it is shown.
#[derive(Debug, Default)]
pub(super) struct Flashes(Mutex<Option<(Moment, Flash)>>);

impl Flashes {
    /// Keeps an answer.
    pub(super) fn keep(&self, now: Moment, good: bool, text: impl Into<String>) {
        let flash = Flash { good, text: text.into() };
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some((now, flash));
    }

    /// Gives it back, once, while it is fresh.
    pub(super) fn take(&self, now: Moment) -> Option<Flash> {
        let kept = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        kept.filter(|(at, _)| now.since(*at) < FRESH).map(|(_, flash)| flash)
    }
}
