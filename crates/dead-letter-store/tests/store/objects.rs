//! What is in the bucket afterwards.

use std::collections::BTreeSet;
use std::time::Duration;

use dead_letter_store::DeadLetterStore;
use stream_batch::DeadLetterBatch;

use crate::fake_s3::FakeS3;
use crate::letters::letters;

const MINUTE: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_batch_is_one_object_named_after_its_records() {
    let s3 = FakeS3::start([]).await;
    let letters = letters(&["100", "105"]).await;
    assert_eq!(s3.store().put(&letters, MINUTE).await, Ok(()));
    let objects = s3.objects();
    let [(key, body)] = objects.iter().collect::<Vec<_>>()[..] else {
        panic!("{objects:?}");
    };
    let (name, digest) = key.rsplit_once('-').unwrap();
    assert_eq!(name, "test/letters/clicks/shardId-000000000006/100-105");
    assert_eq!(digest.len(), "0123456789abcdef.json".len());
    let stored: DeadLetterBatch = serde_json::from_str(body).unwrap();
    assert_eq!(Some(&stored), letters.batch());
}

#[tokio::test]
async fn the_same_records_overwrite_their_object() {
    let s3 = FakeS3::start([]).await;
    let store = s3.store();
    for _ in 0..2 {
        assert_eq!(
            store.put(&letters(&["100", "103", "105"]).await, MINUTE).await,
            Ok(())
        );
    }
    assert_eq!((s3.requests().len(), s3.objects().len()), (2, 1));
}

/// 103 was rejected at first and 104 afterwards, for instance because the configuration changed in between.
#[tokio::test]
async fn a_repeat_that_rejects_other_records_takes_nothing_away() {
    let s3 = FakeS3::start([]).await;
    let store = s3.store();
    for numbers in [["100", "103", "105"], ["100", "104", "105"]] {
        assert_eq!(store.put(&letters(&numbers).await, MINUTE).await, Ok(()));
    }
    let stored: BTreeSet<_> = s3
        .objects()
        .values()
        .flat_map(|body| {
            serde_json::from_str::<DeadLetterBatch>(body)
                .unwrap()
                .dead_letters
        })
        .map(|letter| letter.sequence_number.to_string())
        .collect();
    assert_eq!(
        stored,
        BTreeSet::from(["100", "103", "104", "105"].map(str::to_owned))
    );
}

#[tokio::test]
async fn without_records_there_is_no_request() {
    let s3 = FakeS3::start([]).await;
    assert_eq!(s3.store().put(&letters(&[]).await, MINUTE).await, Ok(()));
    assert!(s3.requests().is_empty());
}

#[tokio::test]
async fn a_request_is_signed_with_its_payload_and_session_token() {
    let s3 = FakeS3::start([]).await;
    assert_eq!(s3.store().put(&letters(&["100"]).await, MINUTE).await, Ok(()));
    let headers = &s3.requests()[0].headers;
    let authorization = &headers["authorization"];
    assert!(
        authorization.starts_with("AWS4-HMAC-SHA256 Credential=test/"),
        "{authorization}"
    );
    assert!(
        authorization.contains("/us-east-1/s3/aws4_request"),
        "{authorization}"
    );
    for signed in [
        "content-type",
        "host",
        "x-amz-content-sha256",
        "x-amz-date",
        "x-amz-security-token",
    ] {
        assert!(authorization.contains(signed), "{signed} in {authorization}");
    }
    assert_eq!(headers["x-amz-security-token"], "token");
    assert_eq!(headers["content-type"], "application/json");
}
