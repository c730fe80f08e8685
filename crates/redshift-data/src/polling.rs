//! How often a statement is looked at.

use std::time::Duration;

/// The wait between two looks at a statement. It doubles, so that a short statement is answered soon and a long one costs
/// few calls, and it is spread over its upper half, so that pollers that started together part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Polling {
    /// The longest first wait.
    pub first: Duration,
    /// What no wait exceeds.
    pub most: Duration,
}

impl Polling {
    /// The wait after `looks` looks (from 1), for a `random` number in `0.0..1.0`: never less than half of what it may be,
    /// so that there is no busy loop.
    pub fn wait(&self, looks: u32, random: f64) -> Duration {
        let doublings = looks.saturating_sub(1).min(31);
        let longest = self.first.saturating_mul(1 << doublings).min(self.most);
        longest.mul_f64(0.5 + random.clamp(0.0, 1.0) / 2.0)
    }
}

impl Default for Polling {
    /// 200 ms, doubled up to 5 s.
    fn default() -> Self {
        Self {
            first: Duration::from_millis(200),
            most: Duration::from_secs(5),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wait_doubles_and_is_never_short() {
        let polling = Polling::default();
        let longest = [1, 2, 3, 5, 6, u32::MAX].map(|looks| polling.wait(looks, 1.0).as_millis());
        assert_eq!(longest, [200, 400, 800, 3_200, 5_000, 5_000]);
        let shortest = [1, 2, u32::MAX].map(|looks| polling.wait(looks, 0.0).as_millis());
        assert_eq!(shortest, [100, 200, 2_500]);
        assert_eq!(polling.wait(1, f64::NAN.max(-3.0)).as_millis(), 100);
    }
}
