//! Interleavings: calls that take turns with others, in an order that a number stands for.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

/// Draws how many turns a call gives away: none where the number is 0.
pub(crate) fn draw(number: &mut u64) -> u64 {
    if *number == 0 {
        return 0;
    }
    // Knuth's multiplicative generator: its high bits are good enough to shuffle.
    *number =
        number.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *number >> 61
}

/// Gives turns away to whatever else the task runs.
pub(crate) async fn give_way(turns: u64) {
    for _ in 0..turns {
        GiveWay { gave: false }.await;
    }
}

struct GiveWay {
    gave: bool,
}

impl Future for GiveWay {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.gave {
            return Poll::Ready(());
        }
        self.gave = true;
        context.waker().wake_by_ref();
        Poll::Pending
    }
}
