//! Time and randomness that do as they are told.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use approval_core::moment::Moment;
use approval_core::ports::{Clock, Ids, Unavailable};
use jiff::SignedDuration;

/// A clock that stands until it is moved.
#[derive(Debug)]
pub struct FixedClock(AtomicI64);

impl FixedClock {
    /// A clock that stands at that instant.
    #[must_use]
    pub fn at(text: &str) -> Self {
        Self(AtomicI64::new(Moment::parse(text).expect("an instant").as_millis()))
    }

    /// Moves it.
    pub fn advance(&self, by: SignedDuration) {
        let millis = i64::try_from(by.as_millis()).expect("a short time");
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl Clock for &FixedClock {
    fn now(&self) -> Moment {
        Moment::from_millis(self.0.load(Ordering::SeqCst)).expect("an instant")
    }
}

/// Ids in a fixed order.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU64);

impl Ids for &CountingIds {
    fn random(&self) -> Result<[u8; 32], Unavailable> {
        let mut bytes = [7; 32];
        let count = self.0.fetch_add(1, Ordering::SeqCst);
        bytes[..8].copy_from_slice(&count.to_be_bytes());
        Ok(bytes)
    }
}
