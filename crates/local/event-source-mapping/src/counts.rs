//! The event counts that a mapping with `MetricsConfig: EventCount` emits.

use serde::Serialize;

use crate::progress::{Condition, Progress};

/// Numbers of events, under the names of the metrics.
/// <https://docs.aws.amazon.com/lambda/latest/dg/monitoring-metrics-types.html#event-source-mapping-metrics>
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "PascalCase")]
pub struct EventCounts {
    /// Events that were read.
    pub polled_event_count: u64,
    /// Events that the filters kept from the function.
    pub filtered_out_event_count: u64,
    /// Events that reached the function, counted each time.
    pub invoked_event_count: u64,
    /// Events with which an invocation failed: by the service, by an error, or by a report.
    pub failed_invoke_event_count: u64,
    /// Events that were given up for their age or after their retries.
    pub dropped_event_count: u64,
    /// Events that a report to the on-failure destination covers. Counted by who delivers the report.
    pub on_failure_destination_delivered_event_count: u64,
}

impl EventCounts {
    /// What was counted after `earlier`.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        Self {
            polled_event_count: self.polled_event_count - earlier.polled_event_count,
            filtered_out_event_count: self.filtered_out_event_count - earlier.filtered_out_event_count,
            invoked_event_count: self.invoked_event_count - earlier.invoked_event_count,
            failed_invoke_event_count: self.failed_invoke_event_count - earlier.failed_invoke_event_count,
            dropped_event_count: self.dropped_event_count - earlier.dropped_event_count,
            on_failure_destination_delivered_event_count: self.on_failure_destination_delivered_event_count
                - earlier.on_failure_destination_delivered_event_count,
        }
    }

    pub(crate) fn count(&mut self, progress: &[Progress]) {
        for step in progress {
            match step {
                Progress::Polled { records, .. } => self.polled_event_count += *records as u64,
                Progress::FilteredOut { records, .. } => {
                    self.filtered_out_event_count += records.len() as u64
                }
                Progress::Invoked { records, .. } => self.invoked_event_count += *records as u64,
                Progress::Failed { records, .. } => self.failed_invoke_event_count += *records as u64,
                Progress::Discarded {
                    records, condition, ..
                } if *condition != Condition::PayloadSizeExceeded => {
                    self.dropped_event_count += records.len() as u64;
                }
                _ => {}
            }
        }
    }
}
