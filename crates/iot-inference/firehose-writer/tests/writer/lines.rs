//! What a reading is in the archive.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::events::{ARRIVED_AT, event, reading};
use crate::support::firehose::{Firehose, NoFaults};
use crate::support::handler;
use crate::support::letters::Letters;

/// The object that the archive is after one event with these payloads, none of which is rejected.
async fn object(event: &[u8]) -> String {
    let (firehose, letters) = (Firehose::new(NoFaults), Letters::default());
    let response = handler(&firehose, &letters)
        .write(event, Duration::from_secs(30))
        .await;
    assert!(response.expect("an event").batch_item_failures.is_empty());
    assert_eq!(letters.stored(), []);
    firehose.object()
}

#[tokio::test(start_paused = true)]
async fn a_line_is_the_canonical_reading_and_when_it_arrived() {
    // The digits stay, fields come in order, line feeds and what is not known go.
    let payload = r#"{
        "sequence": 4711, "schemaVersion": 1, "value": 21.5370, "extra": {"a": "b\nc"},
        "readingId": "d-1/temperature-1/4711", "deviceId": "d-1", "sensorId": "temperature-1", "site": "hamburg",
        "measure": "temperature", "unit": "Cel", "quality": "good", "measuredAt": "2026-11-25T01:02:03.1Z"
    }"#;
    let expected = concat!(
        r#"{"schemaVersion":1,"readingId":"d-1/temperature-1/4711","deviceId":"d-1","sensorId":"temperature-1","#,
        r#""site":"hamburg","measure":"temperature","unit":"Cel","value":21.5370,"quality":"good","#,
        r#""measuredAt":"2026-11-25T01:02:03.100Z","sequence":4711,"arrivedAt":"2026-01-01T00:00:00.250Z"}"#,
        "\n",
    );
    assert_eq!(object(&event(&[payload])).await, expected);
}

#[tokio::test(start_paused = true)]
async fn each_reading_has_a_line_of_its_own() {
    let readings: Vec<_> = (0..3).map(|sequence| reading("d-1", sequence)).collect();
    let payloads: Vec<_> = readings.iter().map(Value::to_string).collect();
    let object = object(&event(&payloads)).await;
    assert!(object.ends_with('\n'));
    let lines: Vec<Value> = object
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    let expected = readings.into_iter().map(|mut reading| {
        reading["arrivedAt"] = json!(ARRIVED_AT);
        reading
    });
    assert_eq!(lines, expected.collect::<Vec<_>>());
}

#[tokio::test(start_paused = true)]
async fn without_an_arrival_time_a_line_has_none() {
    let mut event: Value = serde_json::from_slice(&event(&[reading("d-1", 0).to_string()])).expect("JSON");
    let kinesis = event["Records"][0]["kinesis"].as_object_mut().expect("an object");
    kinesis.remove("approximateArrivalTimestamp");
    let line: Value = serde_json::from_str(&object(event.to_string().as_bytes()).await).expect("JSON");
    assert_eq!(line, reading("d-1", 0));
}
