//! Puts changes into the table, in order per item, and says how far it is.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use put_many::dynamodb::{BatchWriteItem, KeySchema, Write, WriteError};
use put_many::{BatchApi, Outcome, Policy, put_many};

use crate::model::{Change, key_of, to_item};

/// Writes that are not taken for so long end the writing.
const PATIENCE: Duration = Duration::from_secs(60);

/// How often progress is told.
const TELL: Duration = Duration::from_secs(2);

/// Changes that are handed over together: what is known to be written is known by that many.
const AT_ONCE: usize = 250;

/// The table's key.
pub fn key_schema() -> KeySchema {
    KeySchema::partition("orderId").and_sort("line")
}

/// Some changes were not written. Nothing was written after them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WritingError {
    /// An item is not one for DynamoDB.
    #[error("{key}: {fault}")]
    Unwritable {
        /// Which.
        key: String,
        /// Why.
        fault: WriteError,
    },
    /// The table did not take it.
    #[error("wrote {written} of {total} changes: {unwritten} were not taken, the first because of {reason}")]
    Untaken {
        /// Changes that are in the table.
        written: usize,
        /// Changes that were to be written.
        total: usize,
        /// Changes of the last portion that are not.
        unwritten: usize,
        /// What the service said of the first of them.
        reason: String,
    },
}

/// How much was written, readable while a [`Writer`] writes, for whoever is asked to stop.
#[derive(Debug, Default)]
pub struct SoFar {
    written: AtomicUsize,
    total: AtomicUsize,
}

impl SoFar {
    /// Changes that are in the table.
    pub fn written(&self) -> usize {
        self.written.load(Ordering::Relaxed)
    }

    /// Changes that are to be written, as far as that is known.
    pub fn total(&self) -> usize {
        self.total.load(Ordering::Relaxed)
    }
}

/// Writes through `A`, which is [`BatchWriteItem`] but in tests.
#[derive(Debug)]
pub struct Writer<'so_far, A = BatchWriteItem> {
    api: A,
    so_far: &'so_far SoFar,
}

impl<'so_far, A: BatchApi<Entry = Write>> Writer<'so_far, A> {
    /// Writes through `api` and counts in `so_far`.
    pub fn new(api: A, so_far: &'so_far SoFar) -> Self {
        Self { api, so_far }
    }

    /// Writes `changes` in their order; of different items several at once. `tell` is told every two seconds, and at
    /// the end.
    ///
    /// # Errors
    /// Not all were written.
    pub async fn write(&self, changes: &[Change], tell: impl Fn(Progress)) -> Result<(), WritingError> {
        let (begin, mut told_at) = (Instant::now(), Instant::now());
        let progress = |written| Progress {
            written,
            total: changes.len(),
            elapsed: begin.elapsed(),
        };
        self.so_far.total.fetch_add(changes.len(), Ordering::Relaxed);
        let mut written = 0;
        for portion in changes.chunks(AT_ONCE) {
            self.write_portion(portion).await?;
            written += portion.len();
            if told_at.elapsed() >= TELL {
                told_at = Instant::now();
                tell(progress(written));
            }
        }
        tell(progress(written));
        Ok(())
    }

    async fn write_portion(&self, portion: &[Change]) -> Result<(), WritingError> {
        let writes = portion.iter().map(write).collect::<Result<Vec<_>, _>>()?;
        let policy = Policy::per_key(Write::key);
        let deliveries = Box::pin(put_many(&self.api, &writes, &policy, PATIENCE, fastrand::f64)).await;
        let outcomes = deliveries.into_outcomes();
        let accepted = outcomes
            .iter()
            .filter(|outcome| **outcome == Outcome::Accepted)
            .count();
        self.so_far.written.fetch_add(accepted, Ordering::Relaxed);
        match outcomes.iter().find_map(reason) {
            None => Ok(()),
            Some(reason) => Err(WritingError::Untaken {
                written: self.so_far.written(),
                total: self.so_far.total(),
                unwritten: outcomes.len() - accepted,
                reason,
            }),
        }
    }
}

fn write(change: &Change) -> Result<Write, WritingError> {
    let schema = key_schema();
    let write = match &change.line {
        Some(line) => schema.put(to_item(line)),
        None => schema.delete(key_of(&change.key)),
    };
    write.map_err(|fault| WritingError::Unwritable {
        key: change.key.to_string(),
        fault,
    })
}

/// Why an entry was not taken.
pub(crate) fn reason(outcome: &Outcome) -> Option<String> {
    match outcome {
        Outcome::Accepted => None,
        Outcome::Refused(failure) => Some(failure.to_string()),
        Outcome::Undelivered(undelivered) => Some(match &undelivered.last_error {
            Some(failure) => failure.to_string(),
            None => format!("{:?}", undelivered.cause),
        }),
    }
}

