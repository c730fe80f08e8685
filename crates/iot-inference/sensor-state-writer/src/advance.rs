//! The newest reading of each sensor becomes its latest state, unless the table has one that is as new.

use futures_util::{StreamExt, stream};
use put_many::{BatchApi, Policy, put_many};
use stream_batch::{Blocked, BlockedKind, Deadline, Outcome};
use telemetry::Reading;

use crate::delivery::{Effort, outcome};
use crate::latest_state::NOT_NEWER;

/// What became of one sensor's readings. One that is not in here is delivered: the table has a state that is as new.
#[must_use = "what is not delivered must be reported"]
#[derive(Debug, Default)]
pub struct Advanced {
    /// The place of the reading that is the latest state now; none if the table has a newer one.
    pub latest: Option<usize>,
    /// Readings that are rejected or blocked, by place.
    pub undelivered: Vec<(usize, Outcome)>,
    /// Writes that were sent once more.
    pub retried: usize,
}

/// Advances the sensors, several at once. Each of `sensors` is the places of its readings, the newest first.
pub async fn advance_all<L: BatchApi<Entry = Reading>>(
    api: &L,
    readings: &[&Reading],
    sensors: Vec<Vec<usize>>,
    deadline: &Deadline,
    effort: Effort,
) -> Vec<Advanced> {
    let sensors = sensors.into_iter();
    let advances: Vec<_> = sensors
        .map(|places| advance(api, readings, places, deadline, effort.random))
        .collect();
    let advances = stream::iter(advances).buffer_unordered(effort.concurrency);
    advances.collect().await
}

/// Tries the readings at `places` until the table has one that is as new: the older ones are done then. Only after one
/// that the table will never take, the next is tried.
async fn advance<L: BatchApi<Entry = Reading>>(
    api: &L,
    readings: &[&Reading],
    places: Vec<usize>,
    deadline: &Deadline,
    random: fn() -> f64,
) -> Advanced {
    let mut advanced = Advanced::default();
    let mut places = places.into_iter();
    while let Some(place) = places.next() {
        let (answer, retried) = put(api, readings[place], deadline, random).await;
        advanced.retried += retried;
        match answer {
            Answer::Latest => {
                advanced.latest = Some(place);
                break;
            }
            Answer::Older => break,
            Answer::Not(rejected @ Outcome::Rejected(_)) => advanced.undelivered.push((place, rejected)),
            Answer::Not(blocked) => {
                let rest = std::iter::once(place).chain(places.by_ref());
                let rest = rest.map(|place| (place, blocked.clone()));
                advanced.undelivered.extend(rest);
            }
        }
    }
    advanced
}

/// What the table says of one reading.
enum Answer {
    /// It is the latest state.
    Latest,
    /// The table has a newer one.
    Older,
    /// It is rejected or blocked.
    Not(Outcome),
}

async fn put<L: BatchApi<Entry = Reading>>(
    api: &L,
    reading: &Reading,
    deadline: &Deadline,
    random: fn() -> f64,
) -> (Answer, usize) {
    let policy = Policy::unordered();
    let reading = std::slice::from_ref(reading);
    // Boxed: the SDK's futures are nested so deep that the compiler gives up on a type that holds one.
    let deliveries = Box::pin(put_many(api, reading, &policy, deadline.remaining(), random)).await;
    let retried = deliveries.retried();
    let answer = match deliveries.into_outcomes().pop() {
        Some(put_many::Outcome::Accepted) => Answer::Latest,
        Some(put_many::Outcome::Refused(failure)) if failure.code == NOT_NEWER => Answer::Older,
        Some(other) => Answer::Not(outcome("PutItem", other)),
        None => Answer::Not(Outcome::Blocked(unanswered())),
    };
    (answer, retried)
}

fn unanswered() -> Blocked {
    Blocked::new(BlockedKind::Unanswered, "PutItem has no answer")
}
