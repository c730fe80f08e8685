//! Up to when has been counted.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// The times up to which errors and records have been counted, by what they are of. They last as long as the execution
/// environment, and only a look that succeeded moves them: what a failed one missed, the next one counts.
#[derive(Debug, Default)]
pub struct Cursors(Mutex<HashMap<Key, String>>);

/// What a cursor is of: a kind, and a view.
type Key = (&'static str, String);

impl Cursors {
    /// The time from which to count; none where nothing has been counted yet.
    pub fn since(&self, kind: &'static str, view: &str) -> Option<String> {
        let cursors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cursors.get(&(kind, view.to_owned())).cloned()
    }

    /// Notes that all is counted up to `time`.
    pub fn counted(&self, kind: &'static str, view: &str, time: &str) {
        let mut cursors = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        cursors.insert((kind, view.to_owned()), time.to_owned());
    }
}
