//! How often a request is looked at.

use std::time::Duration;

const QUICK: Duration = Duration::from_secs(1);
const SLOW: Duration = Duration::from_secs(10);

/// Quick after a change, then slower and slower.
#[derive(Debug)]
pub(super) struct Pace(Duration);

impl Default for Pace {
    fn default() -> Self {
        Self(QUICK)
    }
}

impl Pace {
    /// How long to wait until the next look, no longer than there is time left.
    pub(super) fn next(&mut self, left: Option<Duration>) -> Duration {
        let wait = self.0;
        self.0 = wait.saturating_mul(2).min(SLOW);
        left.map_or(wait, |left| wait.min(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_slows_down_to_ten_seconds_and_never_waits_beyond_the_end() {
        let mut pace = Pace::default();
        let waits: Vec<_> = (0..6).map(|_| pace.next(None).as_secs()).collect();
        assert_eq!(waits, [1, 2, 4, 8, 10, 10]);
        assert_eq!(pace.next(Some(Duration::from_millis(300))), Duration::from_millis(300));
    }
}
