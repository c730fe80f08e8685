//! What a handler asks of a dead-letter store.

use std::fmt;
use std::time::Duration;

use put_many::Failure;
use stream_batch::DeadLetters;

/// Keeps rejected records before their batch is reported.
pub trait DeadLetterStore: Send + Sync {
    /// Stores the rejected records of one batch, in at most `time_left`. Without records there is nothing to do.
    ///
    /// Storing the same records again is harmless.
    ///
    /// # Errors
    /// Nothing says that the records are stored: the handler must block them.
    fn put(
        &self,
        dead_letters: &DeadLetters,
        time_left: Duration,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
}

/// The records of one batch were not stored, or nobody said that they were.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreError {
    /// The bucket that was written to.
    pub bucket: String,
    /// The object that was to be written.
    pub key: String,
    /// What the last attempt was answered; `None` when there was no time for one, or none was answered.
    pub last_error: Option<Failure>,
}

impl fmt::Display for StoreError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "dead letters are not in s3://{}/{}: ", self.bucket, self.key)?;
        match &self.last_error {
            Some(failure) => write!(f, "{failure}"),
            None => f.write_str("no answer before the deadline"),
        }
    }
}

impl std::error::Error for StoreError {}
