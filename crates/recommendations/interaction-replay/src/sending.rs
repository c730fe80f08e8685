//! Puts records onto the stream, in order within a session, and says how far it is.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use put_many::kinesis::{PutRecords, Record};
use put_many::{Outcome, Policy, put_many};

use crate::reckoning::RecordId;
use crate::rounds::rounds;

/// A request that is not taken for so long ends the replay.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often progress is told.
const TELL: Duration = Duration::from_secs(2);

/// Some records were not taken. Those of the rounds before were.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("sent {sent} of {total} records: {unsent} were not taken, the first because of {reason}")]
pub struct SendError {
    /// Records that Kinesis acknowledged.
    pub sent: usize,
    /// Records that were to be sent.
    pub total: usize,
    /// Records of the last round that Kinesis did not acknowledge.
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

    /// Sends `records`, which are in the order of time, round by round, and returns their ids. `tell` is told every two
    /// seconds, and at the end.
    ///
    /// # Errors
    /// Kinesis did not take all of a round; nothing is sent after it.
    pub async fn send(
        &self,
        records: &[Record],
        tell: impl Fn(Progress),
    ) -> Result<BTreeSet<RecordId>, SendError> {
        let (begin, mut told_at) = (Instant::now(), Instant::now());
        let mut sent = 0;
        let progress = |sent| Progress {
            sent,
            total: records.len(),
            elapsed: begin.elapsed(),
        };
        self.so_far.total.fetch_add(records.len(), Ordering::Relaxed);
        let sessions: Vec<_> = records.iter().map(Record::partition_key).collect();
        for round in rounds(&sessions) {
            let round: Vec<_> = round.into_iter().map(|place| records[place].clone()).collect();
            sent += self.send_round(&round).await?;
            if told_at.elapsed() >= TELL {
                told_at = Instant::now();
                tell(progress(sent));
            }
        }
        tell(progress(sent));
        let id = |record: &Record| RecordId::of(record.partition_key(), record.data());
        Ok(records.iter().map(id).collect())
    }

    /// One request, and what it takes to have all of it accepted: no two of its records are of one session, so their
    /// order is free.
    async fn send_round(&self, round: &[Record]) -> Result<usize, SendError> {
        let deliveries = put_many(&self.api, round, &Policy::unordered(), PATIENCE, fastrand::f64).await;
        let outcomes = deliveries.into_outcomes();
        let accepted = outcomes
            .iter()
            .filter(|outcome| **outcome == Outcome::Accepted)
            .count();
        self.so_far.sent.fetch_add(accepted, Ordering::Relaxed);
        self.check(&outcomes)?;
        Ok(accepted)
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
