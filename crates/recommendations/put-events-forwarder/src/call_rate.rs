//! A share of a quota that several environments use at once.

use std::time::{Duration, Instant};

/// What may go at once, in time: several environments that burst together stay near the quota.
const BURST: Duration = Duration::from_millis(100);

/// A token bucket over calls: one an interval on average, and a tenth of a second's worth at once.
///
/// It hands out times instead of waiting, so that the clock is the caller's and waiting callers keep their order.
#[derive(Debug)]
pub struct CallRate {
    interval: Duration,
    tolerance: Duration,
    /// When the bucket would be empty of debt: the time of the next call if no burst were allowed.
    next: Option<Instant>,
}

impl CallRate {
    /// A full bucket for one call an `interval`.
    pub fn new(interval: Duration) -> Self {
        Self {
            interval,
            tolerance: BURST.saturating_sub(interval),
            next: None,
        }
    }

    /// Takes the next free place and says when the call may go: `now` or later. `None` when that is after `latest`;
    /// no place is taken then.
    pub fn reserve(&mut self, now: Instant, latest: Instant) -> Option<Instant> {
        let due = self.next.map_or(now, |next| next.max(now));
        let at = due
            .checked_sub(self.tolerance)
            .map_or(now, |early| early.max(now));
        if at > latest {
            return None;
        }
        self.next = Some(due + self.interval);
        Some(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rate(per_second: u32) -> CallRate {
        CallRate::new(Duration::from_secs(1) / per_second)
    }

    fn milliseconds_of(rate: &mut CallRate, calls: usize, now: Instant) -> Vec<u128> {
        let late = now + Duration::from_secs(3_600);
        (0..calls)
            .map(|_| (rate.reserve(now, late).expect("in time") - now).as_millis())
            .collect()
    }

    #[test]
    fn a_small_share_goes_one_by_one() {
        assert_eq!(
            milliseconds_of(&mut rate(10), 4, Instant::now()),
            [0, 100, 200, 300]
        );
    }

    #[test]
    fn a_tenth_of_a_second_goes_at_once() {
        let expected = [0, 0, 0, 20, 40];
        assert_eq!(milliseconds_of(&mut rate(50), 7, Instant::now())[2..], expected);
    }

    #[test]
    fn a_pause_fills_the_bucket_but_no_more_than_once() {
        let mut rate = rate(20);
        let start = Instant::now();
        assert_eq!(milliseconds_of(&mut rate, 3, start), [0, 0, 50]);
        let later = start + Duration::from_secs(60);
        assert_eq!(milliseconds_of(&mut rate, 3, later), [0, 0, 50]);
    }

    #[test]
    fn a_place_after_the_deadline_is_not_taken() {
        let mut rate = rate(10);
        let now = Instant::now();
        let soon = now + Duration::from_millis(150);
        assert_eq!(rate.reserve(now, soon), Some(now));
        assert!(rate.reserve(now, now).is_none());
        assert_eq!(rate.reserve(now, soon), Some(now + Duration::from_millis(100)));
        assert!(rate.reserve(now, soon).is_none());
    }

    #[test]
    fn no_second_sees_more_than_the_share_and_its_burst() {
        let mut rate = rate(100);
        let start = Instant::now();
        let times = milliseconds_of(&mut rate, 1_000, start);
        for from in (0..9_000).step_by(50) {
            let within = times
                .iter()
                .filter(|at| (from..from + 1_000).contains(*at))
                .count();
            assert!(within <= 110, "{within} calls in the second from {from} ms");
        }
    }
}
