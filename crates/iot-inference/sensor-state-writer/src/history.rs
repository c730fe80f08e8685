//! The table of every reading, in the order of its sensor: puts by key, many in a call.

use std::collections::HashMap;

use aws_sdk_dynamodb::Client;
use futures_util::{StreamExt, stream};
use put_many::dynamodb::{BatchWriteItem, WRITES_PER_CALL, Write};
use put_many::{BatchApi, Borrowed, Policy, put_many};
use stream_batch::{Deadline, Outcome};

use crate::delivery::{Effort, outcome};
use crate::stored_reading::key_schema;

/// The history in the table of this name.
pub fn history_table(client: Client, table_name: &str) -> BatchWriteItem {
    BatchWriteItem::new(client, table_name, key_schema())
}

/// What became of the writes of a batch.
#[must_use = "what is not stored must be reported"]
#[derive(Debug)]
pub struct Stored {
    /// One outcome for each write, in their order.
    pub outcomes: Vec<Outcome>,
    /// Writes that were sent once more.
    pub retried: usize,
}

/// Puts `writes`, those of one key once: they are one reading.
pub async fn store<A: BatchApi<Entry = Write>>(
    api: &A,
    writes: &[&Write],
    deadline: &Deadline,
    effort: Effort,
) -> Stored {
    let (distinct, places) = distinct(writes);
    let api = Borrowed::new(api);
    let shares = distinct.chunks(share(distinct.len(), effort.concurrency));
    let puts: Vec<_> = shares
        .map(|share| put_share(&api, share, deadline, effort.random))
        .collect();
    let answers: Vec<Stored> = stream::iter(puts).buffered(effort.concurrency).collect().await;
    let retried = answers.iter().map(|answer| answer.retried).sum();
    let answers: Vec<_> = answers.into_iter().flat_map(|answer| answer.outcomes).collect();
    // A write without an answer makes the list shorter, and stream-batch then believes nothing of it.
    let outcomes = places.iter().filter_map(|place| answers.get(*place).cloned());
    Stored {
        outcomes: outcomes.collect(),
        retried,
    }
}

/// The first write of each key, and for each of `writes` which of them it is.
fn distinct<'a>(writes: &[&'a Write]) -> (Vec<&'a Write>, Vec<usize>) {
    let (mut distinct, mut by_key) = (Vec::new(), HashMap::new());
    let places = writes.iter().map(|write| {
        *by_key.entry(write.key()).or_insert_with(|| {
            distinct.push(*write);
            distinct.len() - 1
        })
    });
    let places = places.collect();
    (distinct, places)
}

/// How many of `writes` one of several `put_many` has: whole calls, where there are enough of them.
fn share(writes: usize, concurrency: usize) -> usize {
    writes
        .div_ceil(concurrency)
        .next_multiple_of(WRITES_PER_CALL.get())
        .max(WRITES_PER_CALL.get())
}

async fn put_share<A: BatchApi<Entry = Write>>(
    api: &Borrowed<'_, A>,
    writes: &[&Write],
    deadline: &Deadline,
    random: fn() -> f64,
) -> Stored {
    let policy = Policy::per_key(|write: &&Write| write.key());
    let deliveries = put_many(api, writes, &policy, deadline.remaining(), random).await;
    let retried = deliveries.retried();
    let outcomes = deliveries.into_outcomes().into_iter();
    Stored {
        outcomes: outcomes.map(|answer| outcome("BatchWriteItem", answer)).collect(),
        retried,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_is_whole_calls() {
        for (writes, concurrency, expected) in [
            (0, 16, 25),
            (1, 16, 25),
            (25, 16, 25),
            (400, 16, 25),
            (401, 16, 50),
            (1_000, 1, 1_000),
            (10_000, 16, 625),
        ] {
            assert_eq!(share(writes, concurrency), expected, "{writes} by {concurrency}");
        }
    }
}
