//! Waits until everything that was sent has arrived somewhere.

use std::error::Error;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::cloud::Cloud;
use crate::reckoning::{Discrepancy, Hops};

/// How often Personalize's counts are looked at.
const POLL: Duration = Duration::from_millis(250);
/// How often everything is read back, by id: a hundred thousand events take a second.
const READ_BACK: Duration = Duration::from_secs(2);
/// How often progress is told.
const TELL: Duration = Duration::from_secs(2);

/// Nothing has arrived for too long.
#[derive(Debug, thiserror::Error)]
#[error("nothing has arrived for {} s: {missing}", .patience.as_secs())]
pub struct Stalled {
    patience: Duration,
    missing: Discrepancy,
}

/// Waits until each record in `hops.sent` is delivered or rejected; what was found is in `hops` then. `received` is how
/// many events Personalize will have received by then, repeats apart. `tell` is told how many it holds.
///
/// # Errors
/// A hop cannot be read, or nothing arrives for as long as `patience`.
pub async fn wait_for_arrival(
    cloud: &Cloud,
    hops: &mut Hops,
    received: u64,
    patience: Duration,
    mut tell: impl FnMut(u64),
) -> Result<(), Box<dyn Error>> {
    let mut watch = Watch::new(Instant::now());
    let (mut told, mut told_at, mut read_back) = (0, Instant::now(), None);
    loop {
        let counts = cloud.state.counts().await?;
        let now = Instant::now();
        let idle = watch.idle(counts.events_received, now);
        if counts.interactions != told && now - told_at >= TELL {
            (told, told_at) = (counts.interactions, now);
            tell(told);
        }
        let due = read_back.is_none_or(|last| now - last >= READ_BACK);
        if due && (counts.events_received >= received || idle >= READ_BACK) {
            cloud.read_ends(hops).await?;
            read_back = Some(now);
            match hops.arrived() {
                Ok(()) => return Ok(()),
                Err(missing) if idle >= patience => return Err(Stalled { patience, missing }.into()),
                Err(_) => {}
            }
        }
        sleep(POLL).await;
    }
}

/// Knows since when a count has not changed.
#[derive(Debug)]
struct Watch {
    count: u64,
    since: Instant,
}

impl Watch {
    fn new(now: Instant) -> Self {
        Self { count: 0, since: now }
    }

    /// How long `count` has been what it is.
    fn idle(&mut self, count: u64, now: Instant) -> Duration {
        if count != self.count {
            *self = Self { count, since: now };
        }
        now - self.since
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn idle_is_the_time_since_the_last_change() {
        let start = Instant::now();
        let at = |seconds| start + Duration::from_secs(seconds);
        let mut watch = Watch::new(start);
        assert_eq!(watch.idle(0, at(3)).as_secs(), 3);
        assert_eq!(watch.idle(5, at(4)).as_secs(), 0);
        assert_eq!(watch.idle(5, at(9)).as_secs(), 5);
        assert_eq!(watch.idle(6, at(10)).as_secs(), 0);
    }
}
