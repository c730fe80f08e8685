//! Each limit, and one more.

use put_many::firehose::{BYTES_PER_CALL, BYTES_PER_RECORD, RECORDS_PER_CALL, Record};

use crate::fake_firehose::FakeFirehose;

fn sized(bytes: usize) -> Record {
    Record::new(vec![0; bytes]).unwrap()
}

#[test]
fn the_limits_are_the_documented_ones() {
    assert_eq!(RECORDS_PER_CALL.get(), 500);
    assert_eq!(BYTES_PER_CALL, 4_194_304);
    assert_eq!(BYTES_PER_RECORD, 1_024_000);
}

#[tokio::test(start_paused = true)]
async fn a_call_holds_500_records() {
    for (count, calls) in [(500, vec![500]), (501, vec![500, 1])] {
        let firehose = FakeFirehose::new([]);
        assert!(firehose.put(&vec![sized(1); count]).await.all_accepted());
        assert_eq!(firehose.records_per_call(), calls);
    }
}

#[tokio::test(start_paused = true)]
async fn a_record_has_1_024_000_bytes_before_base64() {
    let firehose = FakeFirehose::new([]);
    assert!(firehose.put(&[sized(BYTES_PER_RECORD)]).await.all_accepted());
    let error = Record::new(vec![0; BYTES_PER_RECORD + 1]).unwrap_err();
    assert_eq!(
        error.to_string(),
        "record has 1024001 bytes, the limit is 1024000"
    );
}

#[tokio::test(start_paused = true)]
async fn a_call_holds_4_mebibytes_as_they_go_over_the_wire() {
    // Whole groups of three bytes, and as many of them as still fit.
    let mut records = vec![sized(999_999); 3];
    let firehose = FakeFirehose::new([]);
    assert!(firehose.put(&records).await.all_accepted());
    let left = BYTES_PER_CALL - firehose.bytes_per_call()[0];
    // A record's envelope has twelve bytes, and one byte of it, the last comma, is counted and not sent.
    let groups = (left - 1 - 12) / 4;
    for (groups, calls) in [(groups, vec![4]), (groups + 1, vec![3, 1])] {
        records.push(sized(groups * 3));
        let firehose = FakeFirehose::new([]);
        assert!(firehose.put(&records).await.all_accepted());
        assert_eq!(firehose.records_per_call(), calls);
        let bytes = firehose.bytes_per_call();
        assert!(bytes.iter().all(|bytes| *bytes <= BYTES_PER_CALL), "{bytes:?}");
        if let [bytes] = bytes[..] {
            assert!(
                bytes > BYTES_PER_CALL - 8,
                "{bytes} bytes are not close to the limit"
            );
        }
        records.pop();
    }
}

#[test]
fn a_payload_is_not_in_the_debug_format() {
    let record = Record::new(b"secret".as_slice()).unwrap();
    assert_eq!(format!("{record:?}"), "Record { data.bytes: 6 }");
}
