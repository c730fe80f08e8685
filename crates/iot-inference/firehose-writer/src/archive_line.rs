//! A reading as one line of the archive.

use put_many::firehose::Record;
use stream_batch::{Rejection, RejectionKind, StreamRecord};
use telemetry::{Fault, Invalid, MeasuredAt, Reading};

/// The canonical JSON of the reading in `record`, with `arrivedAt` as its last field, and a line feed. The same record
/// makes the same bytes, whenever it comes.
///
/// # Errors
/// The record is no reading, or one of another device than the partition key names, or its line is larger than a record of Firehose.
pub fn archive_line(record: &StreamRecord) -> Result<Record, Rejection> {
    let reading = telemetry::parse_from(&record.partition_key, &record.data).map_err(rejection)?;
    Record::new(line(&reading, arrived_at(record))).map_err(|error| Rejection::invalid(error.to_string()))
}

/// When the stream took the record. None if the event does not tell, or tells no time that a reading could have.
fn arrived_at(record: &StreamRecord) -> Option<MeasuredAt> {
    let micros = i64::try_from(record.arrival_time_ms?).ok()?.checked_mul(1_000)?;
    MeasuredAt::from_unix_micros(micros).ok()
}

fn line(reading: &Reading, arrived_at: Option<MeasuredAt>) -> Vec<u8> {
    let mut line = reading.to_json();
    if let (Some(arrived_at), Some(b'}')) = (arrived_at, line.last()) {
        line.pop();
        line.extend_from_slice(format!(r#","arrivedAt":"{arrived_at}"}}"#).as_bytes());
    }
    line.push(b'\n');
    line
}

fn rejection(invalid: Invalid) -> Rejection {
    let kind = match invalid.fault() {
        Fault::Malformed => RejectionKind::MalformedPayload,
        Fault::SchemaVersion => RejectionKind::UnsupportedSchemaVersion,
        Fault::Rule => RejectionKind::Invalid,
    };
    Rejection::new(kind, invalid.to_string())
}
