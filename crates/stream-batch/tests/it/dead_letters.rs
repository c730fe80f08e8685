//! What is kept of a rejected record.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use stream_batch::{
    DeadLetterBatch, DeadLetters, Deadline, LaneOptions, Outcome, Rejection, deliver_in_lanes, kinesis,
    versioned_json,
};

use crate::event::{ARRIVAL_MS, SHARD, STREAM, event, kinesis_record};

const TRACE: &str = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

/// Every record that parses is refused by the sink at the third attempt; the others are rejected before.
async fn dead_letters(records: &[Value]) -> DeadLetters {
    let parse = |record: &stream_batch::StreamRecord| versioned_json::parse::<Value>(&record.data, &[1]);
    let batch = kinesis::decode(&event(records)).unwrap().parse(parse);
    let options = LaneOptions {
        concurrency: 1,
        deadline: Deadline::never(),
    };
    let settled = deliver_in_lanes(
        batch,
        options,
        |_| (),
        |mut lane| async move {
            while lane.next_chunk(1).is_some() {
                lane.report([Outcome::Rejected(Rejection::refused(
                    "field itemId: unknown to the sink",
                    3,
                ))]);
            }
        },
    )
    .await;
    settled.take_rejected().0
}

fn json_of(dead_letters: &DeadLetters) -> Value {
    serde_json::to_value(dead_letters.batch()).unwrap()
}

#[tokio::test]
async fn without_rejected_records_there_is_nothing_to_store() {
    let dead_letters = dead_letters(&[]).await;
    assert!(dead_letters.is_empty() && dead_letters.batch().is_none() && dead_letters.origin().is_none());
    assert_eq!(dead_letters.len(), 0);
}

#[tokio::test]
async fn says_where_the_record_came_from_what_was_wrong_and_what_it_held() {
    let payload = json!({"schemaVersion": 1, "itemId": "31", "traceparent": TRACE}).to_string();
    let dead_letters = dead_letters(&[kinesis_record("495", "session-1", payload.as_bytes())]).await;

    let expected = json!({
        "schemaVersion": 1,
        "eventSourceArn": STREAM,
        "shardId": SHARD,
        "firstSequenceNumber": "495",
        "lastSequenceNumber": "495",
        "deadLetters": [{
            "schemaVersion": 1,
            "eventSourceArn": STREAM,
            "shardId": SHARD,
            "sequenceNumber": "495",
            "partitionKey": "session-1",
            "arrivalTime": ARRIVAL_MS,
            "kind": "refused",
            "reason": "record 495: field itemId: unknown to the sink",
            "attempts": 3,
            "payload": STANDARD.encode(&payload),
            "traceparent": TRACE,
        }],
    });
    assert_eq!(json_of(&dead_letters), expected);
    assert_eq!(dead_letters.origin().unwrap().stream_name(), "clicks");
}

#[tokio::test]
async fn records_rejected_early_and_late_are_in_the_order_of_the_shard() {
    let healthy = br#"{"schemaVersion":1}"#;
    let mut malformed = kinesis_record("100", "k", b"x");
    malformed["kinesis"]["data"] = json!("!");
    let dead_letters = dead_letters(&[
        kinesis_record("9", "k", healthy),
        kinesis_record("20", "k", b"poison"),
        malformed,
    ])
    .await;
    let batch = dead_letters.batch().unwrap();
    let kept: Vec<_> = batch
        .dead_letters
        .iter()
        .map(|letter| (letter.id().to_string(), letter.kind.to_string()))
        .collect();
    let expected = [
        ("9", "refused"),
        ("20", "malformed_payload"),
        ("100", "malformed_record"),
    ];
    assert_eq!(kept, expected.map(|(id, kind)| (id.to_owned(), kind.to_owned())));
    assert_eq!(
        (
            batch.first_sequence_number.as_str(),
            batch.last_sequence_number.as_str()
        ),
        ("9", "100")
    );
}

#[tokio::test]
async fn a_payload_is_kept_byte_for_byte_and_stays_out_of_the_reason() {
    let payload = b"\x00\xFFsecret";
    let dead_letters = dead_letters(&[kinesis_record("1", "k", payload)]).await;
    let letter = &dead_letters.batch().unwrap().dead_letters[0];
    assert_eq!(letter.payload[..], payload[..]);
    assert_eq!(letter.reason, "record 1: not JSON (line 1, column 1)");
    assert_eq!((letter.traceparent.as_deref(), letter.attempts), (None, 0));
}

#[tokio::test]
async fn a_traceparent_that_is_no_text_is_left_out() {
    let payload = br#"{"schemaVersion":1,"traceparent":7}"#;
    let dead_letters = dead_letters(&[kinesis_record("1", "k", payload)]).await;
    assert_eq!(dead_letters.batch().unwrap().dead_letters[0].traceparent, None);
}

#[tokio::test]
async fn the_same_records_make_the_same_object() {
    let records = [kinesis_record("1", "k", b"a"), kinesis_record("2", "l", b"b")];
    let text = |dead_letters: &DeadLetters| serde_json::to_string(dead_letters.batch().unwrap()).unwrap();
    assert_eq!(
        text(&dead_letters(&records).await),
        text(&dead_letters(&records).await)
    );
}

#[tokio::test]
async fn an_object_reads_back_as_it_was_written() {
    let dead_letters = dead_letters(&[
        kinesis_record("1", "k", b"\xF3a"),
        kinesis_record("2", "k", b"{}"),
    ])
    .await;
    let batch = dead_letters.batch().unwrap();
    let text = serde_json::to_string(batch).unwrap();
    assert_eq!(&serde_json::from_str::<DeadLetterBatch>(&text).unwrap(), batch);
}

#[test]
fn the_documented_example_is_an_object_of_this_shape() {
    let readme = include_str!("../../README.md");
    let example = readme
        .split("```json\n")
        .nth(1)
        .and_then(|rest| rest.split("```").next())
        .unwrap();
    let batch: DeadLetterBatch = serde_json::from_str(example).unwrap();
    let example: Value = serde_json::from_str(example).unwrap();
    assert_eq!(serde_json::to_value(batch).unwrap(), example);
}
