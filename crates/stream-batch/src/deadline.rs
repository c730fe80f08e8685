//! How much of an invocation's time is left to work in.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The invocation's remaining time less a margin, which is kept for storing dead letters and answering.
///
/// The clock is the caller's:
///
/// ```
/// use std::time::{Duration, Instant};
/// use stream_batch::Deadline;
///
/// let end = Instant::now() + Duration::from_secs(30); // from the Lambda context
/// let deadline = Deadline::new(Duration::from_secs(2), move || end.saturating_duration_since(Instant::now()));
/// assert!(!deadline.has_passed());
/// ```
#[derive(Clone)]
pub struct Deadline {
    margin: Duration,
    remaining: Arc<dyn Fn() -> Duration + Send + Sync>,
}

impl Deadline {
    /// A deadline `margin` before the moment at which `remaining` reaches zero.
    pub fn new(margin: Duration, remaining: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        Self {
            margin,
            remaining: Arc::new(remaining),
        }
    }

    /// No deadline, for a command-line tool.
    pub fn never() -> Self {
        Self::new(Duration::ZERO, || Duration::MAX)
    }

    /// The time that is left to work in; zero once the margin is reached.
    pub fn remaining(&self) -> Duration {
        (self.remaining)().saturating_sub(self.margin)
    }

    /// Whether no time is left to begin anything.
    pub fn has_passed(&self) -> bool {
        self.remaining().is_zero()
    }
}

impl fmt::Debug for Deadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Deadline")
            .field("margin", &self.margin)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Deadline;

    #[test]
    fn what_is_left_is_less_the_margin() {
        let second = Duration::from_secs(1);
        for (remaining, expected, has_passed) in [
            (3 * second, 2 * second, false),
            (second + Duration::from_nanos(1), Duration::from_nanos(1), false),
            (second, Duration::ZERO, true),
            (Duration::ZERO, Duration::ZERO, true),
        ] {
            let deadline = Deadline::new(second, move || remaining);
            assert_eq!(
                (deadline.remaining(), deadline.has_passed()),
                (expected, has_passed)
            );
        }
    }

    #[test]
    fn without_a_deadline_time_never_runs_out() {
        assert!(!Deadline::never().has_passed());
    }
}
