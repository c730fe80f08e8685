//! Each limit, and one more.

use put_many::kinesis::{
    BYTES_PER_CALL, BYTES_PER_RECORD, BYTES_PER_RECORD_AT_MOST, PARTITION_KEY_CHARACTERS, RECORDS_PER_CALL,
    Record,
};
use put_many::{BatchApi, Outcome};

use crate::fake_kinesis::FakeKinesis;

/// A record of this size, its partition key of one byte included.
fn sized(bytes: usize) -> Record {
    Record::new("k", vec![0; bytes - 1]).unwrap()
}

#[test]
fn the_limits_are_the_documented_ones() {
    assert_eq!(RECORDS_PER_CALL.get(), 500);
    assert_eq!(BYTES_PER_CALL, 10_485_760);
    assert_eq!(BYTES_PER_RECORD, 1_048_576);
    assert_eq!(BYTES_PER_RECORD_AT_MOST, 10_485_760);
    assert_eq!(PARTITION_KEY_CHARACTERS, 256);
}

#[tokio::test(start_paused = true)]
async fn a_call_holds_500_records() {
    for (count, calls) in [(500, vec![500]), (501, vec![500, 1])] {
        let kinesis = FakeKinesis::new([]);
        assert!(kinesis.put(&vec![sized(2); count]).await.all_accepted());
        assert_eq!(kinesis.records_per_call(), calls);
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_holds_10_mebibytes_with_partition_keys() {
    let mut records = vec![sized(BYTES_PER_RECORD); 10];
    let kinesis = FakeKinesis::new([]);
    assert!(kinesis.put(&records).await.all_accepted());
    assert_eq!(kinesis.records_per_call(), [10]);

    records.push(sized(1));
    let kinesis = FakeKinesis::new([]);
    assert!(kinesis.put(&records).await.all_accepted());
    assert_eq!(kinesis.records_per_call(), [10, 1]);
}

#[tokio::test(start_paused = true)]
async fn a_record_has_a_mebibyte_with_its_partition_key() {
    let kinesis = FakeKinesis::new([]);
    let deliveries = kinesis
        .put(&[sized(BYTES_PER_RECORD), sized(BYTES_PER_RECORD + 1)])
        .await;
    assert!(matches!(
        deliveries.outcomes(),
        [Outcome::Accepted, Outcome::Refused(_)]
    ));
    assert_eq!(kinesis.records_per_call(), [1]);
}

#[test]
fn a_stream_may_allow_records_of_10_mebibytes() {
    let entry_bytes = |bytes| {
        FakeKinesis::new([])
            .put_records()
            .with_record_bytes(bytes)
            .limits()
            .entry_bytes
    };
    assert_eq!(entry_bytes(BYTES_PER_RECORD_AT_MOST), BYTES_PER_RECORD_AT_MOST);
    assert_eq!(
        entry_bytes(BYTES_PER_RECORD_AT_MOST + 1),
        BYTES_PER_RECORD_AT_MOST
    );
}

#[test]
fn a_partition_key_has_1_to_256_characters() {
    for (length, valid) in [(0, false), (1, true), (256, true), (257, false)] {
        // Two bytes each: characters are counted, not bytes.
        assert_eq!(Record::new("ä".repeat(length), vec![]).is_ok(), valid, "{length}");
    }
    let error = Record::new("", vec![]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "partition key has 0 characters, expected 1 to 256"
    );
}

#[test]
fn a_payload_is_not_in_the_debug_format() {
    let record = Record::new("key", b"secret".as_slice()).unwrap();
    assert_eq!(
        format!("{record:?}"),
        r#"Record { partition_key: "key", data.bytes: 6 }"#
    );
}
