//! What Firehose says, and what becomes of the records.

use put_many::firehose::Record;
use put_many::{Cause, Outcome};

use crate::fake_firehose::{Answer, FakeFirehose};

/// Records with the data `0`, `1` and so on.
fn records(count: usize) -> Vec<Record> {
    (0..count)
        .map(|number| Record::new(number.to_string()).unwrap())
        .collect()
}

#[tokio::test(start_paused = true)]
async fn a_record_goes_out_as_it_is_with_the_streams_name() {
    let firehose = FakeFirehose::new([]);
    let record = Record::new(b"data\n".as_slice()).unwrap();
    assert!(firehose.put(&[record]).await.all_accepted());
    let expected = serde_json::json!({
        "DeliveryStreamName": "archive",
        "Records": [{ "Data": "ZGF0YQo=" }],
    });
    assert_eq!(firehose.requests(), [expected]);
}

#[tokio::test(start_paused = true)]
async fn failures_inside_a_success_are_sent_again() {
    let codes = [
        None,
        Some("ServiceUnavailableException"),
        Some("InternalFailure"),
        Some("SomethingNew"),
        Some(""),
    ];
    let firehose = FakeFirehose::new([Answer::Entries(codes.to_vec())]);
    let deliveries = firehose.put(&records(5)).await;
    assert!(deliveries.all_accepted());
    let again = &firehose.requests()[1]["Records"];
    // 1, 2, 3 and 4 in base64.
    let expected = ["MQ==", "Mg==", "Mw==", "NA=="].map(|data| serde_json::json!({ "Data": data }));
    assert_eq!(again.as_array().unwrap(), &expected);
    assert_eq!(deliveries.retried(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_record_that_fails_each_time_is_undelivered_and_the_others_are_not() {
    let mut answers = vec![Answer::Entries(vec![None, Some("ServiceUnavailableException")])];
    answers.extend(vec![
        Answer::Entries(vec![Some("ServiceUnavailableException")]);
        7
    ]);
    let firehose = FakeFirehose::new(answers);
    let deliveries = firehose.put(&records(2)).await;
    let [Outcome::Accepted, Outcome::Undelivered(entry)] = deliveries.outcomes() else {
        panic!("{deliveries:?}");
    };
    assert_eq!((entry.cause, entry.attempts), (Cause::Attempts, 8));
    let error = entry.last_error.as_ref().map(ToString::to_string);
    assert_eq!(error.as_deref(), Some("ServiceUnavailableException: as told"));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_lacks_an_entry_is_no_success() {
    let firehose = FakeFirehose::new([Answer::Entries(vec![None])]);
    let deliveries = firehose.put(&records(2)).await;
    for outcome in deliveries.outcomes() {
        assert!(matches!(outcome, Outcome::Undelivered(entry) if entry.cause == Cause::CallFailed));
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_may_succeed_later_is_made_again() {
    let answers = [
        Answer::Error(503, "ServiceUnavailableException"),
        Answer::Error(400, "ServiceUnavailableException"),
        Answer::Error(400, "LimitExceededException"),
        Answer::Error(400, "ThrottlingException"),
        Answer::Error(429, "TooManyRequests"),
        Answer::Error(500, "InternalFailure"),
        Answer::TimedOut,
        Answer::BrokenConnection,
    ];
    for answer in answers {
        let firehose = FakeFirehose::new([answer.clone()]);
        let deliveries = firehose.put(&records(2)).await;
        assert!(deliveries.all_accepted(), "{answer:?}");
        assert_eq!(firehose.records_per_call(), [2, 2], "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_that_never_succeeds_is_made_once() {
    let codes = [
        "AccessDeniedException",
        "ExpiredTokenException",
        "InvalidArgumentException",
        "InvalidKMSResourceException",
        "InvalidSourceException",
        "ResourceNotFoundException",
    ];
    for code in codes {
        let firehose = FakeFirehose::new([Answer::Error(400, code)]);
        let deliveries = firehose.put(&records(1)).await;
        let [Outcome::Undelivered(entry)] = deliveries.outcomes() else {
            panic!("{code}: {deliveries:?}");
        };
        assert_eq!(entry.cause, Cause::CallFailed, "{code}");
        let error = entry.last_error.as_ref().map(ToString::to_string);
        assert_eq!(error, Some(format!("{code}: as told")));
        assert_eq!(firehose.requests().len(), 1, "{code}");
    }
}
