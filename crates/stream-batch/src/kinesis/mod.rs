//! Decodes the Lambda event of a Kinesis stream.

mod aggregate;
mod tolerant;
mod wire;

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;

use crate::batch::{Item, Rejected};
use crate::timestamp::milliseconds;
use crate::{Batch, DecodeError, Origin, RecordId, SequenceNumber, StreamRecord, TimeWindow};
pub use aggregate::{DIGEST_LENGTH, MAGIC};
use aggregate::{Keys, UserRecord};

/// Decodes a Kinesis event into its records, KPL aggregates taken apart.
///
/// A malformed record is rejected, with what of it could be read. An aggregate without records leaves nothing to
/// deliver and is thereby acknowledged.
///
/// # Errors
/// The event is not JSON, a record has no usable sequence number, or the records are not of one shard.
pub fn decode(event: &[u8]) -> Result<Batch, DecodeError> {
    // The first path makes one pass and few copies; the second tells one malformed record from its healthy neighbours.
    match decode_well_formed(event) {
        Some(batch) => Ok(batch),
        None => tolerant::decode(event),
    }
}

/// Decodes a Kinesis event of a time window. The last one of a window may have no records.
///
/// # Errors
/// As [`decode`]; and the event does not describe its window.
pub fn decode_window(event: &[u8]) -> Result<(Batch, TimeWindow), DecodeError> {
    Ok((decode(event)?, TimeWindow::read(event)?))
}

/// `None` if anything at all is wrong.
fn decode_well_formed(event: &[u8]) -> Option<Batch> {
    // Checked once as a whole, text need not be checked again string by string: a third of the time.
    let event: wire::Event<'_> = serde_json::from_str(std::str::from_utf8(event).ok()?).ok()?;
    let mut batch = Batch::with_capacity(event.records.len());
    let Some(first) = event.records.first() else {
        return Some(batch);
    };
    let origin = Arc::new(first.origin());
    for (record, data) in event.records.iter().zip(decode_base64(&event.records)?) {
        if !record.is_of(&origin) {
            return None;
        }
        let sequence_number = record.kinesis.sequence_number.parse().ok()?;
        push(&mut batch, sequence_number, &origin, &record.kinesis, data);
    }
    Some(batch)
}

/// The data of all records, decoded into one allocation that they share.
fn decode_base64<'a>(records: &'a [wire::Record<'a>]) -> Option<impl Iterator<Item = Bytes> + 'a> {
    let capacity = records
        .iter()
        .map(|record| base64::decoded_len_estimate(record.kinesis.data.len()))
        .sum();
    let mut decoded = Vec::with_capacity(capacity);
    let mut ends = Vec::with_capacity(records.len());
    for record in records {
        STANDARD
            .decode_vec(record.kinesis.data.as_bytes(), &mut decoded)
            .ok()?;
        ends.push(decoded.len());
    }
    let decoded = Bytes::from(decoded);
    let mut start = 0;
    Some(
        ends.into_iter()
            .map(move |end| decoded.slice(std::mem::replace(&mut start, end)..end)),
    )
}

/// Adds a record to the batch, or the records that it aggregates.
fn push(
    batch: &mut Batch,
    sequence_number: SequenceNumber,
    origin: &Arc<Origin>,
    kinesis: &wire::Kinesis<'_>,
    data: Bytes,
) {
    let user_records = aggregate::take_apart(&data);
    let record = StreamRecord {
        id: RecordId::from(sequence_number),
        origin: origin.clone(),
        partition_key: kinesis.partition_key.clone().into_owned(),
        explicit_hash_key: None,
        arrival_time_ms: kinesis.approximate_arrival_timestamp.and_then(milliseconds),
        data,
    };
    match user_records {
        None => batch.items.push(Item { record, value: () }),
        Some(user_records) => {
            for (index, user_record) in (0..).zip(user_records) {
                push_user_record(batch, &record, index, user_record);
            }
        }
    }
}

fn push_user_record(batch: &mut Batch, aggregate: &StreamRecord, index: u32, user_record: UserRecord) {
    let id = RecordId {
        index: Some(index),
        ..aggregate.id.clone()
    };
    let record = StreamRecord {
        id,
        data: user_record.data,
        ..aggregate.clone()
    };
    match user_record.keys {
        Ok(Keys {
            partition_key,
            explicit_hash_key,
        }) => {
            let record = StreamRecord {
                partition_key,
                explicit_hash_key,
                ..record
            };
            batch.items.push(Item { record, value: () });
        }
        Err(rejection) => {
            batch.rejected.push(Rejected {
                partition_key: None,
                ..Rejected::new(record, rejection)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{decode_well_formed, tolerant};

    const EVENT: &[u8] = br#"{"Records":[
        {"eventID":"shardId-1:1","eventSourceARN":"arn","kinesis":
            {"sequenceNumber":"1","partitionKey":"\u00e4","data":"SGVsbG8=","approximateArrivalTimestamp":1.5}},
        {"eventID":"shardId-1:2","eventSourceARN":"arn","kinesis":
            {"sequenceNumber":"2","partitionKey":"k","data":"84mawgoBYRoHCAAaA29uZfvilJgzTUCnUpzlB6WVfKs="}}
    ]}"#;

    #[test]
    fn both_paths_read_a_well_formed_event_alike() {
        let fast = decode_well_formed(EVENT).unwrap();
        let tolerant = tolerant::decode(EVENT).unwrap();
        assert_eq!(fast.len(), 2);
        assert_eq!(
            (fast.items(), fast.rejected()),
            (tolerant.items(), tolerant.rejected())
        );
    }
}
