//! Batches in which every record is rejected.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use stream_batch::{DeadLetters, Deadline, LaneOptions, Rejection, Settled, deliver_in_lanes, kinesis};

/// The dead letters of the records with these sequence numbers.
pub async fn letters(sequence_numbers: &[&str]) -> DeadLetters {
    let records: Vec<_> = sequence_numbers.iter().map(|number| record(number)).collect();
    let event = json!({ "Records": records }).to_string();
    let batch = kinesis::decode(event.as_bytes()).unwrap();
    let batch = batch.parse(|_| Err::<(), _>(Rejection::invalid("everything is")));
    let options = LaneOptions {
        concurrency: 1,
        deadline: Deadline::never(),
    };
    let settled: Settled = deliver_in_lanes(batch, options, |_| (), |_| async {}).await;
    let (letters, unreported) = settled.take_rejected();
    assert_eq!(letters.len(), sequence_numbers.len());
    let _response = unreported.report(Ok::<_, String>(())).response();
    letters
}

fn record(sequence_number: &str) -> serde_json::Value {
    json!({
        "eventID": format!("shardId-000000000006:{sequence_number}"),
        "eventName": "aws:kinesis:record",
        "eventSource": "aws:kinesis",
        "eventSourceARN": "arn:aws:kinesis:us-east-1:000000000000:stream/clicks",
        "eventVersion": "1.0",
        "invokeIdentityArn": "arn:aws:iam::000000000000:role/function",
        "awsRegion": "us-east-1",
        "kinesis": {
            "kinesisSchemaVersion": "1.0",
            "partitionKey": "key",
            "sequenceNumber": sequence_number,
            "data": STANDARD.encode(format!("payload {sequence_number}")),
            "approximateArrivalTimestamp": 1_545_084_650.987,
        },
    })
}
