//! What is not stored is an error, with the bucket and the key.

use std::time::Duration;

use dead_letter_store::{DeadLetterStore, StoreError};

use crate::fake_s3::{Answer, BUCKET, FakeS3};
use crate::letters::letters;

const MINUTE: Duration = Duration::from_secs(60);

async fn failing(answers: impl IntoIterator<Item = Answer>, time_left: Duration) -> (FakeS3, StoreError) {
    let s3 = FakeS3::start(answers).await;
    let stored = s3.store().put(&letters(&["100"]).await, time_left).await;
    let error = stored.expect_err("the bucket does not answer with success");
    assert_eq!(error.bucket, BUCKET);
    assert!(
        error
            .key
            .starts_with("test/letters/clicks/shardId-000000000006/100-100-")
    );
    assert!(s3.objects().is_empty());
    (s3, error)
}

#[tokio::test]
async fn a_missing_bucket_is_an_error_at_once() {
    let (s3, error) = failing([Answer::Error(404, "NoSuchBucket")], MINUTE).await;
    let expected = format!(
        "dead letters are not in s3://{BUCKET}/{}: NoSuchBucket: as told",
        error.key
    );
    assert_eq!(error.to_string(), expected);
    assert_eq!(s3.requests().len(), 1);
}

#[tokio::test]
async fn a_denied_or_moved_bucket_is_an_error_at_once() {
    for answer in [
        Answer::Error(403, "AccessDenied"),
        Answer::Error(301, "PermanentRedirect"),
    ] {
        let (s3, _) = failing([answer], MINUTE).await;
        assert_eq!(s3.requests().len(), 1);
    }
}

#[tokio::test]
async fn what_may_pass_is_tried_again() {
    let answers = [
        Answer::Error(503, "SlowDown"),
        Answer::Error(500, "InternalError"),
        Answer::Error(400, "RequestTimeout"),
        Answer::Error(409, "OperationAborted"),
        Answer::Reset,
    ];
    for answer in answers {
        let s3 = FakeS3::start([answer]).await;
        assert_eq!(s3.store().put(&letters(&["100"]).await, MINUTE).await, Ok(()));
        assert_eq!(s3.objects().len(), 1);
    }
}

#[tokio::test]
async fn a_bucket_that_stays_down_is_an_error_after_the_last_attempt() {
    let (s3, error) = failing(vec![Answer::Error(503, "SlowDown"); 100], MINUTE).await;
    assert_eq!(
        error.last_error.map(|failure| failure.code).as_deref(),
        Some("SlowDown")
    );
    assert_eq!(s3.requests().len(), 8);
}

#[tokio::test]
async fn an_answer_that_does_not_come_is_an_error_at_the_deadline() {
    let (s3, error) = failing([Answer::NeverComes], Duration::from_millis(200)).await;
    assert!(
        error.to_string().ends_with("no answer before the deadline"),
        "{error}"
    );
    assert!(s3.requests().len() <= 1);
}

#[tokio::test]
async fn without_time_no_request_is_made() {
    let (s3, error) = failing([], Duration::ZERO).await;
    assert_eq!(error.last_error, None);
    assert!(s3.requests().is_empty());
}
