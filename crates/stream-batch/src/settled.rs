//! A batch after delivery: what was not delivered must be taken before Lambda gets an answer.

use std::fmt::Display;

use serde_json::{Map, Value};

use crate::lanes::FinishedLane;
use crate::{
    Batch, BatchResponse, Blocked, BlockedKind, DeadLetters, Outcome, RecordId, Rejected, SequenceNumber,
    WindowResponse,
};

/// A batch whose every record is delivered, rejected or blocked.
///
/// The one way on is [`take_rejected`](Self::take_rejected): store the dead letters, then
/// [`report`](Unreported::report) how that went. What is forgotten does not compile where `unused_must_use` is denied:
///
/// ```compile_fail
/// # #![deny(unused_must_use)]
/// # use stream_batch::Settled;
/// fn forget(settled: Settled) {
///     settled.take_rejected();
/// }
/// ```
///
/// ```
/// # #![deny(unused_must_use)]
/// # use stream_batch::{BatchResponse, DeadLetters, Settled};
/// fn answer(settled: Settled, store: impl Fn(DeadLetters) -> Result<(), String>) -> BatchResponse {
///     let (dead_letters, unreported) = settled.take_rejected();
///     unreported.report(store(dead_letters)).response()
/// }
/// ```
#[must_use = "rejected records are not stored yet, and Lambda has no answer"]
#[derive(Debug)]
pub struct Settled {
    received: usize,
    oldest_arrival_ms: Option<u64>,
    panicked_lanes: usize,
    delivered: Vec<RecordId>,
    rejected: Vec<Rejected>,
    blocked: Vec<BlockedRecord>,
}

/// A record that Lambda must send again, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlockedRecord {
    /// The record.
    pub id: RecordId,
    /// What stood in its way.
    pub blocked: Blocked,
}

impl Settled {
    pub(crate) fn new<T>(batch: &Batch<T>) -> Self {
        Self {
            received: batch.len(),
            oldest_arrival_ms: batch.oldest_arrival_ms(),
            panicked_lanes: 0,
            delivered: Vec::new(),
            rejected: Vec::new(),
            blocked: Vec::new(),
        }
    }

    pub(crate) fn add_lane<T>(&mut self, lane: FinishedLane<T>) {
        self.panicked_lanes += usize::from(lane.panicked);
        for (item, outcome) in lane.items.iter().zip(lane.outcomes) {
            match outcome {
                Outcome::Delivered => self.delivered.push(item.record.id.clone()),
                Outcome::Rejected(rejection) => {
                    self.rejected.push(Rejected::new(item.record.clone(), rejection))
                }
                Outcome::Blocked(blocked) => {
                    self.blocked.push(BlockedRecord {
                        id: item.record.id.clone(),
                        blocked,
                    });
                }
            }
        }
    }

    pub(crate) fn add_rejected(&mut self, rejected: Vec<Rejected>) {
        self.rejected.extend(rejected);
    }

    /// Separates what must be stored from what must be reported afterwards.
    #[must_use = "dead letters must be stored, and the rest reported"]
    pub fn take_rejected(mut self) -> (DeadLetters, Unreported) {
        self.delivered.sort_unstable();
        self.blocked.sort_unstable_by(|a, b| a.id.cmp(&b.id));
        let rejected = std::mem::take(&mut self.rejected);
        let ids = rejected.iter().map(|rejected| rejected.id.clone()).collect();
        (
            DeadLetters::new(rejected),
            Unreported {
                settled: self,
                rejected: ids,
            },
        )
    }
}

/// A batch whose dead letters have been taken, but not yet answered for.
#[must_use = "Lambda has no answer yet"]
#[derive(Debug)]
pub struct Unreported {
    settled: Settled,
    rejected: Vec<RecordId>,
}

impl Unreported {
    /// Ends the batch. `stored` is the dead-letter store's answer, and `Ok(())` where there was nothing to store. If
    /// the store failed, every rejected record becomes blocked: it comes again, and so does its dead letter.
    pub fn report<E: Display>(self, stored: Result<(), E>) -> Report {
        let Self { settled, rejected } = self;
        let mut report = Report {
            received: settled.received,
            oldest_arrival_ms: settled.oldest_arrival_ms,
            panicked_lanes: settled.panicked_lanes,
            delivered: settled.delivered,
            rejected,
            blocked: settled.blocked,
        };
        if let Err(error) = stored {
            report.block_rejected(&error);
        }
        report
    }
}

/// What became of a batch. Its [`response`](Self::response) is the function's answer.
#[must_use = "only what is returned to Lambda is reported"]
#[derive(Debug)]
pub struct Report {
    received: usize,
    oldest_arrival_ms: Option<u64>,
    panicked_lanes: usize,
    delivered: Vec<RecordId>,
    rejected: Vec<RecordId>,
    blocked: Vec<BlockedRecord>,
}

impl Report {
    /// The answer for Lambda: nothing, or the lowest blocked sequence number.
    pub fn response(&self) -> BatchResponse {
        BatchResponse::new(self.checkpoint().cloned())
    }

    /// The answer for Lambda for a batch of a time window, with the `state` for the window's next invocation.
    pub fn window_response(&self, state: Map<String, Value>) -> WindowResponse {
        WindowResponse {
            state,
            batch: self.response(),
        }
    }

    /// The lowest blocked sequence number, from which Lambda starts again; `None` when the batch is done.
    pub fn checkpoint(&self) -> Option<&SequenceNumber> {
        self.blocked.iter().map(|record| &record.id.sequence_number).min()
    }

    /// What the sink has.
    pub fn delivered(&self) -> &[RecordId] {
        &self.delivered
    }

    /// What lies in the dead-letter store.
    pub fn rejected(&self) -> &[RecordId] {
        &self.rejected
    }

    /// What comes again, and why.
    pub fn blocked(&self) -> &[BlockedRecord] {
        &self.blocked
    }

    /// The counts, for metrics. `now_ms` is the caller's clock, in milliseconds since the Unix epoch.
    pub fn summary(&self, now_ms: u64) -> Summary {
        let deadline = |record: &&BlockedRecord| record.blocked.kind == BlockedKind::Deadline;
        Summary {
            received: self.received,
            delivered: self.delivered.len(),
            rejected: self.rejected.len(),
            blocked: self.blocked.len(),
            deadline_stopped: self.blocked.iter().filter(deadline).count(),
            panicked_lanes: self.panicked_lanes,
            max_iterator_age_ms: self.oldest_arrival_ms.map(|oldest| now_ms.saturating_sub(oldest)),
        }
    }

    fn block_rejected(&mut self, error: &impl Display) {
        let reason = format!("the dead-letter store failed: {error}");
        let blocked = |id| BlockedRecord {
            id,
            blocked: Blocked::new(BlockedKind::DeadLetterStore, reason.clone()),
        };
        self.blocked.extend(self.rejected.drain(..).map(blocked));
        self.blocked.sort_unstable_by(|a, b| a.id.cmp(&b.id));
    }
}

/// The counts of one batch. `received` is the sum of `delivered`, `rejected` and `blocked`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Records that came in, a KPL sub-record counted as one.
    pub received: usize,
    /// Records that the sink has.
    pub delivered: usize,
    /// Records that lie in the dead-letter store.
    pub rejected: usize,
    /// Records that come again.
    pub blocked: usize,
    /// Those of the blocked for which no time was left.
    pub deadline_stopped: usize,
    /// Lanes whose handler panicked.
    pub panicked_lanes: usize,
    /// The age of the batch's oldest record in milliseconds; `None` when no record has an arrival time.
    pub max_iterator_age_ms: Option<u64>,
}
