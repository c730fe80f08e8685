//! What a batch comes to: the history first, then each sensor's latest state, then its subscribers.

use put_many::dynamodb::Write;
use put_many::{BatchApi, Cause, Failure, Undelivered};
use stream_batch::{Blocked, BlockedKind, Deadline, Item, Outcome, Rejection};
use telemetry::Reading;

use crate::advance::advance_all;
use crate::graphql::Mutation;
use crate::history;
use crate::newest_first::newest_first;
use crate::stored_reading::StoredReading;
use crate::subscribers;

/// Where readings go.
#[derive(Debug)]
pub struct Sinks<H, L, P> {
    /// The table of every reading.
    pub history: H,
    /// The table of each sensor's latest state.
    pub latest_state: L,
    /// Who is told of a latest state, if anybody is.
    pub subscribers: Option<P>,
}

/// How a batch is worked off.
#[derive(Debug, Clone, Copy)]
pub struct Effort {
    /// How many calls of one kind are made at once.
    pub concurrency: usize,
    /// Numbers in `0.0..1.0` for the backoff.
    pub random: fn() -> f64,
}

/// What became of the items of a batch.
#[must_use = "what is not delivered must be reported"]
#[derive(Debug, Default)]
pub struct Delivered {
    /// One outcome for each item, in their order.
    pub outcomes: Vec<Outcome>,
    /// Writes that were sent once more.
    pub retried: usize,
    /// Readings that subscribers were told of.
    pub published: usize,
    /// Why they were not told of the others.
    pub unpublished: Vec<Failure>,
}

/// How much of the time the history may take: what is in it must have time to become the latest state, or a batch that
/// is too large for its time would never get on.
const SHARE_OF_THE_HISTORY: f64 = 0.7;

/// Stores the readings of `items`. One is delivered when the history has it, and the latest state of its sensor is as
/// new at least. What subscribers make of it changes no outcome.
pub async fn deliver<H, L, P>(
    sinks: &Sinks<H, L, P>,
    items: &[Item<StoredReading>],
    deadline: &Deadline,
    effort: Effort,
) -> Delivered
where
    H: BatchApi<Entry = Write>,
    L: BatchApi<Entry = Reading>,
    P: BatchApi<Entry = Mutation>,
{
    let writes: Vec<_> = items.iter().map(|item| &item.value.history).collect();
    let until = part_of(deadline, SHARE_OF_THE_HISTORY);
    let stored = history::store(&sinks.history, &writes, &until, effort).await;
    let mut delivered = Delivered {
        outcomes: stored.outcomes,
        retried: stored.retried,
        ..Delivered::default()
    };
    let latest = advance(&sinks.latest_state, items, &mut delivered, deadline, effort).await;
    if let Some(api) = &sinks.subscribers {
        let told = subscribers::tell(api, &latest, deadline, effort).await;
        delivered.published = told.published;
        delivered.unpublished = told.failures;
    }
    delivered
}

fn part_of(deadline: &Deadline, share: f64) -> Deadline {
    let later = deadline.remaining().mul_f64(1.0 - share);
    let deadline = deadline.clone();
    Deadline::new(later, move || deadline.remaining())
}

/// Makes the newest of each sensor's readings that the history has its latest state. Answers those that are it now.
async fn advance<'a, L: BatchApi<Entry = Reading>>(
    api: &L,
    items: &'a [Item<StoredReading>],
    delivered: &mut Delivered,
    deadline: &Deadline,
    effort: Effort,
) -> Vec<&'a Reading> {
    let readings: Vec<_> = items.iter().map(|item| &item.value.reading).collect();
    let stored = readings.iter().zip(&delivered.outcomes).enumerate();
    let stored = stored.filter(|(_, (_, outcome))| **outcome == Outcome::Delivered);
    let sensors = newest_first(stored.map(|(place, (reading, _))| (place, *reading)));
    let mut latest = Vec::new();
    for sensor in advance_all(api, &readings, sensors, deadline, effort).await {
        delivered.retried += sensor.retried;
        latest.extend(sensor.latest.map(|place| readings[place]));
        for (place, outcome) in sensor.undelivered {
            delivered.outcomes[place] = outcome;
        }
    }
    latest
}

/// What put-many's answer means for a reading.
pub(crate) fn outcome(call: &str, answer: put_many::Outcome) -> Outcome {
    match answer {
        put_many::Outcome::Accepted => Outcome::Delivered,
        put_many::Outcome::Refused(failure) => {
            Outcome::Rejected(Rejection::refused(format!("{call}: {failure}"), 1))
        }
        put_many::Outcome::Undelivered(undelivered) => Outcome::Blocked(blocked(call, &undelivered)),
    }
}

fn blocked(call: &str, undelivered: &Undelivered) -> Blocked {
    match undelivered.cause {
        Cause::Deadline => Blocked::deadline(),
        Cause::BehindEarlier => {
            Blocked::new(BlockedKind::LaneStopped, "an earlier write of the key is blocked")
        }
        Cause::Attempts | Cause::CallFailed => Blocked::sink(match &undelivered.last_error {
            Some(failure) => format!("{call}: {failure}"),
            None => format!("{call} was not called after it had failed"),
        }),
    }
}
