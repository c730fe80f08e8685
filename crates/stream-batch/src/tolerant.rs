//! Reads an event record by record, so that a malformed one is rejected alone.

use std::sync::Arc;

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use crate::timestamp::milliseconds;
use crate::{DecodeError, Origin, RecordId, Rejected, Rejection, RejectionKind, SequenceNumber, json_error};

/// The JSON texts of the event's records.
pub(crate) fn records(event: &[u8]) -> Result<Vec<&RawValue>, DecodeError> {
    #[derive(Deserialize)]
    struct Event<'a> {
        #[serde(borrow, rename = "Records")]
        records: Vec<&'a RawValue>,
    }
    let event: Event<'_> =
        json_error::from_slice(event).map_err(|reason| DecodeError(format!("event: {reason}")))?;
    Ok(event.records)
}

/// The one origin of a batch, from the records that name theirs. A checkpoint over two shards would mean nothing.
pub(crate) fn common_origin(named: impl Iterator<Item = Origin>) -> Result<Origin, DecodeError> {
    let named: Vec<Origin> = named.collect();
    let best = named
        .iter()
        .find(|origin| origin.shard_id.is_some())
        .or(named.first());
    let origin = best.ok_or_else(|| DecodeError("event: no record has a field eventSourceARN".to_owned()))?;
    let agrees = |other: &Origin| {
        other.event_source_arn == origin.event_source_arn
            && (other.shard_id.is_none() || other.shard_id == origin.shard_id)
    };
    if named.iter().all(agrees) {
        Ok(origin.clone())
    } else {
        Err(DecodeError("event: the records are not of one shard".to_owned()))
    }
}

/// Where a malformed record may still hold what identifies it, as JSON pointers.
pub(crate) struct Pointers {
    pub(crate) sequence_number: &'static str,
    /// `None` where it is not one text.
    pub(crate) partition_key: Option<&'static str>,
    /// In seconds since the Unix epoch.
    pub(crate) arrival_time: &'static str,
}

/// Rejects a malformed record with what of it can be read, the whole of its text as the payload.
///
/// # Errors
/// It has no usable sequence number: nothing could be reported to Lambda for it, so the whole batch must come again.
pub(crate) fn reject(
    position: usize,
    record: &RawValue,
    pointers: &Pointers,
    origin: &Arc<Origin>,
    reason: String,
) -> Result<Rejected, DecodeError> {
    let value: Value = serde_json::from_str(record.get()).unwrap_or_default();
    let text = |pointer| value.pointer(pointer).and_then(Value::as_str);
    let sequence_number: Option<SequenceNumber> =
        text(pointers.sequence_number).and_then(|text| text.parse().ok());
    let sequence_number = sequence_number.ok_or_else(|| {
        DecodeError(format!(
            "record at position {position}: no sequence number at {}",
            pointers.sequence_number
        ))
    })?;
    Ok(Rejected {
        id: RecordId::from(sequence_number),
        origin: origin.clone(),
        partition_key: pointers.partition_key.and_then(text).map(str::to_owned),
        arrival_time_ms: value
            .pointer(pointers.arrival_time)
            .and_then(Value::as_f64)
            .and_then(milliseconds),
        payload: Bytes::copy_from_slice(record.get().as_bytes()),
        rejection: Rejection::new(RejectionKind::MalformedRecord, reason),
    })
}
