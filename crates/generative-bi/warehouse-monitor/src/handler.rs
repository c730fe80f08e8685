//! One invocation: look at every view, and say at the end which could not be measured.

use std::fmt;
use std::time::{Duration, SystemTime};

use lambda_runtime::{Error, LambdaEvent};
use redshift_data::{DataApi, Warehouse};
use serde::de::IgnoredAny;
use telemetry_emf::Metrics;
use tokio::time::Instant;
use tracing::error;

use crate::measuring::{MeasureError, Measuring};
use crate::view::{StreamingViews, ViewName};

/// The function, apart from the runtime that invokes it.
pub struct Handler<A> {
    measuring: Measuring<A>,
    views: StreamingViews,
    metrics: Metrics,
}

/// Views that could not be measured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NotMeasured(Vec<(ViewName, MeasureError)>);

impl fmt::Display for NotMeasured {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (view, error)) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { "; " };
            write!(f, "{separator}{view}: {error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for NotMeasured {}

impl<A: DataApi> Handler<A> {
    /// A function that looks at `views` in `warehouse`. `nonce` gives numbers that do not come again.
    pub fn new(warehouse: Warehouse<A>, views: StreamingViews, metrics: Metrics, nonce: fn() -> u64) -> Self {
        Self {
            measuring: Measuring::new(warehouse, nonce),
            views,
            metrics,
        }
    }

    /// Handles an event, whatever is in it, inside the time that Lambda gives.
    ///
    /// # Errors
    /// Names every view that could not be measured. The others are.
    pub async fn handle(&self, event: LambdaEvent<IgnoredAny>) -> Result<(), Error> {
        let left = event.context.deadline().duration_since(SystemTime::now());
        let left = left.unwrap_or_default();
        Ok(self.look(left.saturating_sub(margin(left))).await?)
    }

    /// Looks at every view within `time`.
    ///
    /// # Errors
    /// As [`handle`](Self::handle).
    pub async fn look(&self, time: Duration) -> Result<(), NotMeasured> {
        let end = Instant::now() + time;
        let mut failures = Vec::new();
        let views = self.views.as_slice();
        for (index, view) in views.iter().enumerate() {
            // A view that takes its time leaves their share to the others.
            let share = end.saturating_duration_since(Instant::now()) / shares(views.len() - index);
            let mut metrics = self.metrics.view(&view.to_string());
            if let Err(error) = self
                .measuring
                .measure(view, &mut metrics, Instant::now() + share)
                .await
            {
                error!(view.name = %view, error = %error, "the view was not measured");
                failures.push((view.clone(), error));
            }
        }
        if failures.is_empty() {
            Ok(())
        } else {
            Err(NotMeasured(failures))
        }
    }
}

fn shares(views: usize) -> u32 {
    u32::try_from(views).unwrap_or(u32::MAX).max(1)
}

/// What is kept of an invocation's time for answering: a fifth, at most two seconds.
fn margin(time_left: Duration) -> Duration {
    Duration::from_secs(2).min(time_left / 5)
}
