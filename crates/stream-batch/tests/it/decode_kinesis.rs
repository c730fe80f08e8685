//! Kinesis events: what is read, what is rejected alone, and what refuses the whole event.

use serde_json::{Value, json};
use stream_batch::{RejectionKind, StreamEvent, kinesis};

use crate::event::{ARRIVAL_MS, SHARD, STREAM, event, kinesis_record, window_event};

#[test]
fn reads_every_part_of_a_record() {
    let batch = kinesis::decode(&event(&[kinesis_record("100", "session-1", b"\x00payload")])).unwrap();

    let record = &batch.items()[0].record;
    assert_eq!(record.id.to_string(), "100");
    assert_eq!(record.origin.event_source_arn, STREAM);
    assert_eq!(record.origin.shard_id.as_deref(), Some(SHARD));
    assert_eq!(record.partition_key, "session-1");
    assert_eq!(record.explicit_hash_key, None);
    assert_eq!(record.arrival_time_ms, Some(ARRIVAL_MS));
    assert_eq!(&record.data[..], b"\x00payload");
    assert!(batch.rejected().is_empty());
}

#[test]
fn keeps_the_order_of_arrival() {
    let numbers = ["9", "10", "100"];
    let batch = kinesis::decode(&event(&numbers.map(|number| kinesis_record(number, "k", b"x")))).unwrap();
    let decoded: Vec<_> = batch
        .items()
        .iter()
        .map(|item| item.record.id.to_string())
        .collect();
    assert_eq!(decoded, numbers);
}

#[test]
fn an_event_without_records_is_an_empty_batch() {
    assert!(kinesis::decode(&event(&[])).unwrap().is_empty());
}

#[test]
fn reads_escaped_text() {
    let key = "a\"b\\c\u{1}ä";
    let batch = kinesis::decode(&event(&[kinesis_record("1", key, b"x")])).unwrap();
    assert_eq!(batch.items()[0].record.partition_key, key);
}

#[test]
fn an_arrival_time_may_be_missing() {
    let mut record = kinesis_record("1", "k", b"x");
    record["kinesis"]
        .as_object_mut()
        .unwrap()
        .remove("approximateArrivalTimestamp");
    let batch = kinesis::decode(&event(&[record])).unwrap();
    assert_eq!(batch.items()[0].record.arrival_time_ms, None);
}

/// Between two healthy records, the record that `damage` has changed is rejected with `reason`.
#[track_caller]
fn check_rejected_alone(reason: &str, damage: impl Fn(&mut Value)) {
    let mut damaged = kinesis_record("2", "k2", b"secret");
    damage(&mut damaged);
    let batch = kinesis::decode(&event(&[
        kinesis_record("1", "k", b"x"),
        damaged.clone(),
        kinesis_record("3", "k", b"y"),
    ]))
    .unwrap();

    let healthy: Vec<_> = batch
        .items()
        .iter()
        .map(|item| item.record.id.to_string())
        .collect();
    assert_eq!(healthy, ["1", "3"]);
    let [rejected] = batch.rejected() else {
        panic!("one record is rejected, not {:?}", batch.rejected())
    };
    assert_eq!(rejected.id.to_string(), "2");
    assert_eq!(rejected.rejection.kind, RejectionKind::MalformedRecord);
    assert_eq!(rejected.rejection.reason, reason);
    assert_eq!(
        serde_json::from_slice::<Value>(&rejected.payload).unwrap(),
        damaged
    );
}

#[test]
fn a_malformed_record_is_rejected_alone() {
    check_rejected_alone("field kinesis.data: not base64", |record| {
        record["kinesis"]["data"] = json!("!")
    });
    check_rejected_alone("field kinesis.data: not base64", |record| {
        record["kinesis"]["data"] = json!("YQ=\n")
    });
    check_rejected_alone("field kinesis.data: expected a string", |record| {
        record["kinesis"]["data"] = json!(7)
    });
    check_rejected_alone("field kinesis.data: expected a string", |record| {
        record["kinesis"]["data"] = json!(null)
    });
    check_rejected_alone("field kinesis.data: missing", |record| {
        record["kinesis"].as_object_mut().unwrap().remove("data");
    });
    check_rejected_alone("field kinesis.partitionKey: expected a string", |record| {
        record["kinesis"]["partitionKey"] = json!(["secret"]);
    });
    check_rejected_alone(
        "field kinesis.approximateArrivalTimestamp: expected f64",
        |record| {
            record["kinesis"]["approximateArrivalTimestamp"] = json!("secret");
        },
    );
    check_rejected_alone("field eventSourceARN: missing", |record| {
        record.as_object_mut().unwrap().remove("eventSourceARN");
    });
    check_rejected_alone("field eventID: expected a string", |record| {
        record["eventID"] = json!({})
    });
}

#[test]
fn what_can_be_read_of_a_malformed_record_is_kept() {
    let mut record = kinesis_record("2", "k2", b"x");
    record["kinesis"]["data"] = json!("!");
    let batch = kinesis::decode(&event(&[record])).unwrap();

    let rejected = &batch.rejected()[0];
    assert_eq!(rejected.partition_key.as_deref(), Some("k2"));
    assert_eq!(rejected.arrival_time_ms, Some(ARRIVAL_MS));
    assert_eq!(rejected.origin.shard_id.as_deref(), Some(SHARD));
}

