//! Lambda's events.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// When the stream took every record of an [`event`].
pub const ARRIVED_AT: &str = "2026-01-01T00:00:00.250Z";

/// The sequence number of the record at `place` of an [`event`].
pub fn sequence_number(place: usize) -> String {
    format!("49{place:054}")
}

/// An event with these payloads, in this order.
pub fn event(payloads: &[impl AsRef<[u8]>]) -> Vec<u8> {
    let payloads = payloads.iter().map(AsRef::as_ref).enumerate();
    let records: Vec<_> = payloads.map(|(place, payload)| record(place, payload)).collect();
    json!({ "Records": records }).to_string().into_bytes()
}

fn record(place: usize, payload: &[u8]) -> Value {
    let sequence_number = sequence_number(place);
    json!({
        "eventID": format!("shardId-000000000000:{sequence_number}"),
        "eventName": "aws:kinesis:record",
        "eventSource": "aws:kinesis",
        "eventSourceARN": "arn:aws:kinesis:us-east-1:000000000000:stream/readings",
        "eventVersion": "1.0",
        "awsRegion": "us-east-1",
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": device(payload),
            "sequenceNumber": sequence_number,
            "data": STANDARD.encode(payload),
            "approximateArrivalTimestamp": 1_767_225_600.25,
        },
    })
}

/// The device of a reading, and of what is none the one whose readings most tests are about.
fn device(payload: &[u8]) -> String {
    let reading: Option<Value> = serde_json::from_slice(payload).ok();
    let device = reading.as_ref().and_then(|reading| reading["deviceId"].as_str());
    device.unwrap_or("d-1").to_owned()
}

/// A reading of a device's one sensor.
pub fn reading(device: &str, sequence: u64) -> Value {
    json!({
        "schemaVersion": 1,
        "readingId": format!("{device}/temperature-1/{sequence}"),
        "deviceId": device,
        "sensorId": "temperature-1",
        "site": "hamburg",
        "measure": "temperature",
        "unit": "Cel",
        "value": 21.5,
        "quality": "good",
        "measuredAt": "2026-01-01T00:00:00.000Z",
        "sequence": sequence,
    })
}

/// Payloads of this many readings of one device.
pub fn readings(count: u64) -> Vec<String> {
    (0..count)
        .map(|sequence| reading("d-1", sequence).to_string())
        .collect()
}
