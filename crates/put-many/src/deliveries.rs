//! What became of every entry.

use crate::api::Failure;

/// What became of every entry of one [`put_many`](crate::put_many), by position. An entry that is not
/// [`Outcome::Accepted`] is the caller's again: to set it apart, or to have it sent another time.
#[must_use = "an entry that is not accepted is lost unless the caller takes it"]
#[derive(Debug, PartialEq, Eq)]
pub struct Deliveries {
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) calls: usize,
    pub(crate) retried: usize,
}

impl Deliveries {
    /// One outcome for each entry, in the order in which the entries were given.
    pub fn outcomes(&self) -> &[Outcome] {
        &self.outcomes
    }

    /// The outcomes, to match with the entries by position.
    pub fn into_outcomes(self) -> Vec<Outcome> {
        self.outcomes
    }

    /// Whether every entry is stored.
    pub fn all_accepted(&self) -> bool {
        self.outcomes.iter().all(|outcome| *outcome == Outcome::Accepted)
    }

    /// Calls that were made.
    pub fn calls(&self) -> usize {
        self.calls
    }

    /// How many times an entry was sent once more, over all entries.
    pub fn retried(&self) -> usize {
        self.retried
    }
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The API confirmed it.
    Accepted,
    /// It will never succeed. It was sent and refused, or it exceeds the API's limit and was not sent.
    Refused(Failure),
    /// It may succeed later. It may also be stored already, if a call ended without an answer.
    Undelivered(Undelivered),
}

/// Why an entry was given back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undelivered {
    /// What ended the attempts.
    pub cause: Cause,
    /// How often it was sent.
    pub attempts: u32,
    /// What the last attempt was answered, if there was one.
    pub last_error: Option<Failure>,
}

/// What ended the attempts for an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// The deadline came.
    Deadline,
    /// The policy's attempts were used up, by the entry itself or by calls that failed as a whole.
    Attempts,
    /// An earlier entry of the same key was not delivered, and this one must not overtake it.
    BehindEarlier,
    /// A call failed for good, or its answer did not match the entries that were sent; nothing was sent after it.
    CallFailed,
}