#[test]
fn a_healthy_record_without_its_shard_takes_it_from_the_others() {
    let mut record = kinesis_record("1", "k", b"x");
    record.as_object_mut().unwrap().remove("eventID");
    let batch = kinesis::decode(&event(&[record, kinesis_record("2", "k", b"y")])).unwrap();
    assert_eq!(batch.items()[0].record.origin.shard_id.as_deref(), Some(SHARD));
}

#[track_caller]
fn check_refused(event: &[u8], message: &str) {
    assert_eq!(kinesis::decode(event).unwrap_err().to_string(), message);
}

#[test]
fn a_record_without_a_usable_sequence_number_refuses_the_event() {
    let message = "record at position 1: no sequence number at /kinesis/sequenceNumber";
    for number in [
        json!(null),
        json!(""),
        json!("12a"),
        json!("-1"),
        json!(" 1"),
        json!(12),
    ] {
        let mut record = kinesis_record("2", "k", b"x");
        record["kinesis"]["sequenceNumber"] = number;
        check_refused(&event(&[kinesis_record("1", "k", b"x"), record]), message);
    }
    check_refused(&event(&[kinesis_record("1", "k", b"x"), json!(null)]), message);
    check_refused(
        &event(&[kinesis_record("1", "k", b"x"), json!("secret")]),
        message,
    );
}

#[test]
fn records_of_two_shards_refuse_the_event() {
    let mut stranger = kinesis_record("2", "k", b"x");
    stranger["eventID"] = json!("shardId-000000000007:2");
    check_refused(
        &event(&[kinesis_record("1", "k", b"x"), stranger]),
        "event: the records are not of one shard",
    );
}

#[test]
fn what_is_no_event_is_refused() {
    check_refused(b"{", "event: not JSON (line 1, column 1)");
    check_refused(b"{}", "event: field Records: missing");
    check_refused(
        br#"{"Records":"secret"}"#,
        "event: field Records: expected a sequence",
    );
    let mut nameless = kinesis_record("1", "k", b"x");
    nameless.as_object_mut().unwrap().remove("eventSourceARN");
    check_refused(&event(&[nameless]), "event: no record has a field eventSourceARN");
}

#[test]
fn reads_the_time_window() {
    let (batch, window) =
        kinesis::decode_window(&window_event(&[kinesis_record("1", "k", b"x")], false)).unwrap();
    assert_eq!(batch.len(), 1);
    assert_eq!(window.window.start, "2026-11-22T10:00:00Z");
    assert_eq!(window.window.end, "2026-11-22T10:05:00Z");
    assert_eq!(Value::Object(window.state), json!({"count": "7"}));
    assert_eq!(window.shard_id.as_deref(), Some(SHARD));
    assert!(!window.is_final_invoke_for_window);
    assert!(!window.is_window_terminated_early);
}

#[test]
fn the_last_batch_of_a_window_may_be_empty() {
    let (batch, window) = kinesis::decode_window(&window_event(&[], true)).unwrap();
    assert!(batch.is_empty());
    assert!(window.is_final_invoke_for_window);
}

#[test]
fn an_event_without_a_window_is_refused_where_one_is_expected() {
    let error = kinesis::decode_window(&event(&[])).unwrap_err();
    assert_eq!(error.to_string(), "event: field window: missing");
}

/// As the Lambda runtime reads it: through `serde_path_to_error`, from borrowed bytes into an owned type.
#[test]
fn the_runtime_can_hand_an_event_over_unread() {
    let bytes = event(&[kinesis_record("1", "k", b"x")]);
    let mut deserializer = serde_json::Deserializer::from_slice(&bytes);
    let event: StreamEvent = serde_path_to_error::deserialize(&mut deserializer).unwrap();
    assert_eq!(event.as_bytes(), bytes);
    assert_eq!(kinesis::decode(event.as_bytes()).unwrap().len(), 1);
}

/// The public types for Lambda events read the same from the same event.
#[test]
fn agrees_with_aws_lambda_events() {
    let records = ["1", "20", "300"].map(|number| kinesis_record(number, "k\u{e4}", number.as_bytes()));
    let event = event(&records);
    let batch = kinesis::decode(&event).unwrap();
    let reference: aws_lambda_events::event::kinesis::KinesisEvent = serde_json::from_slice(&event).unwrap();

    assert_eq!(batch.len(), reference.records.len());
    for (item, expected) in batch.items().iter().zip(&reference.records) {
        let record = &item.record;
        let arrival = expected
            .kinesis
            .approximate_arrival_timestamp
            .0
            .timestamp_millis();
        assert_eq!(record.id.to_string(), expected.kinesis.sequence_number);
        assert_eq!(record.partition_key, expected.kinesis.partition_key);
        assert_eq!(record.data, expected.kinesis.data.0);
        assert_eq!(record.arrival_time_ms, u64::try_from(arrival).ok());
        assert_eq!(
            Some(&record.origin.event_source_arn),
            expected.event_source_arn.as_ref()
        );
    }
}
