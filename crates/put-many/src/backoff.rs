//! How long to wait before an entry is sent again.

use std::time::Duration;

/// Exponential growth of the wait between two attempts, with full jitter: the wait is uniform between nothing and the
/// ceiling, so that writers that failed together do not come back together.
/// <https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/>
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// The ceiling after the first failure. It doubles with each further one.
    pub base: Duration,
    /// What no ceiling exceeds.
    pub cap: Duration,
}

impl Backoff {
    /// The wait after `failures` failures (from 1), for a `random` number in `0.0..1.0`.
    pub fn full_jitter(&self, failures: u32, random: f64) -> Duration {
        self.ceiling(failures).mul_f64(random.clamp(0.0, 1.0))
    }

    fn ceiling(&self, failures: u32) -> Duration {
        let doublings = failures.saturating_sub(1).min(31);
        self.base.saturating_mul(1 << doublings).min(self.cap)
    }
}

impl Default for Backoff {
    /// 50 ms, doubled up to 5 s: a shard's throughput limit is per second.
    fn default() -> Self {
        Self {
            base: Duration::from_millis(50),
            cap: Duration::from_secs(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKOFF: Backoff = Backoff {
        base: Duration::from_millis(100),
        cap: Duration::from_millis(350),
    };

    #[test]
    fn the_ceiling_doubles_up_to_the_cap() {
        let ceilings = [1, 2, 3, 4, u32::MAX].map(|failures| BACKOFF.full_jitter(failures, 1.0).as_millis());
        assert_eq!(ceilings, [100, 200, 350, 350, 350]);
    }

    #[test]
    fn the_wait_is_the_random_share_of_the_ceiling() {
        assert_eq!(BACKOFF.full_jitter(2, 0.0), Duration::ZERO);
        assert_eq!(BACKOFF.full_jitter(2, 0.25), Duration::from_millis(50));
    }

    #[test]
    fn a_random_number_out_of_range_does_not_panic() {
        assert_eq!(BACKOFF.full_jitter(1, -3.0), Duration::ZERO);
        assert_eq!(BACKOFF.full_jitter(1, 7.0), Duration::from_millis(100));
        assert_eq!(BACKOFF.full_jitter(1, f64::INFINITY), Duration::from_millis(100));
    }
}
