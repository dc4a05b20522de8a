//! Several calls at a time, for a list.

use tokio::task::JoinSet;

use crate::failure::Failure;

/// What comes of each, in the order of the list; so many are under way at once.
pub(super) async fn together<One, Made, Call>(
    list: Vec<One>,
    at_once: usize,
    call: impl Fn(One) -> Call,
) -> Result<Vec<Made>, Failure>
where
    Call: Future<Output = Result<Made, Failure>> + Send + 'static,
    Made: Send + 'static,
{
    let mut all = Vec::new();
    let mut list = list.into_iter().enumerate().peekable();
    while list.peek().is_some() {
        let mut calls = JoinSet::new();
        for (at, one) in list.by_ref().take(at_once) {
            let made = call(one);
            calls.spawn(async move { (at, made.await) });
        }
        while let Some(done) = calls.join_next().await {
            let (at, made) = done.map_err(|error| Failure::Unanswered(error.to_string()))?;
            all.push((at, made?));
        }
    }
    all.sort_by_key(|(at, _)| *at);
    Ok(all.into_iter().map(|(_, made)| made).collect())
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[tokio::test]
    async fn what_comes_of_each_stands_in_the_order_of_the_list_whoever_ends_first() {
        let (under_way, most) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let made = together((0..10_u64).collect(), 4, |one| {
            let (under_way, most) = (Arc::clone(&under_way), Arc::clone(&most));
            async move {
                let now = under_way.fetch_add(1, Ordering::SeqCst) + 1;
                most.fetch_max(now, Ordering::SeqCst);
                for _ in one..10 {
                    tokio::task::yield_now().await;
                }
                under_way.fetch_sub(1, Ordering::SeqCst);
                Ok(one)
            }
        });
        assert_eq!(made.await.unwrap(), (0..10).collect::<Vec<_>>());
        assert_eq!(most.load(Ordering::SeqCst), 4);
    }

    #[tokio::test]
    async fn one_that_fails_fails_all() {
        let call = |one| async move { if one == 2 { Err(Failure::Busy) } else { Ok(one) } };
        assert!(matches!(together(vec![1, 2, 3], 2, call).await, Err(Failure::Busy)));
    }
}
