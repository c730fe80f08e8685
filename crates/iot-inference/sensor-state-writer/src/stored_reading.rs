//! A record of the stream as a reading, and what the history has of it.

use put_many::dynamodb::{KeySchema, Write};
use stream_batch::{Rejection, RejectionKind, StreamRecord};
use telemetry::{Fault, Invalid, Reading};

use crate::item::{self, AT, SENSOR};
use crate::retention::Retention;

/// A reading that is to be stored.
#[derive(Debug, Clone)]
pub struct StoredReading {
    /// The reading.
    pub reading: Reading,
    /// The put of its item in the history.
    pub history: Write,
}

impl StoredReading {
    /// Reads the reading in `record`.
    ///
    /// # Errors
    /// The record is no reading, or one of another device than the partition key names.
    pub fn parse(record: &StreamRecord, retention: Retention) -> Result<Self, Rejection> {
        let reading = telemetry::parse_from(&record.partition_key, &record.data).map_err(rejection)?;
        let item = item::history(&reading, record.arrival_time_ms, retention);
        let history = key_schema().put(item);
        let history = history.map_err(|error| Rejection::invalid(error.to_string()))?;
        Ok(Self { reading, history })
    }
}

/// The keys of the history.
pub fn key_schema() -> KeySchema {
    KeySchema::partition(SENSOR).and_sort(AT)
}

fn rejection(invalid: Invalid) -> Rejection {
    let kind = match invalid.fault() {
        Fault::Malformed => RejectionKind::MalformedPayload,
        Fault::SchemaVersion => RejectionKind::UnsupportedSchemaVersion,
        Fault::Rule => RejectionKind::Invalid,
    };
    Rejection::new(kind, invalid.to_string())
}
