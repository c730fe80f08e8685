//! A batch on its way to the function.

use crate::event::EventRecord;
use crate::record::SequenceNumber;

/// Records that are tried together, and how often that was done.
#[derive(Clone, Debug, Default)]
pub(crate) struct Batch {
    pub records: Vec<EventRecord>,
    /// Retries used of `MaximumRetryAttempts`.
    pub retries: u32,
    /// How often the function was asked to take these records, for whatever reason it was asked again.
    pub attempts: u32,
    /// Failures in a row since the last progress: what the wait before the next attempt grows with.
    pub failures: u32,
    /// What the function answered last, if it failed.
    pub last_failure: Option<Failure>,
    /// The last invocation of a tumbling window. It has no records.
    pub is_final: bool,
}

/// How a batch failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// The function raised an error, ran out of time or crashed; `functionError` says which.
    FunctionError(String),
    /// The function reported records, or something that is not a report.
    Reported,
    /// The function, which has a tumbling window, returned no state.
    NoState,
}

impl Batch {
    pub fn of(records: Vec<EventRecord>) -> Self {
        Self {
            records,
            ..Self::default()
        }
    }

    /// The last invocation of a tumbling window.
    pub fn final_invoke() -> Self {
        Self {
            is_final: true,
            ..Self::default()
        }
    }

    /// The same history with other records.
    pub fn with_records(&self, records: Vec<EventRecord>) -> Self {
        Self {
            records,
            ..self.history()
        }
    }

    fn history(&self) -> Self {
        Self {
            records: Vec::new(),
            last_failure: self.last_failure.clone(),
            ..*self
        }
    }

    pub fn first(&self) -> Option<&SequenceNumber> {
        self.records.first().map(|record| &record.sequence_number)
    }

    pub fn last(&self) -> Option<&SequenceNumber> {
        self.records.last().map(|record| &record.sequence_number)
    }

    pub fn sequence_numbers(&self) -> Vec<&SequenceNumber> {
        self.records
            .iter()
            .map(|record| &record.sequence_number)
            .collect()
    }

    /// Takes the first `count` records off.
    pub fn take_first(&mut self, count: usize) -> Vec<EventRecord> {
        let rest = self.records.split_off(count);
        std::mem::replace(&mut self.records, rest)
    }

    /// Takes off what does not fit into `bytes`; the first record stays, whatever its size.
    pub fn take_overflow(&mut self, bytes: usize) -> Option<Self> {
        let mut sum = 0;
        let fitting = self.records.iter().take_while(|record| {
            sum += record.bytes();
            sum <= bytes
        });
        let fitting = fitting.count().max(1);
        (fitting < self.records.len()).then(|| {
            let rest = self.records.split_off(fitting);
            self.with_records(rest)
        })
    }
}
