//! Time and randomness of the machine.

use approval_core::moment::Moment;
use approval_core::ports::{Clock, Ids, Unavailable};
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use jiff::Timestamp;

use crate::call::unusable;

/// The machine's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Moment {
        // INVARIANT: a `Moment` holds every instant a `Timestamp` holds. A process that cannot
        // tell the time must not judge deadlines, so it ends.
        Moment::from_millis(Timestamp::now().as_millisecond())
            .unwrap_or_else(|_| std::process::abort())
    }
}

/// The operating system's random number generator.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemIds;

impl Ids for SystemIds {
    fn random(&self) -> Result<[u8; 32], Unavailable> {
        let mut bytes = [0; 32];
        match SystemRandom::new().fill(&mut bytes) {
            Ok(()) => Ok(bytes),
            Err(_) => Err(unusable("reading random bits", "the system gives none")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_tells_a_plausible_time() {
        assert!(SystemClock.now() > Moment::parse("2026-01-01T00:00:00Z").unwrap());
    }

    #[test]
    fn random_bits_do_not_repeat() {
        assert_ne!(SystemIds.random().unwrap(), SystemIds.random().unwrap());
    }
}
