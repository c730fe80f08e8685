//! Puts records onto the stream, in order within a session, and says how far it is.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use put_many::kinesis::{PutRecords, Record};
use put_many::{BatchApi, CallError, Limits, Outcome, Policy, Verdict, put_many};

use crate::reckoning::RecordId;

/// How many records are given to put-many at once. It keeps order within a session and not between sessions, so this
/// is how far a record can be from its place in time. A request holds at most one record of a session, so the longest
/// session within it decides how many requests it takes: the 100,836 ratings of MovieLens take 1,019 requests in one
/// window, and 9,710 in windows of 5,000.
pub const WINDOW: usize = 150_000;

/// Without an answer for so long, sending ends.
const PATIENCE: Duration = Duration::from_secs(600);

/// How often progress is told.
const TELL: Duration = Duration::from_secs(2);

/// Some records were not taken. Those before them were.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sent {sent} of {total} records: {unsent} were not taken, the first because of {reason}")]
pub struct SendError {
    /// Records that Kinesis acknowledged.
    pub sent: usize,
    /// Records that were to be sent.
    pub total: usize,
    /// Records of the last window that Kinesis did not acknowledge.
    pub unsent: usize,
    /// What the service said of the first of them.
    pub reason: String,
}

/// How much was sent, readable while a [`Sender`] sends, for whoever is asked to stop.
#[derive(Debug, Default)]
pub struct SoFar {
    sent: AtomicUsize,
    total: AtomicUsize,
}

impl SoFar {
    /// Records that Kinesis acknowledged.
    pub fn sent(&self) -> usize {
        self.sent.load(Ordering::Relaxed)
    }

    /// Records that were to be sent.
    pub fn total(&self) -> usize {
        self.total.load(Ordering::Relaxed)
    }
}

/// Sends to one stream.
#[derive(Debug)]
pub struct Sender<'so_far> {
    api: PutRecords,
    so_far: &'so_far SoFar,
}

impl<'so_far> Sender<'so_far> {
    /// Sends through `api` and counts in `so_far`.
    pub fn new(api: PutRecords, so_far: &'so_far SoFar) -> Self {
        Self { api, so_far }
    }

    /// Sends `records` in the order of time, window by window, and returns their ids. `tell` is told every two seconds,
    /// and at the end.
    ///
    /// # Errors
    /// Kinesis did not take all of a window; nothing is sent after it.
    pub async fn send(
        &self,
        records: &[Record],
        tell: impl Fn(Progress) + Sync,
    ) -> Result<BTreeSet<RecordId>, SendError> {
        self.so_far.total.fetch_add(records.len(), Ordering::Relaxed);
        let api = Counted::new(&self.api, self.so_far, records.len(), &tell);
        let policy = Policy::per_key(Record::partition_key);
        for window in records.chunks(WINDOW) {
            let deliveries = put_many(&api, window, &policy, PATIENCE, fastrand::f64).await;
            self.check(&deliveries.into_outcomes())?;
        }
        tell(api.progress());
        let id = |record: &Record| RecordId::of(record.partition_key(), record.data());
        Ok(records.iter().map(id).collect())
    }

    fn check(&self, outcomes: &[Outcome]) -> Result<(), SendError> {
        let mut unsent = outcomes
            .iter()
            .filter(|outcome| **outcome != Outcome::Accepted)
            .peekable();
        let Some(&first) = unsent.peek() else {
            return Ok(());
        };
        Err(SendError {
            sent: self.so_far.sent(),
            total: self.so_far.total(),
            reason: reason(first),
            unsent: unsent.count(),
        })
    }
}

fn reason(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Refused(failure) => failure.to_string(),
        Outcome::Undelivered(undelivered) => match &undelivered.last_error {
            Some(failure) => failure.to_string(),
            None => format!("{:?}", undelivered.cause),
        },
        Outcome::Accepted => String::new(),
    }
}

/// PutRecords that counts what it takes.
struct Counted<'sending, T> {
    api: &'sending PutRecords,
    so_far: &'sending SoFar,
    tell: &'sending T,
    begin: Instant,
    sent_before: usize,
    total: usize,
    told_at: Mutex<Instant>,
}

impl<'sending, T: Fn(Progress) + Sync> Counted<'sending, T> {
    fn new(api: &'sending PutRecords, so_far: &'sending SoFar, total: usize, tell: &'sending T) -> Self {
        let begin = Instant::now();
        Self {
            api,
            so_far,
            tell,
            begin,
            sent_before: so_far.sent(),
            total,
            told_at: Mutex::new(begin),
        }
    }

    fn progress(&self) -> Progress {
        Progress {
            sent: self.so_far.sent() - self.sent_before,
            total: self.total,
            elapsed: self.begin.elapsed(),
        }
    }

    fn count(&self, verdicts: &[Verdict]) {
        let accepted = verdicts
            .iter()
            .filter(|verdict| **verdict == Verdict::Accepted)
            .count();
        self.so_far.sent.fetch_add(accepted, Ordering::Relaxed);
        let mut told_at = self.told_at.lock().unwrap_or_else(PoisonError::into_inner);
        if told_at.elapsed() >= TELL {
            *told_at = Instant::now();
            (self.tell)(self.progress());
        }
    }
}

impl<T: Fn(Progress) + Sync> BatchApi for Counted<'_, T> {
    type Entry = Record;

    fn limits(&self) -> Limits {
        self.api.limits()
    }

    fn entry_bytes(&self, record: &Record) -> usize {
        self.api.entry_bytes(record)
    }

    async fn send(&self, records: &[&Record]) -> Result<Vec<Verdict>, CallError> {
        let verdicts = self.api.send(records).await?;
        self.count(&verdicts);
        Ok(verdicts)
    }
}

/// How far sending is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Records that Kinesis acknowledged.
    pub sent: usize,
    /// Records to be sent.
    pub total: usize,
    /// How long it took.
    pub elapsed: Duration,
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.elapsed.as_secs_f64().max(0.001);
        let rate = self.sent as f64 / seconds;
        let left = (self.total - self.sent) as f64 / rate.max(1.0);
        write!(f, "{} of {}, {rate:.0}/s", self.sent, self.total)?;
        if self.sent < self.total {
            write!(f, ", {left:.0} s left")
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn progress_tells_rate_and_rest() {
        let progress = |sent| Progress {
            sent,
            total: 100,
            elapsed: Duration::from_secs(2),
        };
        assert_eq!(progress(50).to_string(), "50 of 100, 25/s, 2 s left");
        assert_eq!(progress(100).to_string(), "100 of 100, 50/s");
        assert_eq!(progress(0).to_string(), "0 of 100, 0/s, 100 s left");
    }
}
