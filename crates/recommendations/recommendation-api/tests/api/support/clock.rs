//! A wall clock that goes as the tests' paused time goes.

use std::sync::LazyLock;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use recommendation_api::unix_time::UnixTime;

static START: LazyLock<Instant> = LazyLock::new(Instant::now);
const START_UNIX: Duration = Duration::from_secs(1_700_000_000);

pub fn now() -> SystemTime {
    let paused = tokio::time::Instant::now().into_std();
    UNIX_EPOCH + START_UNIX + paused.saturating_duration_since(*START)
}

/// The time as environments share it.
pub fn unix_now() -> UnixTime {
    now().into()
}
