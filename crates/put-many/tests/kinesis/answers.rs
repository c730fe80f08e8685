//! What Kinesis says, and what becomes of the records.

use put_many::kinesis::Record;
use put_many::{Cause, Outcome};

use crate::fake_kinesis::{Answer, FakeKinesis};

fn records(count: usize) -> Vec<Record> {
    (0..count)
        .map(|number| Record::new(format!("key-{number}"), b"data".as_slice()).unwrap())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_record_goes_out_with_its_key_and_stream() {
    let kinesis = FakeKinesis::new([]);
    let deliveries = kinesis.put(&records(1)).await;
    assert!(deliveries.all_accepted());
    let expected = serde_json::json!({
        "StreamName": "clicks",
        "Records": [{ "PartitionKey": "key-0", "Data": "ZGF0YQ==" }],
    });
    assert_eq!(kinesis.requests(), [expected]);
}

#[tokio::test(start_paused = true)]
async fn failures_inside_a_success_are_sent_again() {
    let codes = [
        None,
        Some("ProvisionedThroughputExceededException"),
        Some("InternalFailure"),
        Some("SomethingNew"),
        Some(""),
    ];
    let kinesis = FakeKinesis::new([Answer::Entries(codes.to_vec())]);
    let deliveries = kinesis.put(&records(5)).await;
    assert!(deliveries.all_accepted());
    let again: Vec<_> = kinesis.requests()[1]["Records"]
        .as_array()
        .unwrap()
        .iter()
        .map(|record| record["PartitionKey"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(again, ["key-1", "key-2", "key-3", "key-4"]);
    assert_eq!(deliveries.retried(), 4);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_lacks_an_entry_is_no_success() {
    let kinesis = FakeKinesis::new([Answer::Entries(vec![None])]);
    let deliveries = kinesis.put(&records(2)).await;
    for outcome in deliveries.outcomes() {
        assert!(matches!(outcome, Outcome::Undelivered(entry) if entry.cause == Cause::CallFailed));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_may_succeed_later_is_made_again() {
    let answers = [
        Answer::Error(400, "ProvisionedThroughputExceededException"),
        Answer::Error(400, "KMSThrottlingException"),
        Answer::Error(400, "ThrottlingException"),
        Answer::Error(500, "InternalFailureException"),
        Answer::Error(503, "ServiceUnavailable"),
        Answer::TimedOut,
        Answer::BrokenConnection,
    ];
    for answer in answers {
        let kinesis = FakeKinesis::new([answer.clone()]);
        let deliveries = kinesis.put(&records(2)).await;
        assert!(deliveries.all_accepted(), "{answer:?}");
        assert_eq!(kinesis.records_per_call(), [2, 2], "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_succeeds_is_made_once() {
    let codes = [
        "AccessDeniedException",
        "ExpiredTokenException",
        "InvalidArgumentException",
        "KMSAccessDeniedException",
        "KMSDisabledException",
        "KMSInvalidStateException",
        "ResourceNotFoundException",
    ];
    for code in codes {
        let kinesis = FakeKinesis::new([Answer::Error(400, code)]);
        let deliveries = kinesis.put(&records(1)).await;
        let [Outcome::Undelivered(entry)] = deliveries.outcomes() else {
            panic!("{code}: {deliveries:?}");
        };
        assert_eq!(entry.cause, Cause::CallFailed, "{code}");
        let error = entry.last_error.as_ref().map(ToString::to_string);
        assert_eq!(error, Some(format!("{code}: as told")));
        assert_eq!(kinesis.requests().len(), 1, "{code}");
    }
}
