//! Poison, throttles, partial failures and lost answers.

use std::collections::BTreeSet;

use serde_json::json;

use crate::harness::{Pipeline, Record, interactions, poison};

/// Sound records, and one in ten that is poison, in their midst.
fn one_in_ten_poison(prefix: &str, sessions: usize, each: usize) -> Vec<Record> {
    let sound = interactions(prefix, sessions, each);
    let mut records = Vec::new();
    for (number, record) in sound.into_iter().enumerate() {
        if number % 9 == 8 {
            records.push(poison(&record.session, number));
        }
        records.push(record);
    }
    records
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_percent_poison_is_set_apart_with_its_payload() {
    let pipeline = Pipeline::start().await;
    let sent = one_in_ten_poison("poison", 30, 60);

    pipeline.send(&sent).await;

    let account = pipeline.everything_arrives(&sent).await;
    let fields = [
        "schemaVersion",
        "eventType",
        "sentAt",
        "itemId",
        "properties",
        "sessionId",
    ];
    for field in fields {
        let named = account
            .dead_letters
            .values()
            .any(|letter| letter.reason.contains(field));
        assert!(named, "a reason names {field}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn throttles_errors_and_lost_answers_lose_nothing() {
    let pipeline = Pipeline::start().await;
    pipeline.set_faults(json!({
        "seed": 7,
        "rules": [
            { "service": "personalize", "operation": "PutEvents", "probability": 0.2, "fault": { "kind": "throttle" } },
            { "service": "personalize", "operation": "PutEvents", "probability": 0.05, "fault": { "kind": "server_error" } },
            { "service": "personalize", "operation": "PutEvents", "probability": 0.05, "fault": { "kind": "reset" } },
            { "service": "personalize", "operation": "PutEvents", "probability": 0.05, "max": 10,
              "fault": { "kind": "timeout_after_commit", "hold_ms": 100 } },
            { "service": "kinesis", "operation": "PutRecords", "probability": 0.5, "fault": { "kind": "partial" } },
            { "service": "s3", "operation": "PutObject", "first_n": 3, "fault": { "kind": "server_error" } },
        ],
    }));
    let sent = one_in_ten_poison("faults", 40, 40);

    pipeline.send(&sent).await;

    let account = pipeline.everything_arrives(&sent).await;
    assert!(
        pipeline.faults_injected() > 10,
        "faults were put in: {}",
        pipeline.cloud.fault_report()
    );
    assert!(
        account.duplicates > 0,
        "an answer that was lost after the commit makes a duplicate"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mapping_reads_through_the_registered_consumer() {
    let pipeline = Pipeline::start().await;
    let sent = interactions("consumer", 5, 10);

    pipeline.send(&sent).await;

    pipeline.everything_arrives(&sent).await;
    let lambda = aws_sdk_lambda::Client::new(&pipeline.cloud.sdk_config());
    let mappings = lambda
        .list_event_source_mappings()
        .send()
        .await
        .expect("mappings can be listed");
    let sources: BTreeSet<_> = mappings
        .event_source_mappings()
        .iter()
        .filter_map(|mapping| mapping.event_source_arn())
        .collect();
    assert!(
        !sources.is_empty() && sources.iter().all(|arn| arn.contains("/consumer/")),
        "{sources:?}"
    );
    assert!(
        pipeline.answered("SubscribeToShard", 200) > 0,
        "{:?}",
        pipeline.cloud.requests()
    );
}
