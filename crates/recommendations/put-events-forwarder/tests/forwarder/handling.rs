//! An event from end to end, over fakes.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use lambda_runtime::{Context, LambdaEvent};
use serde_json::{Value, json};

use crate::support::aggregate::aggregate;
use crate::support::events::{SHARD, event, event_of, sequence_number};
use crate::support::fakes::{FakePersonalize, Letters};
use crate::support::handler;
use crate::support::records::{interaction, item, user, with};

const TIME: Duration = Duration::from_secs(30);

#[tokio::test(start_paused = true)]
async fn one_bad_event_is_rejected_alone() {
    let personalize = FakePersonalize::default();
    let letters = Letters::default();
    let handler = handler(&personalize, &letters);
    let mut payloads: Vec<_> = (0..9).map(|n| interaction("s1", None, &n.to_string())).collect();
    payloads.insert(4, with(interaction("s1", None, "bad"), "sentAt", json!("noon")));
    let response = handler
        .forward(&event_of(&payloads), TIME)
        .await
        .expect("an event");
    assert!(response.batch_item_failures.is_empty());
    assert_eq!(
        personalize.calls(),
        [["0", "1", "2", "3", "4", "5", "6", "7", "8"]]
    );
    let stored = letters.stored();
    assert_eq!(stored.len(), 1);
    assert_eq!(stored[0].payload, payloads[4].to_string());
    assert_eq!(
        stored[0].reason,
        format!(
            "record {}: field sentAt: not a time as RFC 3339 writes it",
            sequence_number(4)
        )
    );
    assert_eq!(stored[0].attempts, 0);
}

#[tokio::test(start_paused = true)]
async fn a_dead_letter_that_is_not_stored_is_blocked() {
    let personalize = FakePersonalize::default();
    let letters = Letters::down();
    let handler = handler(&personalize, &letters);
    let payloads = [
        interaction("s1", None, "1"),
        json!({}),
        interaction("s1", None, "2"),
    ];
    let response = handler
        .forward(&event_of(&payloads), TIME)
        .await
        .expect("an event");
    assert_eq!(
        response.batch_item_failures[0].item_identifier.as_str(),
        sequence_number(1)
    );
}

#[tokio::test(start_paused = true)]
async fn interactions_items_and_users_share_a_stream() {
    let personalize = FakePersonalize::default();
    let letters = Letters::default();
    let handler = handler(&personalize, &letters);
    let payloads = [
        user("u1", 1),
        item("i1", 1),
        interaction("s1", Some("u1"), "i1"),
        item("i2", 1),
    ];
    let response = handler
        .forward(&event_of(&payloads), TIME)
        .await
        .expect("an event");
    assert!(response.batch_item_failures.is_empty());
    let mut asked: Vec<_> = personalize
        .asked()
        .into_iter()
        .map(|asked| (asked.operation, asked.entries.join(" ")))
        .collect();
    asked.sort();
    let expected = [("PutEvents", "i1"), ("PutItems", "i1 i2"), ("PutUsers", "u1")];
    assert_eq!(
        asked,
        expected.map(|(operation, entries)| (operation, entries.to_owned()))
    );
}

#[tokio::test(start_paused = true)]
async fn an_aggregates_records_are_told_apart() {
    let personalize = FakePersonalize::default();
    let letters = Letters::default();
    let handler = handler(&personalize, &letters);
    let payloads = ["1", "2"].map(|item| interaction("s1", None, item).to_string().into_bytes());
    let aggregated = aggregate(
        "s1",
        &[payloads[0].clone(), b"poison".to_vec(), payloads[1].clone()],
    );
    let response = handler
        .forward(&event([aggregated]), TIME)
        .await
        .expect("an event");
    assert!(response.batch_item_failures.is_empty());
    assert_eq!(personalize.calls(), [["1", "2"]]);
    let stored = letters.stored();
    assert_eq!(stored.len(), 1);
    assert_eq!(
        (stored[0].index, &stored[0].payload[..]),
        (Some(1), &b"poison"[..])
    );
    assert_eq!(stored[0].shard_id.as_deref(), Some(SHARD));
}

#[tokio::test(start_paused = true)]
async fn without_time_everything_comes_again() {
    let personalize = FakePersonalize::default();
    let letters = Letters::default();
    let handler = handler(&personalize, &letters);
    let payloads = [interaction("s1", None, "1")];
    let response = handler
        .forward(&event_of(&payloads), Duration::ZERO)
        .await
        .expect("an event");
    assert_eq!(
        response.batch_item_failures[0].item_identifier.as_str(),
        sequence_number(0)
    );
    assert!(personalize.calls().is_empty());
}

#[tokio::test]
async fn an_event_of_another_kind_is_an_error() {
    let personalize = FakePersonalize::default();
    let letters = Letters::default();
    let handler = handler(&personalize, &letters);
    for event in ["{}", "[]", r#"{"Records":[{"eventSource":"aws:s3"}]}"#] {
        assert!(handler.forward(event.as_bytes(), TIME).await.is_err(), "{event}");
    }
}

/// As the runtime calls it: the event parsed by serde, the deadline in the context, a future that may move to another
/// thread.
#[tokio::test]
async fn the_runtime_can_call_it() {
    let personalize: &'static FakePersonalize = Box::leak(Box::default());
    let handler = handler(personalize, Box::leak(Box::default()));
    let call = async move {
        let event = event_of(&[interaction("s1", None, "1")]);
        let payload = serde_json::from_slice(&event).expect("JSON");
        let mut context = Context::default();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
        context.deadline = (now + TIME).as_millis() as u64;
        let response = handler
            .handle(LambdaEvent { payload, context })
            .await
            .expect("an event");
        serde_json::to_value(response).expect("JSON")
    };
    let answer: Value = tokio::spawn(call).await.expect("no panic");
    assert_eq!(answer, json!({"batchItemFailures": []}));
    assert_eq!(personalize.calls(), [["1"]]);
}
