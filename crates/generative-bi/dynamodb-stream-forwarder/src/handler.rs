//! One invocation: decode, plan, deliver, store what is rejected, report what is blocked.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dead_letter_store::DeadLetterStore;
use lambda_runtime::{Error, LambdaEvent};
use put_many::BatchApi;
use put_many::kinesis::Record;
use stream_batch::{
    Batch, BatchResponse, Deadline, DecodeError, Item, Outcome, Report, StreamEvent, deliver_together,
    dynamodb,
};
use telemetry_emf::{Count, Invocation, Metrics};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::config::Config;
use crate::delivery::deliver;
use crate::rules::{Plan, Rules};

/// The function, apart from the runtime that invokes it. Several invocations may use it at once.
pub struct Handler<A, S> {
    stream: A,
    rules: Rules,
    dead_letters: S,
    metrics: Metrics,
    random: fn() -> f64,
}

impl<A: BatchApi<Entry = Record>, S: DeadLetterStore> Handler<A, S> {
    /// A function that puts changes onto `stream`, stores what is rejected in `dead_letters` and writes its counts to
    /// `metrics`. `random` gives numbers in `0.0..1.0` for the wait before a retry.
    pub fn new(config: &Config, stream: A, dead_letters: S, metrics: Metrics, random: fn() -> f64) -> Self {
        Self {
            stream,
            rules: config.rules.clone(),
            dead_letters,
            metrics,
            random,
        }
    }

    /// Handles an event inside the time that Lambda gives.
    ///
    /// # Errors
    /// The event is not one of a DynamoDB stream; Lambda sends it again and in the end gives it to the on-failure
    /// destination.
    pub async fn handle(&self, event: LambdaEvent<StreamEvent>) -> Result<BatchResponse, Error> {
        let time_left = event.context.deadline().duration_since(SystemTime::now());
        let payload = event.payload.as_bytes();
        Ok(self.forward(payload, time_left.unwrap_or_default()).await?)
    }

    /// Forwards the changes of an event, given as JSON, and answers within `time_left`.
    ///
    /// # Errors
    /// As [`handle`](Self::handle).
    pub async fn forward(&self, event: &[u8], time_left: Duration) -> Result<BatchResponse, DecodeError> {
        let invocation = self.metrics.invocation();
        let end = Instant::now() + time_left;
        let batch = dynamodb::decode(event)?.try_map(|record, change| self.rules.plan(record, &change));
        let filtered = filtered(&batch);
        let settled = deliver_together(
            batch,
            deadline_before(end, margin(time_left)),
            |item| item.record.partition_key.as_str(),
            |items, deadline| self.deliver(items, deadline, &invocation),
        )
        .await;
        let (dead_letters, unreported) = settled.take_rejected();
        let time_to_store = deadline_before(end, margin(time_left) / 10).remaining();
        let report = unreported.report(self.dead_letters.put(&dead_letters, time_to_store).await);
        tell(&report, filtered, &invocation);
        Ok(report.response())
    }

    async fn deliver(
        &self,
        items: Arc<[Item<Plan>]>,
        deadline: Deadline,
        invocation: &Invocation<'_>,
    ) -> Vec<Outcome> {
        let delivered = deliver(&self.stream, &items, &deadline, self.random).await;
        invocation.add(Count::Retried, delivered.retried);
        delivered.outcomes
    }
}

/// What the filter does not let pass. It counts as delivered: there is nothing more to do for it.
fn filtered(batch: &Batch<Plan>) -> usize {
    let filtered = |item: &&Item<Plan>| matches!(item.value, Plan::Filter);
    batch.items().iter().filter(filtered).count()
}

/// What is kept of an invocation's time for storing dead letters and answering: a fifth, at most five seconds.
fn margin(time_left: Duration) -> Duration {
    Duration::from_secs(5).min(time_left / 5)
}

fn deadline_before(end: Instant, margin: Duration) -> Deadline {
    Deadline::new(margin, move || end.saturating_duration_since(Instant::now()))
}

/// Writes what became of the batch to metrics and log.
fn tell(report: &Report, filtered: usize, invocation: &Invocation<'_>) {
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
        records.filtered = filtered,
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
