//! Lambda's events.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// When the stream took every record of an [`event`], in seconds.
pub const ARRIVED_AT: u64 = 1_767_225_600;

/// The sequence number of the record at `place` of an [`event`].
pub fn sequence_number(place: usize) -> String {
    format!("49{place:054}")
}

/// An event with these payloads, in this order.
pub fn event(payloads: &[Value]) -> Vec<u8> {
    let payloads = payloads.iter().enumerate();
    let records: Vec<_> = payloads.map(|(place, payload)| record(place, payload)).collect();
    json!({ "Records": records }).to_string().into_bytes()
}

fn record(place: usize, payload: &Value) -> Value {
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
            "partitionKey": payload["deviceId"].as_str().unwrap_or("d-1"),
            "sequenceNumber": sequence_number,
            "data": STANDARD.encode(payload.to_string()),
            "approximateArrivalTimestamp": ARRIVED_AT as f64 + 0.25,
        },
    })
}

/// A reading of a device's one sensor, as many seconds after the start of the year as its number says.
pub fn reading(device: &str, sequence: u64) -> Value {
    measured(device, sequence, sequence)
}

/// A reading of a device's one sensor, this many seconds after the start of the year.
pub fn measured(device: &str, sequence: u64, second: u64) -> Value {
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
        "measuredAt": format!("2026-01-01T{:02}:{:02}:{:02}.000Z", second / 3_600, second / 60 % 60, second % 60),
        "sequence": sequence,
    })
}

/// This many readings of one device.
pub fn readings(count: u64) -> Vec<Value> {
    (0..count).map(|sequence| reading("d-1", sequence)).collect()
}
