//! Tells subscribers of latest states. Whatever becomes of it, the states are written.

use std::num::NonZeroU32;
use std::panic::AssertUnwindSafe;
use std::time::Duration;

use futures_util::{FutureExt, StreamExt, stream};
use put_many::{BatchApi, Failure, Outcome, Policy, Undelivered, put_many};
use stream_batch::Deadline;
use telemetry::Reading;
use tokio::time::Instant;

use crate::delivery::Effort;
use crate::graphql::Mutation;

/// The longest that subscribers keep a batch: the readings behind it must not wait for them.
pub const TIME_TO_TELL: Duration = Duration::from_secs(5);

/// How often a mutation is sent at most: a newer state will soon come.
pub const ATTEMPTS_TO_TELL: NonZeroU32 = NonZeroU32::MIN.saturating_add(2);

/// Of how many readings subscribers were told, and why not of the others.
#[derive(Debug, Default)]
pub struct Told {
    /// Readings that were published.
    pub published: usize,
    /// One for each reading that was not.
    pub failures: Vec<Failure>,
}

/// Publishes `readings`, several at once, for at most [`TIME_TO_TELL`].
pub async fn tell<P: BatchApi<Entry = Mutation>>(
    api: &P,
    readings: &[&Reading],
    deadline: &Deadline,
    effort: Effort,
) -> Told {
    let end = Instant::now() + deadline.remaining().min(TIME_TO_TELL);
    let publications: Vec<_> = readings
        .iter()
        // Unwind safety: what a panic leaves half done is a notification, which nobody looks at afterwards.
        .map(|reading| AssertUnwindSafe(publish(api, reading, end, effort.random)).catch_unwind())
        .collect();
    let mut publications = stream::iter(publications).buffer_unordered(effort.concurrency);
    let mut told = Told::default();
    while let Some(published) = publications.next().await {
        match published {
            Ok(Ok(())) => told.published += 1,
            Ok(Err(failure)) => told.failures.push(failure),
            Err(_) => told
                .failures
                .push(Failure::new("Panicked", "the client panicked")),
        }
    }
    told
}

async fn publish<P: BatchApi<Entry = Mutation>>(
    api: &P,
    reading: &Reading,
    end: Instant,
    random: fn() -> f64,
) -> Result<(), Failure> {
    let mutation = Mutation::publish(reading);
    let mutation = [mutation.map_err(|error| Failure::new("NotSerializable", error.to_string()))?];
    let time_left = end.saturating_duration_since(Instant::now());
    let policy = Policy {
        attempts: ATTEMPTS_TO_TELL,
        ..Policy::unordered()
    };
    let deliveries = Box::pin(put_many(api, &mutation, &policy, time_left, random)).await;
    match deliveries.into_outcomes().pop() {
        Some(Outcome::Accepted) => Ok(()),
        Some(Outcome::Refused(failure)) => Err(failure),
        Some(Outcome::Undelivered(Undelivered {
            last_error: Some(failure),
            ..
        })) => Err(failure),
        _ => Err(Failure::new("NoTime", "the time to publish was over")),
    }
}
