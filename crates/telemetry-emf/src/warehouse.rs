//! What one look at a streaming view of the warehouse measured, and the promise that it is written.

use std::time::{Duration, SystemTime};

use crate::emf::{Breakdown, Document, Metric, Unit};
use crate::highest::Highest;
use crate::metrics::Metrics;

/// The name of the metric of how long ago the view was refreshed, in seconds.
pub const VIEW_FRESHNESS: &str = "ViewFreshness";

/// The dimension that tells the views apart, in the metrics of [`BY_VIEW`].
pub const VIEW: &str = "View";

/// The metrics that are written for each view besides.
pub const BY_VIEW: [&str; 4] = [
    VIEW_FRESHNESS,
    ViewCount::ScanErrors.name(),
    ViewCount::FailedPayloads.name(),
    ViewCount::MonitorFailures.name(),
];

impl Metrics {
    /// Opens the measurements of one streaming view. They are written when the value is dropped, as those of an
    /// [`invocation`](Self::invocation). Until [`measured`](ViewMetrics::measured), the look counts as failed.
    #[must_use = "the metrics are written when this value is dropped"]
    pub fn view(&self, name: &str) -> ViewMetrics<'_> {
        ViewMetrics {
            metrics: self,
            view: name.to_owned(),
            freshness: Highest::new(),
            counts: ViewCount::ALL.map(|_| Highest::new()),
            measured: false,
        }
    }
}

/// The measurements of one streaming view.
pub struct ViewMetrics<'metrics> {
    metrics: &'metrics Metrics,
    view: String,
    freshness: Highest,
    counts: [Highest; ViewCount::ALL.len()],
    measured: bool,
}

impl ViewMetrics<'_> {
    /// Notes how long ago the view was refreshed.
    pub fn freshness(&self, age: Duration) {
        self.freshness.note(age.as_secs().into());
    }

    /// Notes a number, zero too. What is not noted is not written: that nobody looked is not that nothing is there.
    pub fn count(&self, count: ViewCount, number: u64) {
        self.counts[count as usize].note(number.into());
    }

    /// Says that everything was looked at.
    pub fn measured(&mut self) {
        self.measured = true;
    }

    fn metrics(&self) -> Vec<Metric> {
        let freshness = self.freshness.get().map(|value| Metric {
            name: VIEW_FRESHNESS,
            unit: Unit::Seconds,
            value,
        });
        let counts = ViewCount::ALL.iter().filter_map(|count| {
            Some(Metric {
                name: count.name(),
                unit: Unit::Count,
                value: self.counts[*count as usize].get()?,
            })
        });
        freshness.into_iter().chain(counts).collect()
    }
}

impl Drop for ViewMetrics<'_> {
    fn drop(&mut self) {
        self.count(ViewCount::MonitorFailures, u64::from(!self.measured));
        self.metrics.write(&Document {
            source: self.metrics.source(),
            written_at: SystemTime::now(),
            metrics: self.metrics(),
            breakdown: Some(Breakdown {
                dimension: VIEW,
                value: &self.view,
                metrics: &BY_VIEW,
            }),
        });
    }
}

/// What is counted of a streaming view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViewCount {
    /// Records of the stream that the warehouse could not read.
    ScanErrors,
    /// Records that are in the view and do not parse.
    FailedPayloads,
    /// 1 where the view could not be measured; written by itself.
    MonitorFailures,
}

impl ViewCount {
    /// Every counter, in the order in which they are written.
    pub const ALL: [ViewCount; 3] = [
        ViewCount::ScanErrors,
        ViewCount::FailedPayloads,
        ViewCount::MonitorFailures,
    ];

    /// The metric's name in CloudWatch: what an alarm names.
    pub const fn name(self) -> &'static str {
        match self {
            ViewCount::ScanErrors => "ScanErrors",
            ViewCount::FailedPayloads => "FailedPayloads",
            ViewCount::MonitorFailures => "MonitorFailures",
        }
    }
}
