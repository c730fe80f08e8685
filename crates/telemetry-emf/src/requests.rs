//! What one request to a recommendation API counts, and the promise that it is written.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use crate::emf::{Breakdown, Document, Metric, Unit};
use crate::highest::Highest;
use crate::metrics::Metrics;

/// The name of the metric of how long Personalize took, in milliseconds.
pub const PERSONALIZE_LATENCY: &str = "PersonalizeLatency";

/// The name of the metric of how old the popular items at hand are, in seconds.
pub const POPULAR_AGE: &str = "PopularAge";

/// The dimension that tells the arms of an experiment apart, in the metrics of [`BY_ARM`].
pub const ARM: &str = "Arm";

/// The metrics that are written for each arm besides.
pub const BY_ARM: [&str; 2] = [RequestCount::Requests.name(), RequestCount::Fallbacks.name()];

impl Metrics {
    /// Opens the counters of one request, which counts itself. They are written when the value is dropped, as those of
    /// an [`invocation`](Self::invocation).
    #[must_use = "the metrics are written when this value is dropped"]
    pub fn request(&self) -> RequestMetrics<'_> {
        let request = RequestMetrics {
            metrics: self,
            counts: Default::default(),
            arm: OnceLock::new(),
            personalize_latency: Highest::new(),
            popular_age: Highest::new(),
        };
        request.add(RequestCount::Requests);
        request
    }
}

/// The counters of one request.
pub struct RequestMetrics<'metrics> {
    metrics: &'metrics Metrics,
    counts: [AtomicU64; RequestCount::ALL.len()],
    arm: OnceLock<String>,
    personalize_latency: Highest,
    popular_age: Highest,
}

impl RequestMetrics<'_> {
    /// Counts one more.
    pub fn add(&self, count: RequestCount) {
        self.counts[count as usize].fetch_add(1, Ordering::Relaxed);
    }

    /// Says in which arm of an experiment the request is. The first that is said stays.
    pub fn arm(&self, name: &str) {
        let _ = self.arm.set(name.to_owned());
    }

    /// Notes how long Personalize took to answer, or to fail.
    pub fn personalize_latency(&self, time: Duration) {
        self.personalize_latency.note(time.as_millis());
    }

    /// Notes how old the popular items are that a fallback would be made of.
    pub fn popular_age(&self, age: Duration) {
        self.popular_age.note(age.as_secs().into());
    }

    fn metrics(&self) -> Vec<Metric> {
        let counts = RequestCount::ALL.iter().map(|count| Metric {
            name: count.name(),
            unit: Unit::Count,
            value: self.counts[*count as usize].load(Ordering::Relaxed),
        });
        let latency = measured(PERSONALIZE_LATENCY, Unit::Milliseconds, &self.personalize_latency);
        let age = measured(POPULAR_AGE, Unit::Seconds, &self.popular_age);
        counts.chain(latency).chain(age).collect()
    }
}

fn measured(name: &'static str, unit: Unit, measure: &Highest) -> Option<Metric> {
    let value = measure.get()?;
    Some(Metric { name, unit, value })
}

impl Drop for RequestMetrics<'_> {
    fn drop(&mut self) {
        let breakdown = self.arm.get().map(|arm| Breakdown {
            dimension: ARM,
            value: arm,
            metrics: &BY_ARM,
        });
        self.metrics.write(&Document {
            source: self.metrics.source(),
            written_at: SystemTime::now(),
            metrics: self.metrics(),
            breakdown,
        });
    }
}

/// What a request counts. Every counter is written, zero too, so that an alarm has data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RequestCount {
    /// Requests, whatever became of them.
    Requests,
    /// Requests that were answered without Personalize.
    Fallbacks,
    /// Requests that were refused because Personalize throttled.
    Throttled,
    /// Requests that were refused for what is in them.
    BadRequests,
    /// Times that this environment opened a circuit breaker, or opened it again after a probe.
    BreakerOpened,
}

impl RequestCount {
    /// Every counter, in the order in which they are written.
    pub const ALL: [RequestCount; 5] = [
        RequestCount::Requests,
        RequestCount::Fallbacks,
        RequestCount::Throttled,
        RequestCount::BadRequests,
        RequestCount::BreakerOpened,
    ];

    /// The metric's name in CloudWatch: what an alarm names.
    pub const fn name(self) -> &'static str {
        match self {
            RequestCount::Requests => "Requests",
            RequestCount::Fallbacks => "Fallbacks",
            RequestCount::Throttled => "Throttled",
            RequestCount::BadRequests => "BadRequests",
            RequestCount::BreakerOpened => "BreakerOpened",
        }
    }
}
