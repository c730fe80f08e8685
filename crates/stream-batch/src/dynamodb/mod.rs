//! Decodes the Lambda event of a DynamoDB stream.

mod change;
mod wire;

use std::sync::Arc;

use bytes::Bytes;
use serde_json::value::RawValue;

use crate::timestamp::milliseconds;
use crate::tolerant::{self, Pointers};
use crate::{
    Batch, DecodeError, Item, Origin, RecordId, SequenceNumber, StreamRecord, TimeWindow, json_error,
};
pub use change::{Change, EventName, UserIdentity};

const POINTERS: Pointers = Pointers {
    sequence_number: "/dynamodb/SequenceNumber",
    partition_key: None,
    arrival_time: "/dynamodb/ApproximateCreationDateTime",
};

/// Decodes a DynamoDB Streams event into its changes. A malformed record is rejected, with what of it could be read.
///
/// # Errors
/// The event is not JSON, a record has no usable sequence number, or the records are not of one stream.
pub fn decode(event: &[u8]) -> Result<Batch<Change>, DecodeError> {
    decode_shard(event, None)
}

/// Decodes a DynamoDB Streams event of a time window. The last one of a window may have no records.
///
/// # Errors
/// As [`decode`]; and the event does not describe its window.
pub fn decode_window(event: &[u8]) -> Result<(Batch<Change>, TimeWindow), DecodeError> {
    let window = TimeWindow::read(event)?;
    Ok((decode_shard(event, window.shard_id.clone())?, window))
}

fn decode_shard(event: &[u8], shard_id: Option<String>) -> Result<Batch<Change>, DecodeError> {
    let records = tolerant::records(event)?;
    let mut batch = Batch::with_capacity(records.len());
    if records.is_empty() {
        return Ok(batch);
    }
    let named = records.iter().filter_map(|raw| wire::origin_of(raw));
    let origin = Arc::new(Origin {
        shard_id,
        ..tolerant::common_origin(named)?
    });
    for (position, raw) in records.into_iter().enumerate() {
        match read(raw, &origin) {
            Ok(item) => batch.items.push(item),
            Err(reason) => batch
                .rejected
                .push(tolerant::reject(position, raw, &POINTERS, &origin, reason)?),
        }
    }
    Ok(batch)
}

fn read(raw: &RawValue, origin: &Arc<Origin>) -> Result<Item<Change>, String> {
    let record: wire::Record<'_> = json_error::from_slice(raw.get().as_bytes())?;
    let sequence_number = record.dynamodb.sequence_number.parse::<SequenceNumber>();
    let sequence_number =
        sequence_number.map_err(|error| format!("field dynamodb.SequenceNumber: {error}"))?;
    let stream_record = StreamRecord {
        id: RecordId::from(sequence_number),
        origin: origin.clone(),
        partition_key: record.canonical_keys()?,
        explicit_hash_key: None,
        arrival_time_ms: record
            .dynamodb
            .approximate_creation_date_time
            .and_then(milliseconds),
        data: Bytes::copy_from_slice(raw.get().as_bytes()),
    };
    Ok(Item {
        record: stream_record,
        value: record.into_change(),
    })
}
