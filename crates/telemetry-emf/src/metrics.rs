//! What one invocation counts, and the promise that it is written.

use std::io::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use crate::emf::{Document, Metric, MetricsSource, Unit};
use crate::highest::Highest;

/// The name of the one metric that is not a count: the age of the batch's oldest record, in milliseconds.
pub const ITERATOR_AGE: &str = "IteratorAge";

/// Writes one line of metrics for each invocation, or each request. Built once in `main`; a clone writes to the same place.
#[derive(Clone)]
pub struct Metrics {
    source: Arc<MetricsSource>,
    output: Arc<Mutex<dyn Write + Send>>,
}

impl Metrics {
    /// Metrics to standard output, where Lambda's log driver takes them to CloudWatch.
    pub fn to_stdout(source: MetricsSource) -> Self {
        Self::to(source, std::io::stdout())
    }

    /// Metrics to any writer. A write is one line and is flushed.
    pub fn to(source: MetricsSource, output: impl Write + Send + 'static) -> Self {
        Self {
            source: Arc::new(source),
            output: Arc::new(Mutex::new(output)),
        }
    }

    /// Opens the counters of one invocation. They are written when the value is dropped: after the last line of the
    /// handler, at an early return, and while a panic unwinds alike.
    #[must_use = "the metrics are written when this value is dropped"]
    pub fn invocation(&self) -> Invocation<'_> {
        Invocation {
            metrics: self,
            counts: Default::default(),
            iterator_age: Highest::new(),
        }
    }

    pub(crate) fn source(&self) -> &MetricsSource {
        &self.source
    }

    /// A function must not fail for its metrics: what cannot be written is reported in the log and dropped.
    pub(crate) fn write(&self, document: &Document<'_>) {
        let line = document.line();
        // A poisoned lock only says that another invocation panicked while it wrote.
        let mut output = self.output.lock().unwrap_or_else(PoisonError::into_inner);
        if let Err(error) = output.write_all(line.as_bytes()).and_then(|()| output.flush()) {
            tracing::error!(error = %error, "metrics were not written");
        }
    }
}

/// The counters of one invocation. Lanes share it by reference.
pub struct Invocation<'metrics> {
    metrics: &'metrics Metrics,
    counts: [AtomicU64; Count::ALL.len()],
    iterator_age: Highest,
}

impl Invocation<'_> {
    /// Adds `amount` to a counter.
    pub fn add(&self, count: Count, amount: usize) {
        self.counts[count as usize].fetch_add(amount as u64, Ordering::Relaxed);
    }

    /// Notes the age of the batch's oldest record; the highest that was noted is written.
    pub fn iterator_age(&self, age: Duration) {
        self.iterator_age.note(age.as_millis());
    }

    fn metrics(&self) -> Vec<Metric> {
        let mut metrics: Vec<_> = Count::ALL
            .iter()
            .map(|count| Metric {
                name: count.name(),
                unit: Unit::Count,
                value: self.counts[*count as usize].load(Ordering::Relaxed),
            })
            .collect();
        if let Some(value) = self.iterator_age.get() {
            metrics.push(Metric {
                name: ITERATOR_AGE,
                unit: Unit::Milliseconds,
                value,
            });
        }
        metrics
    }
}

impl Drop for Invocation<'_> {
    fn drop(&mut self) {
        let document = Document {
            source: &self.metrics.source,
            written_at: SystemTime::now(),
            metrics: self.metrics(),
            breakdown: None,
        };
        self.metrics.write(&document);
    }
}

/// What an invocation counts. Every counter is written, zero too, so that an alarm has data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Count {
    /// Records in the batch.
    Received,
    /// Records that the sink took.
    Delivered,
    /// Records that will never succeed and went to the dead-letter store.
    Rejected,
    /// Records that Lambda will send again.
    Blocked,
    /// Entries that were sent to the sink once more.
    Retried,
    /// Lanes that stopped because the invocation ran out of time.
    DeadlineStops,
    /// Lanes that ended in a panic.
    LanePanics,
}

impl Count {
    /// Every counter, in the order in which they are written.
    pub const ALL: [Count; 7] = [
        Count::Received,
        Count::Delivered,
        Count::Rejected,
        Count::Blocked,
        Count::Retried,
        Count::DeadlineStops,
        Count::LanePanics,
    ];

    /// The metric's name in CloudWatch: what an alarm names.
    pub const fn name(self) -> &'static str {
        match self {
            Count::Received => "RecordsReceived",
            Count::Delivered => "RecordsDelivered",
            Count::Rejected => "RecordsRejected",
            Count::Blocked => "RecordsBlocked",
            Count::Retried => "RecordsRetried",
            Count::DeadlineStops => "DeadlineStops",
            Count::LanePanics => "LanePanics",
        }
    }
}
