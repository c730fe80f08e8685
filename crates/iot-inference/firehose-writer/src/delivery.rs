//! Puts a batch's lines into Firehose, in as few calls as can be.

use put_many::firehose::Record;
use put_many::{BatchApi, Borrowed, Cause, Policy, Undelivered, put_many};
use stream_batch::{Blocked, BlockedKind, Deadline, Item, Outcome, Rejection};

/// What became of the items of a batch, and how many records were sent once more for it.
#[must_use = "what is not delivered must be reported"]
#[derive(Debug)]
pub struct Delivered {
    /// One outcome for each item, in their order.
    pub outcomes: Vec<Outcome>,
    /// Records that were sent once more.
    pub retried: usize,
}

/// Sends every record. Firehose keeps no order, so none is kept on the way to it. `random` gives numbers in `0.0..1.0`
/// for the backoff.
pub async fn deliver<A: BatchApi<Entry = Record>>(
    api: &A,
    items: &[Item<Record>],
    deadline: &Deadline,
    random: fn() -> f64,
) -> Delivered {
    let records: Vec<&Record> = items.iter().map(|item| &item.value).collect();
    let (api, policy) = (Borrowed::new(api), Policy::unordered());
    let deliveries = put_many(&api, &records, &policy, deadline.remaining(), random).await;
    Delivered {
        retried: deliveries.retried(),
        outcomes: deliveries.into_outcomes().into_iter().map(outcome).collect(),
    }
}

fn outcome(answer: put_many::Outcome) -> Outcome {
    match answer {
        put_many::Outcome::Accepted => Outcome::Delivered,
        put_many::Outcome::Refused(failure) => {
            Outcome::Rejected(Rejection::refused(format!("PutRecordBatch: {failure}"), 1))
        }
        put_many::Outcome::Undelivered(undelivered) => Outcome::Blocked(blocked(&undelivered)),
    }
}

fn blocked(undelivered: &Undelivered) -> Blocked {
    match undelivered.cause {
        Cause::Deadline => Blocked::deadline(),
        // Without an order nothing waits for an earlier record.
        Cause::BehindEarlier => Blocked::new(BlockedKind::LaneStopped, "an earlier record is blocked"),
        Cause::Attempts | Cause::CallFailed => Blocked::sink(match &undelivered.last_error {
            Some(failure) => format!("PutRecordBatch: {failure}"),
            None => "PutRecordBatch was not called after it had failed".to_owned(),
        }),
    }
}
