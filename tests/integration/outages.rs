//! Parts that fail as a whole, in the middle of the work.

use serde_json::json;

use crate::harness::{Pipeline, eventually, interactions, poison};

#[tokio::test(flavor = "multi_thread")]
async fn a_function_killed_in_mid_batch_loses_nothing() {
    let pipeline = Pipeline::start().await;
    // The first calls hang after the events are stored, so that the function is known to be in the middle of a batch.
    pipeline.set_faults(json!({
        "seed": 7,
        "rules": [{ "service": "personalize", "operation": "PutEvents", "first_n": 4,
                    "fault": { "kind": "timeout_after_commit", "hold_ms": 600_000 } }],
    }));
    let sent = interactions("killed", 20, 30);

    pipeline.send(&sent).await;
    eventually(
        "a batch is under way",
        async || pipeline.faults_injected(),
        |injected| *injected > 0,
    )
    .await;
    let killed = pipeline
        .cloud
        .kill_functions()
        .await
        .expect("functions can be killed");
    pipeline.cloud.clear_faults();

    assert!(killed > 0, "a function was running");
    let account = pipeline.everything_arrives(&sent).await;
    assert!(
        account.duplicates > 0,
        "what the killed function had delivered comes again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_dead_letter_bucket_poison_waits() {
    let pipeline = Pipeline::start().await;
    let bucket = pipeline.output("DeadLetterBucketName").to_owned();
    pipeline
        .s3()
        .delete_bucket()
        .bucket(&bucket)
        .send()
        .await
        .expect("the bucket can be deleted");
    let mut sent = interactions("bucket", 10, 10);
    sent.insert(50, poison("bucket-3", 4));

    pipeline.send(&sent).await;
    eventually(
        "the poison is tried again",
        async || pipeline.answered("PutObject", 404),
        |refused| *refused >= 2,
    )
    .await;
    assert!(
        pipeline.account().await.dead_letters.is_empty(),
        "there is no bucket to hold a dead letter"
    );
    pipeline
        .s3()
        .create_bucket()
        .bucket(&bucket)
        .send()
        .await
        .expect("the bucket can be made again");

    pipeline.everything_arrives(&sent).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_emulator_restarts_and_nothing_is_lost() {
    let pipeline = Pipeline::start().await;
    let before = interactions("before", 20, 40);
    let after = interactions("after", 20, 40);

    pipeline.send(&before).await;
    let begun = async || pipeline.account().await.stored.len();
    eventually("delivery has begun", begun, |stored| *stored > 0).await;
    pipeline
        .cloud
        .restart_emulator()
        .await
        .expect("the emulator restarts");
    pipeline.send(&after).await;

    let sent: Vec<_> = before.into_iter().chain(after).collect();
    pipeline.everything_arrives(&sent).await;
}
