//! A batch API as data: what it takes, what it answers, how a call can fail.

use std::fmt;
use std::num::NonZeroUsize;

/// An API that takes many entries in one call and can take some of them and not others.
pub trait BatchApi: Sync {
    /// What is written.
    type Entry: Sync;

    /// The most that one call takes.
    fn limits(&self) -> Limits;

    /// What `entry` counts against [`Limits::request_bytes`] and [`Limits::entry_bytes`].
    fn entry_bytes(&self, entry: &Self::Entry) -> usize;

    /// One call. The verdicts are in the order of `entries`, one for each.
    fn send(&self, entries: &[&Self::Entry]) -> impl Future<Output = Result<Vec<Verdict>, CallError>> + Send;
}

/// The most that one call takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Entries in a call.
    pub count: NonZeroUsize,
    /// Bytes of all entries of a call together.
    pub request_bytes: usize,
    /// Bytes of one entry.
    pub entry_bytes: usize,
}

/// What an API said about one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It is stored.
    Accepted,
    /// It is not stored, and may be if it is sent again.
    Retry(Failure),
    /// It will never be stored.
    Refused(Failure),
}

/// A call that failed as a whole. Its entries may have been stored all the same: a time-out says nothing about the
/// other side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallError {
    /// Throttled, unavailable or timed out: the same call may succeed later.
    Retryable(Failure),
    /// Denied, or not understood: no repetition inside this invocation helps.
    Fatal(Failure),
}

/// What went wrong, in the service's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// The error code, for example `ProvisionedThroughputExceededException`.
    pub code: String,
    /// The explanation. Services do not repeat payloads in it.
    pub message: String,
}

impl Failure {
    /// A failure with its code and explanation.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self {
            code: code.into(),
            message: message.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)
    }
}
