//! An environment's memory of the popular items.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::popular::PopularItems;
use crate::unix_time::UnixTime;

/// How long what was read is not read again. The items change with the refreshing task, which runs less often.
pub const POPULAR_CACHED_FOR: Duration = Duration::from_secs(60);

/// How long a store is left alone that did not answer. Meanwhile what was read before serves on.
pub const STORE_RETRIED_AFTER: Duration = Duration::from_secs(1);

/// The popular items as they were last read.
#[derive(Debug, Default)]
pub struct PopularCache(Mutex<Cached>);

#[derive(Debug, Default)]
struct Cached {
    items: Option<Arc<PopularItems>>,
    next_read: Option<UnixTime>,
}

impl PopularCache {
    /// The items that were last read.
    pub fn items(&self) -> Option<Arc<PopularItems>> {
        self.cached().items.clone()
    }

    /// Whether it is time to read.
    pub fn is_due(&self, now: UnixTime) -> bool {
        self.cached().next_read.is_none_or(|next| next <= now)
    }

    /// Remembers what was read. Nothing, and items that were fetched earlier than those at hand, do not replace them: a
    /// read may come from a copy that lags.
    pub fn remember(&self, read: Option<PopularItems>, now: UnixTime) {
        let mut cached = self.cached();
        cached.next_read = Some(now + POPULAR_CACHED_FOR);
        let fetched_at = |items: &PopularItems| items.fetched_at();
        let newer = read.as_ref().map(fetched_at) > cached.items.as_deref().map(fetched_at);
        if newer {
            cached.items = read.map(Arc::new);
        }
    }

    /// Remembers that the store did not answer.
    pub fn read_failed(&self, now: UnixTime) {
        self.cached().next_read = Some(now + STORE_RETRIED_AFTER);
    }

    /// A panic under the lock leaves one of the two members as it was, which is as good as another time.
    fn cached(&self) -> MutexGuard<'_, Cached> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> UnixTime {
        UnixTime::from_millis(seconds * 1_000)
    }

    fn fetched(seconds: u64) -> Option<PopularItems> {
        PopularItems::new(vec!["31".parse().expect("an id")], at(seconds))
    }

    fn age_mark(cache: &PopularCache) -> Option<UnixTime> {
        cache.items().map(|items| items.fetched_at())
    }

    #[test]
    fn what_was_read_is_not_read_again_for_a_minute() {
        let cache = PopularCache::default();
        assert!(cache.is_due(at(0)));
        cache.remember(fetched(1), at(100));
        assert!(!cache.is_due(at(159)));
        assert!(cache.is_due(at(160)));
    }

    #[test]
    fn older_items_and_none_replace_nothing() {
        let cache = PopularCache::default();
        cache.remember(fetched(5), at(100));
        cache.remember(fetched(4), at(200));
        cache.remember(None, at(300));
        assert_eq!(age_mark(&cache), Some(at(5)));
        cache.remember(fetched(6), at(400));
        assert_eq!(age_mark(&cache), Some(at(6)));
    }

    #[test]
    fn a_store_that_failed_is_asked_again_in_a_second_and_the_items_stay() {
        let cache = PopularCache::default();
        cache.remember(fetched(5), at(100));
        cache.read_failed(at(200));
        assert!(!cache.is_due(UnixTime::from_millis(200_999)));
        assert!(cache.is_due(at(201)));
        assert_eq!(age_mark(&cache), Some(at(5)));
    }
}
