//! Builds Lambda events.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

pub const STREAM: &str = "arn:aws:kinesis:us-east-1:000000000000:stream/clicks";
pub const TABLE_STREAM: &str =
    "arn:aws:dynamodb:us-east-1:000000000000:table/orders/stream/2026-11-01T00:00:00.000";
pub const SHARD: &str = "shardId-000000000006";
pub const ARRIVAL: f64 = 1_480_641_523.477;
pub const ARRIVAL_MS: u64 = 1_480_641_523_477;

pub fn kinesis_record(sequence_number: &str, partition_key: &str, data: &[u8]) -> Value {
    json!({
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": partition_key,
            "sequenceNumber": sequence_number,
            "data": STANDARD.encode(data),
            "approximateArrivalTimestamp": ARRIVAL,
        },
        "eventSource": "aws:kinesis",
        "eventVersion": "1.0",
        "eventID": format!("{SHARD}:{sequence_number}"),
        "eventName": "aws:kinesis:record",
        "invokeIdentityArn": "arn:aws:iam::000000000000:role/function",
        "awsRegion": "us-east-1",
        "eventSourceARN": STREAM,
    })
}

pub fn dynamodb_record(sequence_number: &str) -> Value {
    json!({
        "eventID": "f07f8ca4b0b26cb9c4e5e77e69f274ee",
        "eventName": "MODIFY",
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "dynamodb": {
            "ApproximateCreationDateTime": 1_480_642_020,
            "Keys": {"sort": {"N": "1"}, "id": {"S": "o-1"}},
            "NewImage": {"id": {"S": "o-1"}, "sort": {"N": "1"}, "total": {"N": "12345678901234567890.123456789012345678"}},
            "OldImage": {"id": {"S": "o-1"}, "sort": {"N": "1"}, "tags": {"SS": ["a", "b"]}, "gone": {"NULL": true}},
            "SequenceNumber": sequence_number,
            "SizeBytes": 54,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
        "eventSourceARN": TABLE_STREAM,
    })
}

pub fn event(records: &[Value]) -> Vec<u8> {
    json!({ "Records": records }).to_string().into_bytes()
}

pub fn window_event(records: &[Value], is_final: bool) -> Vec<u8> {
    json!({
        "Records": records,
        "window": {"start": "2026-11-22T10:00:00Z", "end": "2026-11-22T10:05:00Z"},
        "state": {"count": "7"},
        "shardId": SHARD,
        "eventSourceARN": STREAM,
        "isFinalInvokeForWindow": is_final,
        "isWindowTerminatedEarly": false,
    })
    .to_string()
    .into_bytes()
}
