//! A decoded batch: what can be delivered, in arrival order, and what is already rejected.

use std::sync::Arc;

use bytes::Bytes;

use crate::{Origin, RecordId, Rejection, StreamRecord};

/// The records of one invocation, all of one shard.
///
/// Nothing leaves a batch unseen: a record is an [`Item`], or it is among the [`Rejected`].
#[must_use = "an unused batch is a batch that nobody delivers"]
#[derive(Clone, Debug)]
pub struct Batch<T = ()> {
    pub(crate) items: Vec<Item<T>>,
    pub(crate) rejected: Vec<Rejected>,
}

/// One record and what was made of its payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item<T> {
    /// The record as the stream delivered it.
    pub record: StreamRecord,
    /// The parsed payload; `()` straight after decoding a Kinesis event.
    pub value: T,
}

/// A record that will never succeed, with whatever of it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rejected {
    /// The record's identity within its shard.
    pub id: RecordId,
    /// The stream and shard.
    pub origin: Arc<Origin>,
    /// The partition key, where it could be read.
    pub partition_key: Option<String>,
    /// When the stream took the record, in milliseconds since the Unix epoch, where it could be read.
    pub arrival_time_ms: Option<u64>,
    /// The record's data; for a malformed record the JSON text that Lambda delivered.
    pub payload: Bytes,
    /// Why.
    pub rejection: Rejection,
}

impl Rejected {
    /// `record` with the reason why it will never succeed.
    pub fn new(record: StreamRecord, rejection: Rejection) -> Self {
        Self {
            id: record.id,
            origin: record.origin,
            partition_key: Some(record.partition_key),
            arrival_time_ms: record.arrival_time_ms,
            payload: record.data,
            rejection,
        }
    }
}

impl Batch<()> {
    /// Parses every payload. A record that `parse` refuses is rejected with the reason; the others keep their order.
    pub fn parse<U>(self, mut parse: impl FnMut(&StreamRecord) -> Result<U, Rejection>) -> Batch<U> {
        self.try_map(|record, ()| parse(record))
    }
}

impl<T> Batch<T> {
    pub(crate) fn with_capacity(records: usize) -> Self {
        Self {
            items: Vec::with_capacity(records),
            rejected: Vec::new(),
        }
    }

    /// Turns every value into another, or rejects its record; the others keep their order.
    pub fn try_map<U>(self, mut map: impl FnMut(&StreamRecord, T) -> Result<U, Rejection>) -> Batch<U> {
        let mut items = Vec::with_capacity(self.items.len());
        let mut rejected = self.rejected;
        for Item { record, value } in self.items {
            match map(&record, value) {
                Ok(value) => items.push(Item { record, value }),
                Err(rejection) => rejected.push(Rejected::new(record, rejection)),
            }
        }
        Batch { items, rejected }
    }

    /// What can be delivered, in arrival order.
    pub fn items(&self) -> &[Item<T>] {
        &self.items
    }

    /// What is already rejected.
    pub fn rejected(&self) -> &[Rejected] {
        &self.rejected
    }

    /// How many records came in, a KPL sub-record counted as one.
    pub fn len(&self) -> usize {
        self.items.len() + self.rejected.len()
    }

    /// Whether no record came in, as in the last invocation of a time window.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The earliest arrival in the batch, in milliseconds since the Unix epoch.
    pub(crate) fn oldest_arrival_ms(&self) -> Option<u64> {
        let items = self.items.iter().map(|item| item.record.arrival_time_ms);
        let rejected = self.rejected.iter().map(|rejected| rejected.arrival_time_ms);
        items.chain(rejected).flatten().min()
    }
}
