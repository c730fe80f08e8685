//! What a mapping has done with its records: told as it happens, for logs, metrics and tests.

use std::time::Duration;

use crate::batch::Failure;
use crate::record::SequenceNumber;
use crate::shards::{Position, ShardId};

/// Something that a mapping did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Progress {
    /// A shard is read from here on.
    ShardOpened {
        /// The shard.
        shard: ShardId,
        /// Where its reading starts.
        from: Position,
    },
    /// A shard has ended, and all of its records are done with: its children may be read.
    ShardClosed {
        /// The shard.
        shard: ShardId,
    },
    /// Records were read.
    Polled {
        /// The shard.
        shard: ShardId,
        /// How many.
        records: usize,
    },
    /// Records did not pass the filters: the function never sees them.
    FilteredOut {
        /// The shard.
        shard: ShardId,
        /// Which ones.
        records: Vec<SequenceNumber>,
    },
    /// The function was reached.
    Invoked {
        /// The shard.
        shard: ShardId,
        /// Records in the event.
        records: usize,
    },
    /// An invocation failed with records: with its whole batch, or with those from the reported one on.
    Failed {
        /// The shard.
        shard: ShardId,
        /// How many.
        records: usize,
        /// How; nothing if the function was not reached.
        failure: Option<Failure>,
    },
    /// The function acknowledged records.
    Acknowledged {
        /// The shard.
        shard: ShardId,
        /// Which ones.
        records: Vec<SequenceNumber>,
    },
    /// The shard can be read again from here without a loss.
    Checkpoint {
        /// The shard.
        shard: ShardId,
        /// Where.
        position: Position,
    },
    /// A failed batch was split, which uses up no retry.
    Split {
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
        /// The shard.
        shard: ShardId,
        /// The first record of the batch.
        first: Option<SequenceNumber>,
        /// Records in the batch.
        records: usize,
        /// Retries used, this one included.
        retries: u32,
        /// How long the wait is.
        after: Duration,
    },
    /// Records were given up.
    Discarded {
        /// The shard.
        shard: ShardId,
        /// Which ones.
        records: Vec<SequenceNumber>,
        /// Why.
        condition: Condition,
    },
    /// A tumbling window was closed by its last invocation.
    WindowClosed {
        /// The shard.
        shard: ShardId,
        /// Whether its state had grown too large.
        early: bool,
    },
}

/// Why records were given up: `requestContext.condition` of the report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `MaximumRetryAttempts` is used up.
    RetryAttemptsExhausted,
    /// Older than `MaximumRecordAgeInSeconds`. The name is not in the documentation; it was seen in reports.
    RecordAgeExceeded,
    /// One record alone is larger than an invocation's payload may be. The documentation does not name this condition;
    /// the name is ours.
    PayloadSizeExceeded,
}

impl Condition {
    /// As in the report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::RetryAttemptsExhausted => "RetryAttemptsExhausted",
            Self::RecordAgeExceeded => "RecordAgeExceeded",
            Self::PayloadSizeExceeded => "PayloadSizeExceeded",
        }
    }
}
