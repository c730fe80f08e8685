//! No more at once, and no more a second, than the broker takes.

use std::time::Duration;

use tokio::sync::{Mutex, Semaphore, SemaphorePermit};
use tokio::time::{Instant, sleep_until};

/// Connections that are being made at once: a handshake costs both sides.
const CONNECTS_AT_ONCE: usize = 64;

/// Connections a second, of an account.
/// <https://docs.aws.amazon.com/general/latest/gr/iot-core.html#message-broker-limits>
pub const CONNECTS_PER_SECOND: u32 = 500;

/// A timer is late by no more, as a rule. So much is made up for, or one turn, and nothing that was let pass before.
const TIMER: Duration = Duration::from_millis(2);

/// Turns with a time between them.
#[derive(Debug)]
pub(super) struct Pace {
    interval: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    pub(super) fn per_second(turns: u32) -> Self {
        Self {
            interval: Duration::from_secs(1) / turns.max(1),
            next: Mutex::new(Instant::now()),
        }
    }

    /// Waits for its turn, in the order of asking. Whoever gives up waiting has taken no turn.
    pub(super) async fn turn(&self) {
        let mut next = self.next.lock().await;
        sleep_until(*next).await;
        let made_up_for = self.interval.max(TIMER);
        let earliest = Instant::now().checked_sub(made_up_for).unwrap_or(*next);
        *next = (*next).max(earliest) + self.interval;
    }
}

/// Where connections are let through.
#[derive(Debug)]
pub(super) struct Gate {
    places: Semaphore,
    pace: Pace,
}

impl Default for Gate {
    fn default() -> Self {
        Self {
            places: Semaphore::new(CONNECTS_AT_ONCE),
            pace: Pace::per_second(CONNECTS_PER_SECOND),
        }
    }
}

impl Gate {
    /// Waits for a place. It is free again when what is returned is dropped.
    pub(super) async fn enter(&self) -> Option<SemaphorePermit<'_>> {
        // It is closed nowhere.
        let place = self.places.acquire().await.ok();
        self.pace.turn().await;
        place
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn turns_within(pace: &Pace, time: Duration) -> u32 {
        let until = Instant::now() + time;
        let mut turns = 0;
        while tokio::time::timeout_at(until, pace.turn()).await.is_ok() {
            turns += 1;
        }
        turns
    }

    #[tokio::test(start_paused = true)]
    async fn a_second_has_as_many_turns_as_it_may_even_after_a_rest() {
        let pace = Pace::per_second(100);
        let just_under = Duration::from_millis(995);
        assert_eq!(turns_within(&pace, just_under).await, 100);
        tokio::time::sleep(Duration::from_secs(60)).await;
        assert!(turns_within(&pace, just_under).await <= 101);
    }

    #[tokio::test(start_paused = true)]
    async fn who_gives_up_has_taken_no_turn() {
        let pace = Pace::per_second(1);
        pace.turn().await;
        for _ in 0..50 {
            let gave_up = tokio::time::timeout(Duration::from_millis(1), pace.turn()).await;
            assert!(gave_up.is_err());
        }
        assert_eq!(turns_within(&pace, Duration::from_secs(1)).await, 1);
    }
}
