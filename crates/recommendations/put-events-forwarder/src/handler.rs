//! One invocation: decode, parse, deliver in lanes, store what is rejected, report what is blocked.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use dead_letter_store::DeadLetterStore;
use lambda_runtime::{Error, LambdaEvent};
use stream_batch::{
    BatchResponse, Blocked, BlockedKind, Deadline, DecodeError, Item as Entry, Lane, LaneOptions, Outcome,
    Report, StreamEvent, deliver_in_lanes, kinesis,
};
use telemetry_emf::{Count, Invocation, Metrics};
use tokio::time::Instant;
use tracing::{info, warn};

use crate::call::Call;
use crate::config::Config;
use crate::delivery::Delivery;
use crate::destinations::Destinations;
use crate::lane::LaneKey;
use crate::limits::EVENTS_PER_CALL;
use crate::personalize::Personalize;
use crate::put_dataset_calls::{DatasetCall, put_items_calls, put_users_calls};
use crate::put_events_calls::share_a_call;
use crate::record::Record;

/// The function, apart from the runtime that invokes it. Several invocations may use it at once.
pub struct Handler<P, S> {
    delivery: Delivery<P>,
    destinations: Destinations,
    dead_letters: S,
    metrics: Metrics,
    lane_concurrency: usize,
}

impl<P: Personalize, S: DeadLetterStore> Handler<P, S> {
    /// A function that calls `personalize`, stores what is rejected in `dead_letters` and writes its counts to
    /// `metrics`. `random` gives numbers in `0.0..1.0` for the wait before a retry.
    pub fn new(
        config: &Config,
        personalize: P,
        dead_letters: S,
        metrics: Metrics,
        random: fn() -> f64,
    ) -> Self {
        let tracking_id = config.destinations.tracking_id.clone();
        Self {
            delivery: Delivery::new(personalize, tracking_id, config.share, random),
            destinations: config.destinations.clone(),
            dead_letters,
            metrics,
            lane_concurrency: config.lane_concurrency,
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
        Ok(self.forward(payload, time_left.unwrap_or_default()).await?)
    }

    /// Forwards the records of an event, given as JSON, and answers within `time_left`.
    ///
    /// # Errors
    /// As [`handle`](Self::handle).
    pub async fn forward(&self, event: &[u8], time_left: Duration) -> Result<BatchResponse, DecodeError> {
        let invocation = self.metrics.invocation();
        let end = Instant::now() + time_left;
        let batch = kinesis::decode(event)?.parse(|record| Record::parse(record, &self.destinations));
        let options = LaneOptions {
            concurrency: self.lane_concurrency,
            deadline: deadline_before(end, margin(time_left)),
        };
        let settled = deliver_in_lanes(
            batch,
            options,
            |entry| LaneKey::of(&entry.value),
            |lane| self.deliver_lane(lane, &invocation),
        )
        .await;
        let (dead_letters, unreported) = settled.take_rejected();
        let time_to_store = deadline_before(end, margin(time_left) / 10).remaining();
        let report = unreported.report(self.dead_letters.put(&dead_letters, time_to_store).await);
        tell(&report, &invocation);
        Ok(report.response())
    }

    async fn deliver_lane(&self, lane: Lane<LaneKey, Record>, invocation: &Invocation<'_>) {
        match lane.key() {
            LaneKey::Session(..) => self.deliver_session(lane, invocation).await,
            LaneKey::Items | LaneKey::Users => self.deliver_dataset(lane, invocation).await,
        }
    }

    async fn deliver_session(&self, mut lane: Lane<LaneKey, Record>, invocation: &Invocation<'_>) {
        let deadline = lane.deadline().clone();
        while let Some(chunk) = lane.next_chunk_by(EVENTS_PER_CALL, neighbours_share_a_call) {
            // A session's lane holds interactions only. Would it not, the count would differ and block the chunk.
            let interactions: Vec<_> = chunk
                .iter()
                .filter_map(|entry| entry.value.as_interaction())
                .collect();
            let outcomes = match Call::put_events(&interactions) {
                Some(call) => self.deliver(&call, &deadline, invocation).await,
                None => Vec::new(),
            };
            lane.report(outcomes);
        }
    }

    /// Takes the whole lane at once, since calls of a dataset are not made of neighbours, and stops at the first call
    /// that is blocked: a later version must not overtake an earlier one.
    async fn deliver_dataset(&self, mut lane: Lane<LaneKey, Record>, invocation: &Invocation<'_>) {
        let deadline = lane.deadline().clone();
        let Some(chunk) = lane.next_chunk(usize::MAX) else {
            return;
        };
        let mut outcomes = vec![Outcome::Blocked(behind_a_blocked_call()); chunk.len()];
        for DatasetCall { call, places } in dataset_calls(chunk) {
            let answers = self.deliver(&call, &deadline, invocation).await;
            let blocked = answers.iter().any(|answer| matches!(answer, Outcome::Blocked(_)));
            for (place, answer) in places.into_iter().zip(answers) {
                outcomes[place] = answer;
            }
            if blocked {
                break;
            }
        }
        lane.report(outcomes);
    }

    async fn deliver(
        &self,
        call: &Call<'_>,
        deadline: &Deadline,
        invocation: &Invocation<'_>,
    ) -> Vec<Outcome> {
        let retried = |entries| invocation.add(Count::Retried, entries);
        self.delivery.deliver(call, deadline, retried).await
    }
}

fn neighbours_share_a_call(one: &Entry<Record>, next: &Entry<Record>) -> bool {
    match (&one.value, &next.value) {
        (Record::Interaction(one), Record::Interaction(next)) => share_a_call(one, next),
        _ => false,
    }
}

/// The calls for a lane of items, or of users.
fn dataset_calls(chunk: &[Entry<Record>]) -> Vec<DatasetCall<'_>> {
    let items: Vec<_> = chunk.iter().filter_map(|entry| entry.value.as_item()).collect();
    let users: Vec<_> = chunk.iter().filter_map(|entry| entry.value.as_user()).collect();
    if users.is_empty() {
        put_items_calls(&items)
    } else {
        put_users_calls(&users)
    }
}

fn behind_a_blocked_call() -> Blocked {
    Blocked::new(BlockedKind::LaneStopped, "an earlier call of the lane is blocked")
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
