//! DynamoDB Streams events: what is read, what is rejected alone, and what refuses the whole event.

use serde_json::{Value, json};
use stream_batch::dynamodb::{self, EventName, UserIdentity};
use stream_batch::{RejectionKind, StreamRecord};

use crate::event::{SHARD, TABLE_STREAM, dynamodb_record, event, window_event};

#[test]
fn reads_every_part_of_a_change() {
    let source = dynamodb_record("1405400000000002063282832");
    let batch = dynamodb::decode(&event(std::slice::from_ref(&source))).unwrap();

    let item = &batch.items()[0];
    let StreamRecord {
        id,
        origin,
        partition_key,
        explicit_hash_key,
        arrival_time_ms,
        data,
    } = &item.record;
    assert_eq!(id.to_string(), "1405400000000002063282832");
    assert_eq!(
        (origin.event_source_arn.as_str(), &origin.shard_id),
        (TABLE_STREAM, &None)
    );
    assert_eq!(partition_key, r#"{"id":{"S":"o-1"},"sort":{"N":"1"}}"#);
    assert_eq!(
        (explicit_hash_key, arrival_time_ms),
        (&None, &Some(1_480_642_020_000))
    );
    assert_eq!(serde_json::from_slice::<Value>(data).unwrap(), source);

    let change = &item.value;
    assert_eq!(change.event_name, EventName::Modify);
    assert_eq!(change.event_id, "f07f8ca4b0b26cb9c4e5e77e69f274ee");
    assert_eq!(change.size_bytes, Some(54));
    assert_eq!(change.user_identity, None);
    let text = |value: &Value| value.to_string();
    assert_eq!(change.keys.get(), text(&source["dynamodb"]["Keys"]));
    assert_eq!(
        change.new_image.as_ref().unwrap().get(),
        text(&source["dynamodb"]["NewImage"])
    );
    assert_eq!(
        change.old_image.as_ref().unwrap().get(),
        text(&source["dynamodb"]["OldImage"])
    );
}

#[test]
fn an_event_is_named_as_it_is_read() {
    for name in EventName::ALL {
        let mut record = dynamodb_record("1");
        record["eventName"] = json!(name.as_str());
        let batch = dynamodb::decode(&event(&[record])).unwrap();
        assert_eq!(batch.items()[0].value.event_name, name);
    }
}

#[test]
fn equal_items_have_equal_keys_however_they_are_written() {
    let one = r#"{"b": {"N":"1"}, "a":{"S":"x"}}"#;
    let two = r#"{"a":{"S":"x"},"b":{"N":"1"}}"#;
    let [one, two] = [one, two].map(|keys| {
        let event = format!(
            r#"{{"Records":[{{"eventID":"e","eventName":"INSERT","eventSourceARN":"arn","dynamodb":{{"SequenceNumber":"1","Keys":{keys}}}}}]}}"#
        );
        dynamodb::decode(event.as_bytes()).unwrap().items()[0].record.partition_key.clone()
    });
    assert_eq!(one, two);
}

#[test]
fn images_identity_size_and_time_may_be_missing_or_null() {
    let mut record = dynamodb_record("1");
    record["userIdentity"] = json!(null);
    record["dynamodb"] = json!({"SequenceNumber": "1", "Keys": {"id": {"S": "o-1"}}, "NewImage": null});
    let batch = dynamodb::decode(&event(&[record])).unwrap();

    let item = &batch.items()[0];
    assert!(item.value.new_image.is_none() && item.value.old_image.is_none());
    assert_eq!((item.record.arrival_time_ms, item.value.size_bytes), (None, None));
}

#[test]
fn tells_an_expiry_from_a_deletion() {
    let mut record = dynamodb_record("1");
    record["eventName"] = json!("REMOVE");
    let is_expiry = |record: &Value| {
        let batch = dynamodb::decode(&event(std::slice::from_ref(record))).unwrap();
        batch.items()[0].value.is_expiry()
    };
    assert!(!is_expiry(&record));

    record["userIdentity"] = json!({"type": "Service", "principalId": "dynamodb.amazonaws.com"});
    assert!(is_expiry(&record));
    let identity = &dynamodb::decode(&event(&[record])).unwrap().items()[0]
        .value
        .user_identity
        .clone();
    let expected = UserIdentity {
        identity_type: "Service".into(),
        principal_id: "dynamodb.amazonaws.com".into(),
    };
    assert_eq!(identity, &Some(expected));
}

#[track_caller]
fn check_rejected_alone(reason: &str, damage: impl Fn(&mut Value)) {
    let mut damaged = dynamodb_record("2");
    damage(&mut damaged);
    let batch = dynamodb::decode(&event(&[
        dynamodb_record("1"),
        damaged.clone(),
        dynamodb_record("3"),
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
    assert_eq!(
        (
            rejected.id.to_string().as_str(),
            rejected.rejection.reason.as_str()
        ),
        ("2", reason)
    );
    assert_eq!(rejected.rejection.kind, RejectionKind::MalformedRecord);
    assert_eq!(
        serde_json::from_slice::<Value>(&rejected.payload).unwrap(),
        damaged
    );
}

#[test]
fn a_malformed_record_is_rejected_alone() {
    check_rejected_alone(
        "field eventName: expected one of `INSERT`, `MODIFY`, `REMOVE`",
        |record| {
            record["eventName"] = json!("secret");
        },
    );
    check_rejected_alone("field dynamodb.Keys: missing", |record| {
        record["dynamodb"].as_object_mut().unwrap().remove("Keys");
    });
    check_rejected_alone("dynamodb.Keys: field (the whole): expected a map", |record| {
        record["dynamodb"]["Keys"] = json!("secret");
    });
    check_rejected_alone("field dynamodb.SizeBytes: expected u64", |record| {
        record["dynamodb"]["SizeBytes"] = json!("secret");
    });
    check_rejected_alone("field eventID: missing", |record| {
        record.as_object_mut().unwrap().remove("eventID");
    });
}

#[test]
fn a_record_without_a_usable_sequence_number_refuses_the_event() {
    let message = "record at position 1: no sequence number at /dynamodb/SequenceNumber";
    for number in [json!(null), json!("secret"), json!(12)] {
        let mut record = dynamodb_record("2");
        record["dynamodb"]["SequenceNumber"] = number;
        let error = dynamodb::decode(&event(&[dynamodb_record("1"), record])).unwrap_err();
        assert_eq!(error.to_string(), message);
    }
}

#[test]
fn records_of_two_streams_refuse_the_event() {
    let mut stranger = dynamodb_record("2");
    stranger["eventSourceARN"] = json!("arn:aws:dynamodb:us-east-1:000000000000:table/other/stream/x");
    let error = dynamodb::decode(&event(&[dynamodb_record("1"), stranger])).unwrap_err();
    assert_eq!(error.to_string(), "event: the records are not of one shard");
}

#[test]
fn a_time_window_names_the_shard() {
    let (batch, window) = dynamodb::decode_window(&window_event(&[dynamodb_record("1")], true)).unwrap();
    assert_eq!(batch.items()[0].record.origin.shard_id.as_deref(), Some(SHARD));
    assert!(window.is_final_invoke_for_window);
}

/// The public types for Lambda events read the same from the same event.
#[test]
fn agrees_with_aws_lambda_events() {
    let event = event(&[dynamodb_record("1"), dynamodb_record("20")]);
    let batch = dynamodb::decode(&event).unwrap();
    let reference: aws_lambda_events::event::dynamodb::Event = serde_json::from_slice(&event).unwrap();

    assert_eq!(batch.len(), reference.records.len());
    for (item, expected) in batch.items().iter().zip(&reference.records) {
        let created = expected.change.approximate_creation_date_time.timestamp_millis();
        assert_eq!(Some(item.record.id.to_string()), expected.change.sequence_number);
        assert_eq!(item.record.arrival_time_ms, u64::try_from(created).ok());
        assert_eq!(item.value.event_id, expected.event_id);
        assert_eq!(
            item.value.size_bytes,
            u64::try_from(expected.change.size_bytes).ok()
        );
    }
}
