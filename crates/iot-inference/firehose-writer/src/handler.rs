//! One invocation: decode, make lines, deliver, store what is rejected, report what is blocked.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dead_letter_store::DeadLetterStore;
use lambda_runtime::{Error, LambdaEvent};
use put_many::BatchApi;
use put_many::firehose::Record;
use stream_batch::{
    BatchResponse, Deadline, DecodeError, Item, Outcome, Report, StreamEvent, deliver_together, kinesis,
};
use telemetry_emf::{Count, Invocation, Metrics};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::archive_line::archive_line;
use crate::delivery::deliver;

/// The function, apart from the runtime that invokes it. Several invocations may use it at once.
pub struct Handler<A, S> {
    archive: A,
    dead_letters: S,
    metrics: Metrics,
    random: fn() -> f64,
}

impl<A: BatchApi<Entry = Record>, S: DeadLetterStore> Handler<A, S> {
    /// A function that puts readings into `archive`, stores what is rejected in `dead_letters` and writes its counts to
    /// `metrics`. `random` gives numbers in `0.0..1.0` for the wait before a retry.
    pub fn new(archive: A, dead_letters: S, metrics: Metrics, random: fn() -> f64) -> Self {
        Self {
            archive,
            dead_letters,
            metrics,
            random,
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

    /// Writes the readings of an event, given as JSON, and answers within `time_left`.
    ///
    /// # Errors
    /// As [`handle`](Self::handle).
    pub async fn write(&self, event: &[u8], time_left: Duration) -> Result<BatchResponse, DecodeError> {
        let invocation = self.metrics.invocation();
        let end = Instant::now() + time_left;
        let settled = deliver_together(
            kinesis::decode(event)?.parse(archive_line),
            deadline_before(end, margin(time_left)),
            // Every record for itself: the archive has no order that one could break.
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
        items: Arc<[Item<Record>]>,
        deadline: Deadline,
        invocation: &Invocation<'_>,
    ) -> Vec<Outcome> {
        let delivered = deliver(&self.archive, &items, &deadline, self.random).await;
        invocation.add(Count::Retried, delivered.retried);
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
