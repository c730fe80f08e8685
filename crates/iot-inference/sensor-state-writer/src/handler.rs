//! One invocation: decode, parse, deliver, store what is rejected, report what is blocked.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dead_letter_store::DeadLetterStore;
use lambda_runtime::{Error, LambdaEvent};
use put_many::BatchApi;
use put_many::dynamodb::Write;
use stream_batch::{
    BatchResponse, Deadline, DecodeError, Item, Outcome, Report, StreamEvent, deliver_together, kinesis,
};
use telemetry::Reading;
use telemetry_emf::{Count, Invocation, Metrics};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::config::Config;
use crate::delivery::{Delivered, Effort, Sinks, deliver};
use crate::graphql::Mutation;
use crate::retention::Retention;
use crate::stored_reading::StoredReading;

/// The function, apart from the runtime that invokes it. Several invocations may use it at once.
pub struct Handler<H, L, P, S> {
    sinks: Sinks<H, L, P>,
    dead_letters: S,
    metrics: Metrics,
    retention: Retention,
    effort: Effort,
}

impl<H, L, P, S> Handler<H, L, P, S>
where
    H: BatchApi<Entry = Write>,
    L: BatchApi<Entry = Reading>,
    P: BatchApi<Entry = Mutation>,
    S: DeadLetterStore,
{
    /// A function that stores readings in `sinks` and what is rejected in `dead_letters`, and writes its counts to
    /// `metrics`. `random` gives numbers in `0.0..1.0` for the wait before a retry.
    pub fn new(
        config: &Config,
        sinks: Sinks<H, L, P>,
        dead_letters: S,
        metrics: Metrics,
        random: fn() -> f64,
    ) -> Self {
        Self {
            sinks,
            dead_letters,
            metrics,
            retention: config.retention,
            effort: Effort {
                concurrency: config.concurrency.get(),
                random,
            },
        }
    }

    /// Handles an event inside the time that Lambda gives.
    ///
    /// # Errors
    /// The event is not one of a Kinesis stream; Lambda sends it again and in the end gives it to the on-failure
    /// destination.
    pub async fn handle(&self, event: LambdaEvent<StreamEvent>) -> Result<BatchResponse, Error> {
        let time_left = event.context.deadline().duration_since(SystemTime::now());
        let payload = event.payload.as_bytes();
        Ok(self.write(payload, time_left.unwrap_or_default()).await?)
    }

    /// Stores the readings of an event, given as JSON, and answers within `time_left`.
    ///
    /// # Errors
    /// As [`handle`](Self::handle).
    pub async fn write(&self, event: &[u8], time_left: Duration) -> Result<BatchResponse, DecodeError> {
        let invocation = self.metrics.invocation();
        let end = Instant::now() + time_left;
        let settled = deliver_together(
            kinesis::decode(event)?.parse(|record| StoredReading::parse(record, self.retention)),
            deadline_before(end, margin(time_left)),
            // Every record for itself: the newer reading wins whatever the order.
            |item| &item.record.id,
            |items, deadline| self.deliver(items, deadline, &invocation),
        )
        .await;
        let (dead_letters, unreported) = settled.take_rejected();
        let time_to_store = deadline_before(end, margin(time_left) / 10).remaining();
        let report = unreported.report(self.dead_letters.put(&dead_letters, time_to_store).await);
        tell(&report, &invocation);
        Ok(report.response())
    }

    async fn deliver(
        &self,
        items: Arc<[Item<StoredReading>]>,
        deadline: Deadline,
        invocation: &Invocation<'_>,
    ) -> Vec<Outcome> {
        let delivered = deliver(&self.sinks, &items, &deadline, self.effort).await;
        invocation.add(Count::Retried, delivered.retried);
        tell_of_subscribers(&delivered);
        delivered.outcomes
    }
}

/// What is kept of an invocation's time for storing dead letters and answering: a fifth, at most five seconds.
fn margin(time_left: Duration) -> Duration {
    Duration::from_secs(5).min(time_left / 5)
}

fn deadline_before(end: Instant, margin: Duration) -> Deadline {
    Deadline::new(margin, move || end.saturating_duration_since(Instant::now()))
}

/// A failed notification fails nothing else: the log is where it is seen.
fn tell_of_subscribers(delivered: &Delivered) {
    if let Some(first) = delivered.unpublished.first() {
        warn!(
            notifications.failed = delivered.unpublished.len(),
            notifications.published = delivered.published,
            notifications.reason = %first,
            "subscribers were not told of every latest state"
        );
    }
}

/// Writes what became of the batch to metrics and log.
fn tell(report: &Report, invocation: &Invocation<'_>) {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let summary = report.summary(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
    invocation.add(Count::Received, summary.received);
    invocation.add(Count::Delivered, summary.delivered);
    invocation.add(Count::Rejected, summary.rejected);
    invocation.add(Count::Blocked, summary.blocked);
    invocation.add(Count::DeadlineStops, summary.deadline_stopped);
    invocation.add(Count::LanePanics, summary.panicked_lanes);
    if let Some(age) = summary.max_iterator_age_ms {
        invocation.iterator_age(Duration::from_millis(age));
    }
    info!(
        records.received = summary.received,
        records.delivered = summary.delivered,
        records.rejected = summary.rejected,
        records.blocked = summary.blocked,
        "batch done"
    );
    if let Some(first) = report.blocked().first() {
        warn!(
            record.id = %first.id,
            blocked.kind = %first.blocked.kind,
            blocked.reason = first.blocked.reason,
            "the batch comes again from this record"
        );
    }
}
