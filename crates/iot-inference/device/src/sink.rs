//! Where entries go.

use std::time::Duration;

use crate::entry::Entry;

/// Takes the entries of devices. The entries of one device are taken in order: one that is not acknowledged has none of
/// its device's later ones acknowledged.
pub trait Sink {
    /// Sends `entries` and says of each, by position, what became of it. Takes `time_left` at most, or not much more.
    fn send(&self, entries: &[Entry], time_left: Duration) -> impl Future<Output = Vec<Answer>> + Send;
}

/// What became of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The other side has it, and has said so.
    Acknowledged,
    /// The other side will never take it; why.
    Refused(String),
    /// It may be there or not, and is to be sent again; why.
    Unanswered(String),
}
