//! Decodes an event in which something is wrong, record by record.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use serde_json::value::RawValue;

use super::{push, wire};
use crate::tolerant::{self, Pointers};
use crate::{Batch, DecodeError, SequenceNumber, json_error};

const POINTERS: Pointers = Pointers {
    sequence_number: "/kinesis/sequenceNumber",
    partition_key: Some("/kinesis/partitionKey"),
    arrival_time: "/kinesis/approximateArrivalTimestamp",
};

pub(super) fn decode(event: &[u8]) -> Result<Batch, DecodeError> {
    let records = tolerant::records(event)?;
    let mut batch = Batch::with_capacity(records.len());
    if records.is_empty() {
        return Ok(batch);
    }
    let origin = Arc::new(tolerant::common_origin(
        records.iter().filter_map(|raw| wire::origin_of(raw)),
    )?);
    for (position, raw) in records.into_iter().enumerate() {
        match read(raw) {
            Ok((record, sequence_number, data)) => {
                push(&mut batch, sequence_number, &origin, &record.kinesis, data);
            }
            Err(reason) => batch
                .rejected
                .push(tolerant::reject(position, raw, &POINTERS, &origin, reason)?),
        }
    }
    Ok(batch)
}

fn read(raw: &RawValue) -> Result<(wire::Record<'_>, SequenceNumber, Bytes), String> {
    let record: wire::Record<'_> = json_error::from_slice(raw.get().as_bytes())?;
    let sequence_number = record.kinesis.sequence_number.parse();
    let sequence_number =
        sequence_number.map_err(|error| format!("field kinesis.sequenceNumber: {error}"))?;
    let data = STANDARD.decode(record.kinesis.data.as_bytes());
    let data = data.map_err(|_| "field kinesis.data: not base64".to_owned())?;
    Ok((record, sequence_number, Bytes::from(data)))
}
