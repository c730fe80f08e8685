//! Seeded trouble, which can be switched off.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use super::faults::{Fate, Faults, Operation};

#[derive(Clone)]
pub struct Trouble {
    seed: Arc<AtomicU64>,
    on: Arc<AtomicBool>,
    rate: u64,
}

impl Trouble {
    /// Trouble that strikes so many times of a thousand.
    pub fn new(seed: u64, rate: u64) -> Self {
        Self {
            seed: Arc::new(AtomicU64::new(seed)),
            on: Arc::new(AtomicBool::new(true)),
            rate,
        }
    }

    pub fn end(&self) {
        self.on.store(false, Ordering::Relaxed);
    }

    /// A number below `bound`; splitmix64.
    pub fn draw(&self, bound: u64) -> u64 {
        let seed = self.seed.fetch_add(0x9E37_79B9_7F4A_7C15, Ordering::Relaxed);
        let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % bound
    }

    pub fn strikes(&self) -> bool {
        self.on.load(Ordering::Relaxed) && self.draw(1_000) < self.rate
    }
}

impl Faults for Trouble {
    fn call(&self, _: Operation) -> Fate {
        if !self.strikes() {
            return Fate::Answered(Duration::from_millis(self.draw(10)));
        }
        match self.draw(7) {
            0 => Fate::Fails(400, "ProvisionedThroughputExceededException"),
            1 => Fate::Fails(500, "InternalServerError"),
            2 => Fate::Fails(400, "AccessDeniedException"),
            3 => Fate::LostBefore,
            4 => Fate::LostAfter,
            5 => Fate::Panics,
            // The write comes to pass, the answer may come after the time is over.
            _ => Fate::Answered(Duration::from_millis(500)),
        }
    }

    fn entry_fails(&self) -> bool {
        self.strikes()
    }
}
