//! The decisions that Lambda's documentation makes, one function each.
//!
//! [`Rules::documented`] is what the model follows. The tests replace one rule at a time by a wrong one, and prove
//! that an example of the documentation then fails.

use std::time::Duration;

use md5::{Digest as _, Md5};

use crate::answer::{Answer, read_report};
use crate::config::StartingPosition;
use crate::event::EventRecord;
use crate::record::SequenceNumber;
use crate::shards::Position;

/// How a mapping decides.
#[derive(Clone, Copy)]
pub(crate) struct Rules {
    /// What a function's answer means, with `ReportBatchItemFailures`.
    pub read_report: fn(&[u8], &[&SequenceNumber]) -> Answer,
    /// The position from which a batch is retried, of the positions that were reported (never none).
    pub checkpoint: fn(&[usize]) -> usize,
    /// Where a batch of this many records is split after an exception.
    pub halfway: fn(usize) -> usize,
    /// The two parts of a split batch.
    pub split: fn(Vec<EventRecord>, usize) -> [Vec<EventRecord>; 2],
    /// The retries that the parts of a split batch have used, given what the batch had used.
    pub retries_after_split: fn(u32) -> u32,
    /// Whether a batch that has used this many retries may use one more.
    pub may_retry: fn(u32, Option<u32>) -> bool,
    /// Whether a record of this age is discarded.
    pub too_old: fn(Duration, Option<Duration>) -> bool,
    /// Which of a shard's concurrent batches a record goes to: by its key, how many records came before, and the
    /// parallelization factor.
    pub lane: fn(&str, u64, usize) -> usize,
    /// Whether a shard may be read, given of each parent whether it is done with.
    pub may_open: fn(&[bool]) -> bool,
    /// Where a shard is read from that came to be by resharding while the mapping ran.
    pub child_position: fn(StartingPosition) -> Position,
}

impl Rules {
    /// The documented rules.
    pub const fn documented() -> Self {
        Self {
            read_report,
            checkpoint: lowest,
            halfway,
            split,
            retries_after_split,
            may_retry,
            too_old,
            lane,
            may_open,
            child_position,
        }
    }
}

/// "If the `batchItemFailures` array contains multiple items, Lambda uses the record with the lowest sequence number
/// as the checkpoint. Lambda then retries all records starting from that checkpoint."
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-batchfailurereporting.html#streams-batchfailurereporting-syntax>
fn lowest(reported: &[usize]) -> usize {
    reported.iter().copied().min().unwrap_or_default()
}

/// "Splits a failed batch into two smaller batches." Which one gets the odd record is not documented: the second.
/// <https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html>
fn halfway(records: usize) -> usize {
    records / 2
}

/// Both parts are kept, and stay in order.
fn split(mut records: Vec<EventRecord>, at: usize) -> [Vec<EventRecord>; 2] {
    let rest = records.split_off(at);
    [records, rest]
}

/// "Splitting batches doesn't consume the retry quota."
/// <https://docs.aws.amazon.com/lambda/latest/dg/kinesis-on-failure-destination.html>
fn retries_after_split(used: u32) -> u32 {
    used
}

/// `MaximumRetryAttempts`: the first attempt is not a retry, and none is no limit.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-kinesis-parameters.html>
fn may_retry(used: u32, maximum: Option<u32>) -> bool {
    maximum.is_none_or(|maximum| used < maximum)
}

/// `MaximumRecordAgeInSeconds`: "discard records older than the specified age".
/// <https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html>
fn too_old(age: Duration, maximum: Option<Duration>) -> bool {
    maximum.is_some_and(|maximum| age > maximum)
}

/// "In-order processing is still guaranteed for each partition key, but the event source mapping simultaneously
/// processes multiple partition keys in the same shard." By which hash is not documented.
/// <https://docs.aws.amazon.com/lambda/latest/dg/invocation-eventsourcemapping.html>
fn lane(key: &str, _nth: u64, factor: usize) -> usize {
    if factor <= 1 {
        return 0;
    }
    // The shard is chosen by the first bits of the key's MD5; the last ones are independent of it.
    let digest = Md5::digest(key.as_bytes());
    usize::from(u16::from_be_bytes([digest[14], digest[15]])) % factor
}

/// A shard's records come after all those of its parents.
/// <https://docs.aws.amazon.com/streams/latest/dev/kinesis-using-sdk-java-after-resharding.html> and, for DynamoDB,
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html#Streams.Processing>
fn may_open(parents_done: &[bool]) -> bool {
    parents_done.iter().all(|done| *done)
}

/// A child has nothing that its parents' readers have seen: with `LATEST` too it is read from its start, or what came
/// between the resharding and its discovery would be lost. Lambda's documentation is silent on it; the Kinesis Client
/// Library, which has the same starting positions, says so.
/// <https://docs.aws.amazon.com/streams/latest/dev/kinesis-kcl-consumer-lifecycle.html>
fn child_position(_configured: StartingPosition) -> Position {
    Position::TrimHorizon
}
