//! The collector: what it takes arrives, and what it does not take it names.

use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::app::{App, interaction};
use crate::harness::{Account, Pipeline, eventually};

/// Waits until so many events are stored, and holds that each is there once and nothing was rejected.
async fn arrived(pipeline: &Pipeline, events: usize) -> Account {
    let complete = |account: &Account| account.stored.len() >= events;
    let account = eventually("every event arrives", || pipeline.account(), complete).await;
    assert_eq!(account.stored.len(), events);
    assert!(
        account.stored.values().all(|times| *times == 1),
        "each is stored once"
    );
    assert!(account.dead_letters.is_empty(), "nothing is rejected");
    assert_eq!(pipeline.cloud.violations(), []);
    account
}

fn batch(prefix: &str, positions: impl IntoIterator<Item = usize>) -> Value {
    let interactions: Vec<_> = positions
        .into_iter()
        .map(|position| interaction(&format!("{prefix}-{position}"), &format!("item-{position}")))
        .collect();
    json!({ "interactions": interactions })
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_app_sends_closes_the_loop() {
    let pipeline = Pipeline::start().await;
    // What goes together: a taste that three people share.
    for person in 0..3 {
        let other = App::visitor(&pipeline).await;
        for item in ["tent", "stove", "lamp"] {
            other.click(&format!("{person}-{item}"), item).await;
        }
    }
    arrived(&pipeline, 9).await;
    let visitor = App::visitor(&pipeline).await;
    let before = visitor.get("recommendations?numResults=3").await;
    assert_eq!(before.status, StatusCode::OK, "{before:?}");
    let recommendation_id = before.body["recommendationId"].as_str().expect("it has an id");

    let mut click = interaction("clicked", "tent");
    click["recommendationId"] = json!(recommendation_id);
    click["impression"] = json!(before.items());
    click["eventValue"] = json!(4.5);
    click["properties"] = json!({ "device": "phone", "page": 2, "first": true });
    click["metricAttribution"] = json!({ "eventAttributionSource": "newsletter" });
    let answer = visitor.collect("interactions", click.clone()).await;
    assert_eq!(
        (answer.status, &answer.body),
        (StatusCode::ACCEPTED, &json!({ "accepted": 1 }))
    );
    arrived(&pipeline, 10).await;

    let stored = pipeline.stored_event("clicked");
    assert_eq!(stored["sessionId"], json!(visitor.session_id));
    assert_eq!(stored["recommendationId"], json!(recommendation_id));
    assert_eq!(stored["impression"], json!(before.items()));
    assert_eq!(
        stored["metricAttribution"]["eventAttributionSource"],
        json!("newsletter")
    );
    let after = visitor.get("recommendations?numResults=3").await;
    assert!(
        !after.items().contains(&"tent"),
        "what was taken is not recommended"
    );
    assert_ne!(before.items(), after.items(), "the next recommendations differ");

    // The same again changes nothing.
    assert_eq!(
        visitor.collect("interactions", click).await.status,
        StatusCode::ACCEPTED
    );
    visitor.click("last", "stove").await;
    let account = arrived(&pipeline, 11).await;
    assert_eq!(account.duplicates, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_that_fails_in_part_names_the_positions_that_are_to_be_sent_again() {
    let pipeline = Pipeline::start().await;
    let visitor = App::visitor(&pipeline).await;
    pipeline.set_faults(json!({ "seed": 7, "rules": [
        { "service": "kinesis", "operation": "PutRecords", "max": 1, "fault": { "kind": "partial", "fraction": 0.3 } },
    ] }));

    let answer = visitor.collect("interactions/batch", batch("part", 0..100)).await;
    assert_eq!(answer.status, StatusCode::MULTI_STATUS, "{answer:?}");
    let failed: Vec<usize> = answer.body["failed"]
        .as_array()
        .expect("failures are listed")
        .iter()
        .map(|failure| {
            assert!(failure["errorCode"].is_string(), "{failure}");
            usize::try_from(failure["index"].as_u64().expect("a position")).expect("a small one")
        })
        .collect();
    assert!(!failed.is_empty() && failed.len() < 100, "{failed:?}");
    assert_eq!(answer.body["accepted"], json!(100 - failed.len()));
    // Just the others arrive …
    let account = arrived(&pipeline, 100 - failed.len()).await;
    for position in &failed {
        assert!(
            !account.stored.contains_key(&format!("part-{position}")),
            "{position}"
        );
    }
    // … and with what failed, all.
    let again = visitor
        .collect("interactions/batch", batch("part", failed.iter().copied()))
        .await;
    assert_eq!(again.status, StatusCode::ACCEPTED, "{again:?}");
    arrived(&pipeline, 100).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_is_throttled_or_down_is_told_and_a_repeat_loses_nothing() {
    let pipeline = Pipeline::start().await;
    let visitor = App::visitor(&pipeline).await;
    let cases = [
        (json!({ "kind": "throttle" }), StatusCode::TOO_MANY_REQUESTS),
        (json!({ "kind": "server_error" }), StatusCode::SERVICE_UNAVAILABLE),
        (json!({ "kind": "reset" }), StatusCode::SERVICE_UNAVAILABLE),
    ];
    for (number, (fault, status)) in cases.into_iter().enumerate() {
        for (operation, route) in [
            ("PutRecord", "interactions"),
            ("PutRecords", "interactions/batch"),
        ] {
            pipeline.set_faults(json!({ "seed": 7, "rules": [
                { "service": "kinesis", "operation": operation, "max": 1, "fault": fault },
            ] }));
            let body = match route {
                "interactions" => interaction(&format!("one-{number}"), "tent"),
                _ => batch("batch", [number]),
            };
            let answer = visitor.collect(route, body.clone()).await;
            assert_eq!(answer.status, status, "{fault}: {answer:?}");
            assert_eq!(answer.header("retry-after"), Some("1"), "{fault}");
            let again = visitor.collect(route, body).await;
            assert_eq!(again.status, StatusCode::ACCEPTED, "{fault}: {again:?}");
        }
    }
    arrived(&pipeline, 6).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_breaks_the_schema_is_refused_with_the_field() {
    let pipeline = Pipeline::start().await;
    let visitor = App::visitor(&pipeline).await;
    let with = |field: &str, value: Value| {
        let mut body = interaction("e", "i");
        body[field] = value;
        body
    };
    let cases = [
        (with("eventId", json!("")), "eventId"),
        (with("eventType", json!(null)), "eventType"),
        (with("sentAt", json!("2026-02-30T12:00:00Z")), "sentAt"),
        (with("itemId", json!("i".repeat(257))), "itemId"),
        (with("eventValue", json!("many")), "eventValue"),
        (with("properties", json!({ "userId": "u" })), "properties"),
        (with("impression", json!(vec!["i"; 26])), "impression"),
        (with("surprise", json!(1)), "not known"),
    ];
    for (body, field) in cases {
        let one = visitor.collect("interactions", body.clone()).await;
        let many = json!({ "interactions": [interaction("e", "i"), body] });
        let many = visitor.collect("interactions/batch", many).await;
        for answer in [one, many] {
            assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{field}: {answer:?}");
            assert_eq!(answer.header("content-type"), Some("application/problem+json"));
            let detail = answer.body["detail"].as_str().unwrap_or_default();
            assert!(detail.contains(field), "{field} is named: {detail}");
        }
    }
    let too_many = visitor.collect("interactions/batch", batch("m", 0..501)).await;
    assert_eq!(too_many.status, StatusCode::BAD_REQUEST, "{too_many:?}");
    let none = visitor
        .collect("interactions/batch", json!({ "interactions": [] }))
        .await;
    assert_eq!(none.status, StatusCode::BAD_REQUEST, "{none:?}");
    assert!(
        pipeline.account().await.stored.is_empty(),
        "nothing of it reached the stream"
    );
}