/// How far writing is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Progress {
    /// Changes that are in the table.
    pub written: usize,
    /// Changes to be written.
    pub total: usize,
    /// How long it took.
    pub elapsed: Duration,
}

impl std::fmt::Display for Progress {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let seconds = self.elapsed.as_secs_f64().max(0.001);
        let rate = self.written as f64 / seconds;
        let left = (self.total - self.written) as f64 / rate.max(1.0);
        write!(f, "{} of {}, {rate:.0}/s", self.written, self.total)?;
        if self.written < self.total {
            write!(f, ", {left:.0} s left")
        } else {
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};
    use std::num::NonZeroUsize;
    use std::sync::Mutex;

    use put_many::{CallError, Failure, Limits, Verdict};

    use super::*;
    use crate::generator::{Size, generate};
    use crate::model::{OrderLine, Reason};

    /// A table that leaves every third write of a call undone, and refuses two writes of a key.
    #[derive(Default)]
    struct Table {
        writes: Mutex<HashMap<String, Vec<Write>>>,
        denied: bool,
    }

    impl BatchApi for Table {
        type Entry = Write;

        fn limits(&self) -> Limits {
            Limits {
                count: NonZeroUsize::MIN.saturating_add(24),
                request_bytes: 1 << 24,
                entry_bytes: 1 << 24,
            }
        }

        fn entry_bytes(&self, _: &Write) -> usize {
            1
        }

        async fn send(&self, writes: &[&Write]) -> Result<Vec<Verdict>, CallError> {
            if self.denied {
                return Err(CallError::Fatal(Failure::new("AccessDeniedException", "as told")));
            }
            let keys: HashSet<_> = writes.iter().map(|write| write.key()).collect();
            assert_eq!(keys.len(), writes.len(), "two writes of a key in one call");
            let verdicts = writes.iter().enumerate().map(|(place, write)| {
                if place % 3 == 2 {
                    return Verdict::Retry(Failure::new("UnprocessedItem", "as told"));
                }
                let mut writes = self.writes.lock().unwrap();
                writes
                    .entry(write.key().to_owned())
                    .or_default()
                    .push((*write).clone());
                Verdict::Accepted
            });
            Ok(verdicts.collect())
        }
    }

    fn put(order: &str, change: impl Fn(&mut OrderLine)) -> Change {
        let mut line = crate::fixtures::line(order, 1);
        change(&mut line);
        Change {
            key: line.key.clone(),
            line: Some(line),
            reason: Reason::Placed,
        }
    }

    #[tokio::test(start_paused = true)]
    async fn every_change_of_an_item_is_written_in_order() {
        let changes = generate(Size {
            changes: 700,
            items: 90,
            seed: 2,
        })
        .changes;
        let so_far = SoFar::default();
        let writer = Writer::new(Table::default(), &so_far);
        writer.write(&changes, |_| {}).await.unwrap();
        assert_eq!((so_far.written(), so_far.total()), (700, 700));
        let mut expected: HashMap<String, Vec<Write>> = HashMap::new();
        for change in &changes {
            let write = write(change).unwrap();
            expected.entry(write.key().to_owned()).or_default().push(write);
        }
        assert!(*writer.api.writes.lock().unwrap() == expected);
    }

    #[tokio::test(start_paused = true)]
    async fn what_is_not_taken_is_told_with_the_reason() {
        let so_far = SoFar::default();
        let denied = Table {
            denied: true,
            ..Table::default()
        };
        let error = Writer::new(denied, &so_far)
            .write(&[put("o-1", |_| {})], |_| {})
            .await
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "wrote 0 of 1 changes: 1 were not taken, the first because of AccessDeniedException: as told"
        );
    }

    #[test]
    fn an_item_that_dynamodb_would_refuse_is_named() {
        let error = write(&put(&"x".repeat(2049), |_| {})).unwrap_err().to_string();
        assert!(
            error.ends_with("key attribute orderId has 2049 bytes, expected 1 to 2048"),
            "{error}"
        );
        let error = write(&put("o-1", |line| line.note = Some("x".repeat(409_600))))
            .unwrap_err()
            .to_string();
        assert!(
            error.starts_with("o-1 line 1: item has 4") && error.ends_with("the limit is 409600"),
            "{error}"
        );
    }

    #[test]
    fn progress_tells_rate_and_rest() {
        let progress = |written| Progress {
            written,
            total: 100,
            elapsed: Duration::from_secs(2),
        };
        assert_eq!(progress(50).to_string(), "50 of 100, 25/s, 2 s left");
        assert_eq!(progress(100).to_string(), "100 of 100, 50/s");
        assert_eq!(progress(0).to_string(), "0 of 100, 0/s, 100 s left");
    }
}
