//! What the driver tells.

use std::time::Duration;

use serde::Serialize;

use crate::batch::Failure;
use crate::counts::EventCounts;
use crate::mapping::InvokeResult;
use crate::progress::Progress;
use crate::record::SequenceNumber;
use crate::shards::{Position, ShardId};

/// Something that the driver did or met. As JSON: `{"event":"batch_invoked","mapping":…}`. Never a payload.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "event", rename_all = "snake_case", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum DriverEvent {
    /// A mapping was found, and is run from now on.
    MappingFound {
        /// The mapping's UUID.
        mapping: String,
        /// The function's ARN.
        function: String,
        /// The event source's ARN.
        source: String,
    },
    /// A mapping's settings are not ones that AWS would take. It is not run.
    MappingRefused {
        /// The mapping's UUID.
        mapping: String,
        /// The fields and what is wrong with them.
        reason: String,
    },
    /// A mapping is not run any more: it is gone, has changed, or the driver stops.
    MappingStopped {
        /// The mapping's UUID.
        mapping: String,
    },
    /// A shard is about to be read.
    ShardOpened {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// From where.
        from: String,
    },
    /// A shard was read for the first time: what is put from now on is seen, also with `LATEST`.
    ShardRead {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// By which call.
        via: Via,
    },
    /// The event source is a consumer, and the endpoint does not serve `SubscribeToShard`: the shard is polled.
    FanOutUnavailable {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// What the endpoint said.
        reason: String,
    },
    /// A shard has ended and its records are done with.
    ShardClosed {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
    },
    /// The function was invoked with a batch, or could not be.
    BatchInvoked {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// Records in the batch.
        records: usize,
        /// The first one; none in the last invocation of a tumbling window.
        first: Option<SequenceNumber>,
        /// The last one.
        last: Option<SequenceNumber>,
        /// How often these records were tried, this time included.
        attempt: u32,
        /// What came of it.
        outcome: Outcome,
        /// How long it took.
        duration_millis: u64,
    },
    /// The shard can be read again from here without a loss.
    Checkpoint {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// Where.
        position: String,
    },
    /// Records did not pass the filters.
    FilteredOut {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// How many.
        records: usize,
    },
    /// Records failed: a whole batch, or those from the reported one on.
    BatchFailed {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// How many.
        records: usize,
        /// How.
        failure: String,
    },
    /// A failed batch was split.
    Split {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// The first record of the batch.
        first: SequenceNumber,
        /// The first record of the second part.
        at: SequenceNumber,
        /// Records in the two parts.
        sizes: [usize; 2],
    },
    /// A failed batch will be tried again.
    Retried {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// The first record of the batch.
        first: Option<SequenceNumber>,
        /// Records in the batch.
        records: usize,
        /// Retries used of `MaximumRetryAttempts`.
        retries: u32,
        /// How long the wait is.
        wait_millis: u64,
    },
    /// Records were given up.
    Discarded {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// How many.
        records: usize,
        /// The first one.
        first: Option<SequenceNumber>,
        /// The last one.
        last: Option<SequenceNumber>,
        /// `requestContext.condition` of the report.
        condition: String,
    },
    /// A tumbling window was closed by its last invocation.
    WindowClosed {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// Whether its state had grown too large.
        early: bool,
    },
    /// A report on discarded records reached the on-failure destination.
    OnFailureSent {
        /// The mapping's UUID.
        mapping: String,
        /// The shard.
        shard: ShardId,
        /// How many records it is about.
        records: usize,
        /// The destination's ARN.
        destination: String,
        /// The name of the object, in a bucket.
        object: Option<String>,
    },
    /// The metrics of `MetricsConfig: EventCount` since the last such event.
    EventCounts {
        /// The mapping's UUID.
        mapping: String,
        /// The counts, by the metrics' names.
        counts: EventCounts,
    },
    /// A call failed. It is tried again, unless the event says that it was given up.
    Error {
        /// The mapping's UUID, if it was for one.
        mapping: Option<String>,
        /// The shard, if it was for one.
        shard: Option<ShardId>,
        /// The call.
        during: String,
        /// What was answered.
        reason: String,
    },
    /// The driver has stopped.
    Stopped,
}

/// By which call a shard is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Via {
    /// `GetRecords`.
    Polling,
    /// `SubscribeToShard`: enhanced fan-out.
    Subscription,
}

/// What came of an invocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The function returned; whether it reported failures is told by the events that follow.
    Returned,
    /// The function raised an error, ran out of time or crashed.
    FunctionError(String),
    /// The function was not reached, and why.
    NotInvoked(String),
}

impl From<&InvokeResult> for Outcome {
    fn from(result: &InvokeResult) -> Self {
        match result {
            InvokeResult::Returned(_) => Self::Returned,
            InvokeResult::FunctionError(kind) => Self::FunctionError(kind.clone()),
            InvokeResult::NotInvoked(reason) => Self::NotInvoked(reason.clone()),
        }
    }
}

/// The event for a mapping's progress. None where another event tells the same.
pub(super) fn of_progress(mapping: &str, progress: Progress) -> Option<DriverEvent> {
    let mapping = mapping.to_owned();
    Some(match progress {
        Progress::ShardOpened { shard, from } => DriverEvent::ShardOpened {
            mapping,
            shard,
            from: text_of(&from),
        },
        Progress::ShardClosed { shard } => DriverEvent::ShardClosed { mapping, shard },
        Progress::Checkpoint { shard, position } => DriverEvent::Checkpoint {
            mapping,
            shard,
            position: text_of(&position),
        },
        Progress::FilteredOut { shard, records } => DriverEvent::FilteredOut {
            mapping,
            shard,
            records: records.len(),
        },
        Progress::Failed {
            shard,
            records,
            failure,
        } => DriverEvent::BatchFailed {
            mapping,
            shard,
            records,
            failure: text_of_failure(failure),
        },
        Progress::Split {
            shard,
            first,
            at,
            sizes,
        } => DriverEvent::Split {
            mapping,
            shard,
            first,
            at,
            sizes,
        },
        Progress::Retried {
            shard,
            first,
            records,
            retries,
            after,
        } => DriverEvent::Retried {
            mapping,
            shard,
            first,
            records,
            retries,
            wait_millis: millis(after),
        },
        Progress::Discarded {
            shard,
            records,
            condition,
        } => DriverEvent::Discarded {
            mapping,
            shard,
            records: records.len(),
            first: records.first().cloned(),
            last: records.last().cloned(),
            condition: condition.as_str().to_owned(),
        },
        Progress::WindowClosed { shard, early } => DriverEvent::WindowClosed {
            mapping,
            shard,
            early,
        },
        // Counts tell of these, and an event of each invocation.
        Progress::Polled { .. } | Progress::Invoked { .. } | Progress::Acknowledged { .. } => return None,
    })
}

pub(super) fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn text_of(position: &Position) -> String {
    match position {
        Position::TrimHorizon => "TRIM_HORIZON".to_owned(),
        Position::Latest => "LATEST".to_owned(),
        Position::AtTimestamp(at) => format!("AT_TIMESTAMP {}", at.to_rfc3339()),
        Position::At(number) => format!("AT_SEQUENCE_NUMBER {number}"),
        Position::After(number) => format!("AFTER_SEQUENCE_NUMBER {number}"),
    }
}

fn text_of_failure(failure: Option<Failure>) -> String {
    match failure {
        Some(Failure::FunctionError(kind)) => format!("function error: {kind}"),
        Some(Failure::Reported) => "reported".to_owned(),
        Some(Failure::NoState) => "no state returned".to_owned(),
        None => "not invoked".to_owned(),
    }
}
