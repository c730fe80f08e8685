//! Lambda's events.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub const STREAM_ARN: &str = "arn:aws:kinesis:us-east-1:000000000000:stream/interactions";
pub const SHARD: &str = "shardId-000000000000";

/// The sequence number of the record at `place` of an [`event`].
pub fn sequence_number(place: usize) -> String {
    format!("49{place:054}")
}

/// An event with these payloads, in this order.
pub fn event<D: AsRef<[u8]>>(payloads: impl IntoIterator<Item = D>) -> Vec<u8> {
    let records: Vec<_> = payloads
        .into_iter()
        .enumerate()
        .map(|(place, data)| record(place, data.as_ref()))
        .collect();
    json!({ "Records": records }).to_string().into_bytes()
}

/// An event with these payloads as JSON.
pub fn event_of(payloads: &[Value]) -> Vec<u8> {
    event(payloads.iter().map(Value::to_string))
}

fn record(place: usize, data: &[u8]) -> Value {
    let number = sequence_number(place);
    json!({
        "eventID": format!("{SHARD}:{number}"),
        "eventName": "aws:kinesis:record",
        "eventSource": "aws:kinesis",
        "eventSourceARN": STREAM_ARN,
        "eventVersion": "1.0",
        "awsRegion": "us-east-1",
        "invokeIdentityArn": "arn:aws:iam::000000000000:role/forwarder",
        "kinesis": {
            "approximateArrivalTimestamp": 1_700_000_000.25,
            "data": STANDARD.encode(data),
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "key",
            "sequenceNumber": number,
        },
    })
}
