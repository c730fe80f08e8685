//! What became of the records that were sent, by what the sinks hold.

use std::collections::BTreeMap;

/// A dead letter: which payload, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeadLettered {
    /// The record's data.
    pub payload: Vec<u8>,
    /// Why it was rejected.
    pub reason: String,
}

/// What the sinks hold.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// The ids of the events in Personalize, each with how often it is stored.
    pub stored: BTreeMap<String, usize>,
    /// Events that came again.
    pub duplicates: u64,
    /// The dead letters by the place of their record in the stream.
    pub dead_letters: BTreeMap<(String, String), DeadLettered>,
}

/// The counts alone: a test that fails shall not print thousands of records.
impl std::fmt::Debug for Account {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Account")
            .field("stored", &self.stored.len())
            .field("duplicates", &self.duplicates)
            .field("dead_letters", &self.dead_letters.len())
            .finish()
    }
}
