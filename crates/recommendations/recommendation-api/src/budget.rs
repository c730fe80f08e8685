//! The time that a request may take for Personalize and the state store together.

use std::str::FromStr;
use std::time::Duration;

use tokio::time::Instant;

use crate::invalid::Fault;

/// A budget of 50 milliseconds to 4 seconds: the function's own time-out is 5, and would end it without an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeBudget(Duration);

/// The moments of one request's budget.
#[derive(Debug, Clone, Copy)]
pub struct Deadlines {
    /// Until when the other environments may be told of a probe. A fifth of the budget.
    pub announcement: Instant,
    /// Until when Personalize may answer. Four fifths of the budget.
    pub personalize: Instant,
    /// Until when the state store may answer: the whole budget.
    pub end: Instant,
}

/// The runtime's timer ticks once a millisecond, so that it may be late by one.
const TICK: Duration = Duration::from_millis(2);
const LEAST: u64 = 50;
const MOST: u64 = 4_000;

impl TimeBudget {
    /// The budget when none is configured.
    pub const DEFAULT: Self = Self(Duration::from_millis(500));

    /// The whole budget.
    pub const fn total(self) -> Duration {
        self.0
    }

    /// How long a probe counts as under way when nothing more is heard of it: longer than any call may take.
    pub fn lease(self) -> Duration {
        (self.0 * 2).max(Duration::from_secs(1))
    }

    /// The deadlines of a request that begins now.
    pub fn begin(self) -> Deadlines {
        let start = Instant::now();
        Deadlines {
            announcement: start + self.0 / 5,
            personalize: start + self.0 * 4 / 5 - TICK,
            end: start + self.0 - TICK,
        }
    }
}

impl FromStr for TimeBudget {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        match text.parse() {
            Ok(milliseconds @ LEAST..=MOST) => Ok(Self(Duration::from_millis(milliseconds))),
            _ => Err(Fault::new("not a number of milliseconds from 50 to 4000")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_has_limits() {
        for (text, fits) in [
            ("49", false),
            ("50", true),
            ("4000", true),
            ("4001", false),
            ("", false),
        ] {
            assert_eq!(text.parse::<TimeBudget>().is_ok(), fits, "{text}");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn personalize_leaves_time_for_the_state_and_a_probe_outlives_the_request() {
        for text in ["50", "500", "4000"] {
            let budget: TimeBudget = text.parse().expect("a budget");
            let (now, deadlines) = (Instant::now(), budget.begin());
            assert!(now < deadlines.announcement && deadlines.announcement < deadlines.personalize);
            assert!(deadlines.personalize < deadlines.end && deadlines.end < now + budget.total());
            assert!(budget.lease() > budget.total());
        }
    }
}
