//! Puts a batch's records onto the stream: many items in a call, and of one item never two changes at once.

use put_many::kinesis::Record;
use put_many::{BatchApi, Borrowed, Cause, Deliveries, Policy, Undelivered, put_many};
use stream_batch::{Blocked, BlockedKind, Deadline, Item, Outcome, Rejection};

use crate::rules::Plan;

/// What became of the items of a batch, and how many records were sent once more for it.
#[must_use = "what is not delivered must be reported"]
#[derive(Debug)]
pub struct Delivered {
    /// One outcome for each item, in their order.
    pub outcomes: Vec<Outcome>,
    /// Records that were sent once more.
    pub retried: usize,
}

/// Sends what is planned to be sent, each item's changes in their order. `random` gives numbers in `0.0..1.0` for the
/// backoff.
pub async fn deliver<A: BatchApi<Entry = Record>>(
    api: &A,
    items: &[Item<Plan>],
    deadline: &Deadline,
    random: fn() -> f64,
) -> Delivered {
    let records: Vec<&Record> = items.iter().filter_map(|item| item.value.record()).collect();
    let policy = Policy::per_key(|record: &&Record| record.partition_key());
    let deliveries = put_many(
        &Borrowed::new(api),
        &records,
        &policy,
        deadline.remaining(),
        random,
    )
    .await;
    Delivered {
        retried: deliveries.retried(),
        outcomes: by_position(items, deliveries),
    }
}

/// The outcome of each item. A record without an answer makes the list shorter, and stream-batch then believes nothing
/// of it.
fn by_position(items: &[Item<Plan>], deliveries: Deliveries) -> Vec<Outcome> {
    let mut answers = deliveries.into_outcomes().into_iter();
    let outcome = |item: &Item<Plan>| match &item.value {
        Plan::Send(_) => answers.next().map(outcome),
        Plan::Filter => Some(Outcome::Delivered),
        Plan::Block(blocked) => Some(Outcome::Blocked(blocked.clone())),
    };
    items.iter().filter_map(outcome).collect()
}

fn outcome(answer: put_many::Outcome) -> Outcome {
    match answer {
        put_many::Outcome::Accepted => Outcome::Delivered,
        put_many::Outcome::Refused(failure) => {
            Outcome::Rejected(Rejection::refused(format!("PutRecords: {failure}"), 1))
        }
        put_many::Outcome::Undelivered(undelivered) => Outcome::Blocked(blocked(&undelivered)),
    }
}

fn blocked(undelivered: &Undelivered) -> Blocked {
    match undelivered.cause {
        Cause::Deadline => Blocked::deadline(),
        Cause::BehindEarlier => {
            let reason = "an earlier change of the item is blocked";
            Blocked::new(BlockedKind::LaneStopped, reason)
        }
        Cause::Attempts | Cause::CallFailed => Blocked::sink(match &undelivered.last_error {
            Some(failure) => format!("PutRecords: {failure}"),
            None => "PutRecords was not called after it had failed".to_owned(),
        }),
    }
}
