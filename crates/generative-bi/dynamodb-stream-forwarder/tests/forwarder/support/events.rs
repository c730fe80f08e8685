//! Lambda's events.

use serde_json::{Value, json};

pub const STREAM_ARN: &str =
    "arn:aws:dynamodb:us-east-1:000000000000:table/Orders/stream/2026-01-01T00:00:00.000";

/// The sequence number of the record at `place` of an [`event`].
pub fn sequence_number(place: usize) -> String {
    format!("8{place:020}")
}

/// An event with these changes, in this order. A change is what [`change`] makes.
pub fn event(changes: &[Value]) -> Vec<u8> {
    let records: Vec<_> = changes
        .iter()
        .enumerate()
        .map(|(place, change)| record(place, change))
        .collect();
    json!({ "Records": records }).to_string().into_bytes()
}

fn record(place: usize, change: &Value) -> Value {
    let mut record = change.clone();
    record["eventID"] = json!(format!("event-{place}"));
    record["dynamodb"]["SequenceNumber"] = json!(sequence_number(place));
    record
}

/// An order line that comes to be: key attributes, and others besides.
pub fn insert(order: &str, line: u32, others: Value) -> Value {
    change("INSERT", order, line, None, Some(others))
}

/// A change of an order line, with the attributes that it has besides its key before and after.
pub fn change(event_name: &str, order: &str, line: u32, old: Option<Value>, new: Option<Value>) -> Value {
    let keys = json!({"orderId": {"S": order}, "line": {"N": line.to_string()}});
    let image = |others: Value| {
        let mut image = keys.clone();
        let others = others.as_object().expect("attributes").clone();
        image.as_object_mut().expect("attributes").extend(others);
        image
    };
    let mut change = json!({
        "eventName": event_name,
        "eventVersion": "1.1",
        "eventSource": "aws:dynamodb",
        "awsRegion": "us-east-1",
        "eventSourceARN": STREAM_ARN,
        "dynamodb": {
            "ApproximateCreationDateTime": 1_767_225_600,
            "Keys": keys,
            "SizeBytes": 99,
            "StreamViewType": "NEW_AND_OLD_IMAGES",
        },
    });
    for (name, others) in [("OldImage", old), ("NewImage", new)] {
        if let Some(others) = others {
            change["dynamodb"][name] = image(others);
        }
    }
    change
}

/// The partition key of an order line's changes.
pub fn partition_key(order: &str, line: u32) -> String {
    format!(r#"{{"line":{{"N":"{line}"}},"orderId":{{"S":"{order}"}}}}"#)
}
