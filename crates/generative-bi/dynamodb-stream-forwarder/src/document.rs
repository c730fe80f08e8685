//! A change as it stands on the stream.

use serde::Serialize;
use stream_batch::dynamodb::Change;
use stream_batch::{Rejection, StreamRecord};

use crate::attribute_value::Attributes;
use crate::item_change::{ItemChange, malformed};
use crate::plain::PlainAttributes;
use crate::redaction::Redaction;
use crate::types::Types;

/// The version of the document's form.
pub const SCHEMA_VERSION: u32 = 1;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    schema_version: u32,
    event_id: &'a str,
    event_name: &'static str,
    expired: bool,
    table_name: &'a str,
    event_time: u64,
    sequence_number: &'a str,
    keys: PlainAttributes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    new_image: Option<PlainAttributes<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    old_image: Option<PlainAttributes<'a>>,
    #[serde(skip_serializing_if = "Types::is_empty")]
    types: Types,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    redacted: Vec<String>,
}

/// Writes a change as one JSON object, without the attributes that are to be redacted. The same record makes the same
/// bytes, whenever it comes.
///
/// # Errors
/// The record does not say when the change was made.
pub fn to_json(
    record: &StreamRecord,
    change: &Change,
    mut item: ItemChange<'_>,
    redaction: &Redaction,
) -> Result<Vec<u8>, Rejection> {
    let redacted = redact(&mut item, redaction);
    let document = Document {
        schema_version: SCHEMA_VERSION,
        event_id: &change.event_id,
        event_name: change.event_name.as_str(),
        expired: change.is_expiry(),
        table_name: record.origin.stream_name(),
        event_time: event_time(record)?,
        sequence_number: without_leading_zeros(record.id.sequence_number.as_str()),
        types: types(&item),
        keys: PlainAttributes(&item.keys),
        new_image: item.new_image.as_ref().map(PlainAttributes),
        old_image: item.old_image.as_ref().map(PlainAttributes),
        redacted,
    };
    // DynamoDB's form of an item is longer than the plain one, and has room for what is added.
    let mut json = Vec::with_capacity(record.data.len());
    serde_json::to_writer(&mut json, &document).map_err(|_| malformed("cannot be written as JSON"))?;
    Ok(json)
}

fn redact(item: &mut ItemChange<'_>, redaction: &Redaction) -> Vec<String> {
    let images = [
        ("newImage", &mut item.new_image),
        ("oldImage", &mut item.old_image),
    ];
    let redact_image = |(name, image): (&str, &mut Option<Attributes<'_>>)| {
        image
            .as_mut()
            .map(|image| redaction.redact(name, image))
            .unwrap_or_default()
    };
    images.into_iter().flat_map(redact_image).collect()
}

fn types(item: &ItemChange<'_>) -> Types {
    let mut types = Types::default();
    types.note("keys", &item.keys);
    for (name, image) in [("newImage", &item.new_image), ("oldImage", &item.old_image)] {
        if let Some(image) = image {
            types.note(name, image);
        }
    }
    types
}

/// In microseconds since the Unix epoch, as DynamoDB's native capture can write it: one unit for both.
fn event_time(record: &StreamRecord) -> Result<u64, Rejection> {
    let milliseconds = record.arrival_time_ms;
    let microseconds = milliseconds.and_then(|milliseconds| milliseconds.checked_mul(1_000));
    microseconds.ok_or_else(|| malformed("field dynamodb.ApproximateCreationDateTime: missing"))
}

/// AWS writes no leading zeros; an emulator pads with them, and text of different lengths would be compared wrongly.
fn without_leading_zeros(sequence_number: &str) -> &str {
    match sequence_number.trim_start_matches('0') {
        "" => "0",
        digits => digits,
    }
}
