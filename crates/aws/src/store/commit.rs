//! Commits: one transaction each.

use std::time::Duration;

use approval_core::commit::{Commit, CommitError};
use approval_core::digest::hex;
use approval_core::metric::{Measure, Metric};
use approval_core::ports::{Commits, Ids, Unavailable};
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;

use super::Table;
use super::cancelled::{self, Cancelled};
use super::plan::{self, Step};
use crate::call::CallError;
use crate::system::SystemIds;

/// The longest token DynamoDB takes.
const MOST_TOKEN: usize = 36;
/// How many milliseconds to stand back, at the least, when transactions collide.
const PAUSES: [u64; 3] = [20, 60, 180];

impl Commits for Table {
    async fn commit(&self, commit: Commit) -> Result<(), CommitError> {
        let steps = plan::steps(&self.name, &commit).map_err(|_| unplanned())?;
        self.transact(&steps).await?;
        if let (Some(meter), Some(audit)) = (&self.meter, &commit.audit) {
            for metric in Metric::of(audit, &commit.request) {
                meter.measure(metric, audit.at);
            }
        }
        Ok(())
    }
}

impl Table {
    pub(super) async fn transact(&self, steps: &[Step]) -> Result<(), CommitError> {
        for pause in PAUSES {
            match self.write(steps).await {
                Err(Cancelled::Contended) => tokio::time::sleep(jittered(pause)).await,
                Err(Cancelled::Because(error)) => return Err(error),
                Ok(()) => return Ok(()),
            }
        }
        match self.write(steps).await {
            Err(Cancelled::Contended) => Err(CommitError::Conflict),
            Err(Cancelled::Because(error)) => Err(error),
            Ok(()) => Ok(()),
        }
    }

    async fn write(&self, steps: &[Step]) -> Result<(), Cancelled> {
        // A lost answer makes the SDK send the transaction again. With the same token DynamoDB
        // then says what became of it, instead of finding its own write in the way and calling
        // that a conflict.
        //
        // The token is random and fresh for each write, and not derived from request and version:
        // two executors that claim within the same millisecond send the same payload, and under
        // one token both would be told that they hold the claim. Whoever comes second must find
        // the row.
        let token = token().map_err(because)?;
        let items = steps.iter().map(|step| step.item.clone()).collect();
        let call = self.client.transact_write_items();
        let call = call.client_request_token(token).set_transact_items(Some(items));
        let Err(error) = call.send().await else {
            return Ok(());
        };
        if let Some(error) = error.as_service_error() {
            if let TransactWriteItemsError::TransactionCanceledException(cancelled) = error {
                let about: Vec<_> = steps.iter().map(|step| step.about).collect();
                return Err(cancelled::meaning(&about, cancelled.cancellation_reasons()));
            }
            if error.is_idempotent_parameter_mismatch_exception() {
                return Err(Cancelled::Because(CommitError::Conflict));
            }
        }
        let error = CallError::new("dynamodb:TransactWriteItems", &error);
        Err(because(error.into()))
    }
}

fn token() -> Result<String, Unavailable> {
    let random = hex(&SystemIds.random()?);
    Ok(random.chars().take(MOST_TOKEN).collect())
}

/// The pause, made longer by up to the same again, so that those who collided do not meet again.
fn jittered(pause: u64) -> Duration {
    let [draw, ..] = SystemIds.random().unwrap_or_default();
    let longer = pause.saturating_mul(u64::from(draw)) >> 8;
    Duration::from_millis(pause.saturating_add(longer))
}

fn because(Unavailable(cause): Unavailable) -> Cancelled {
    Cancelled::Because(CommitError::Unavailable(cause))
}

pub(super) fn unplanned() -> CommitError {
    let error = CallError::of("planning a transaction", "the record cannot be written");
    CommitError::Unavailable(error.into())
}

#[cfg(test)]
mod tests;
