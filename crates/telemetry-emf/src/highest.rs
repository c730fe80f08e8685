//! A measurement that is noted by several at once.

use std::sync::atomic::{AtomicU64, Ordering};

/// The highest of the numbers that were noted, if any was.
#[derive(Debug)]
pub(crate) struct Highest(AtomicU64);

const NONE: u64 = u64::MAX;

impl Highest {
    pub(crate) const fn new() -> Self {
        Self(AtomicU64::new(NONE))
    }

    /// Notes a number; one that is too high to count is noted as the highest that is not.
    pub(crate) fn note(&self, number: u128) {
        let number = u64::try_from(number).unwrap_or(NONE).min(NONE - 1);
        let _ = self
            .0
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |before| {
                (before == NONE || before < number).then_some(number)
            });
    }

    pub(crate) fn get(&self) -> Option<u64> {
        let number = self.0.load(Ordering::Relaxed);
        (number != NONE).then_some(number)
    }
}
