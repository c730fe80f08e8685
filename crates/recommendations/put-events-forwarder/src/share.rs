//! Which part of Personalize's quotas one execution environment may use.

use std::num::NonZeroU32;
use std::time::Duration;

use crate::call_rate::CallRate;
use crate::limits::{DATASET_CALLS_PER_SECOND, EVENT_CALLS_PER_SECOND};

/// A share of the quotas, given as PutEvents calls a second.
///
/// Environments do not know of each other, so the quota is divided by how many can run at once: shards times
/// parallelization factor. PutItems and PutUsers get the same share of their smaller quotas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct QuotaShare {
    events_per_second: NonZeroU32,
}

impl QuotaShare {
    /// A share of so many PutEvents calls a second.
    pub fn new(events_per_second: NonZeroU32) -> Self {
        Self { events_per_second }
    }

    /// The rate of PutEvents.
    pub fn events(self) -> CallRate {
        CallRate::new(Duration::from_secs(1) / self.events_per_second.get())
    }

    /// The rate of PutItems, and of PutUsers.
    pub fn dataset(self) -> CallRate {
        let ratio = EVENT_CALLS_PER_SECOND / DATASET_CALLS_PER_SECOND;
        CallRate::new(Duration::from_secs(1) * ratio / self.events_per_second.get())
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn second_call_after(mut rate: CallRate) -> Duration {
        let now = Instant::now();
        let late = now + Duration::from_secs(3_600);
        rate.reserve(now, late).expect("in time");
        rate.reserve(now, late).expect("in time") - now
    }

    #[test]
    fn a_hundredth_of_the_events_quota_is_a_hundredth_of_the_datasets_quota() {
        let share = QuotaShare::new(NonZeroU32::new(EVENT_CALLS_PER_SECOND / 100).expect("not zero"));
        assert_eq!(second_call_after(share.events()), Duration::from_millis(100));
        assert_eq!(second_call_after(share.dataset()), Duration::from_secs(10));
    }

    #[test]
    fn the_whole_quota_is_the_whole_quota_of_the_datasets() {
        let share = QuotaShare::new(NonZeroU32::new(EVENT_CALLS_PER_SECOND).expect("not zero"));
        let once_a_burst = second_call_after(share.dataset());
        assert_eq!(once_a_burst, Duration::from_secs(1) / DATASET_CALLS_PER_SECOND);
    }
}
