//! What a reading is in the two tables.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::dynamodb::DynamoDb;
use crate::support::events::{ARRIVED_AT, event, reading};
use crate::support::faults::NoFaults;
use crate::support::handler;
use crate::support::letters::Letters;

const DAY: u64 = 24 * 60 * 60;

/// The tables after one event with these readings, none of which is rejected.
async fn tables(event: &[u8]) -> DynamoDb {
    let (dynamodb, letters) = (DynamoDb::new(NoFaults), Letters::default());
    let response = handler(&dynamodb, None, &letters)
        .write(event, Duration::from_secs(30))
        .await;
    assert!(response.expect("an event").batch_item_failures.is_empty());
    assert_eq!(letters.stored(), []);
    dynamodb
}

fn precise() -> Value {
    let mut reading = reading("d-1", 4711);
    reading["measuredAt"] = json!("2026-11-25T01:02:03.1Z");
    reading["extra"] = json!("is passed over");
    // The digits stay.
    let value: Value = serde_json::from_str("21.5").expect("a number");
    reading["value"] = value;
    reading
}

fn latest_item() -> Value {
    json!({
        "deviceId": {"S": "d-1"},
        "sensorId": {"S": "temperature-1"},
        "site": {"S": "hamburg"},
        "measure": {"S": "temperature"},
        "unit": {"S": "Cel"},
        "value": {"N": "21.5"},
        "quality": {"S": "good"},
        "measuredAt": {"S": "2026-11-25T01:02:03.100000Z"},
        "sequence": {"N": "4711"},
        "readingId": {"S": "d-1/temperature-1/4711"},
    })
}

#[tokio::test(start_paused = true)]
async fn the_latest_state_is_the_whole_reading() {
    let tables = tables(&event(&[precise()])).await;
    let key = ("d-1".to_owned(), "temperature-1".to_owned());
    assert_eq!(
        tables.latest().into_iter().collect::<Vec<_>>(),
        [(key, latest_item())]
    );
}

#[tokio::test(start_paused = true)]
async fn the_history_has_the_same_under_sensor_and_moment_and_for_thirty_days() {
    let tables = tables(&event(&[precise()])).await;
    let mut item = latest_item();
    item["sensor"] = json!({"S": "d-1#temperature-1"});
    item["at"] = json!({"S": "2026-11-25T01:02:03.100000Z#00000000000000004711"});
    // From when the stream took it, not from when it was measured.
    item["expiresAt"] = json!({"N": (ARRIVED_AT + 30 * DAY).to_string()});
    let key = (
        "d-1#temperature-1".to_owned(),
        "2026-11-25T01:02:03.100000Z#00000000000000004711".to_owned(),
    );
    assert_eq!(tables.history().into_iter().collect::<Vec<_>>(), [(key, item)]);
}

#[tokio::test(start_paused = true)]
async fn without_an_arrival_time_the_days_count_from_the_measurement() {
    let mut event: Value = serde_json::from_slice(&event(&[reading("d-1", 5)])).expect("JSON");
    let kinesis = event["Records"][0]["kinesis"].as_object_mut().expect("an object");
    kinesis.remove("approximateArrivalTimestamp");
    let tables = tables(event.to_string().as_bytes()).await;
    let expected = (ARRIVED_AT + 5 + 30 * DAY).to_string();
    for item in tables.history().values() {
        assert_eq!(item["expiresAt"], json!({"N": expected}));
    }
}
