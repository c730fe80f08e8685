//! The recommendation API, with Personalize well, slow, throttled, down and flapping.

use std::collections::BTreeSet;

use aws_sdk_lambda::primitives::Blob;
use http::StatusCode;
use serde_json::{Value, json};

use crate::harness::app::App;
use crate::harness::{Pipeline, eventually};

const ITEMS: [&str; 4] = ["tent", "stove", "lamp", "rope"];

/// A pipeline in which people have taken items, and popular items are in the state table.
async fn with_popular_items() -> Pipeline {
    let pipeline = Pipeline::start().await;
    let mut events = 0;
    for person in 0..4 {
        let other = App::visitor(&pipeline).await;
        for item in &ITEMS[person % 2..] {
            other.click(&format!("{person}-{item}"), item).await;
            events += 1;
        }
    }
    let stored = async || pipeline.account().await.stored.len();
    eventually("every click arrives", stored, |stored| *stored == events).await;
    refresh_popular_items(&pipeline).await;
    pipeline
}

/// What the schedule does every few minutes.
async fn refresh_popular_items(pipeline: &Pipeline) {
    let lambda = aws_sdk_lambda::Client::new(&pipeline.cloud.sdk_config());
    let refreshed = lambda
        .invoke()
        .function_name(pipeline.output("RecommendationApiFunctionName"))
        .payload(Blob::new(json!({ "task": "refresh-popular" }).to_string()))
        .send()
        .await
        .expect("the function can be invoked");
    assert_eq!(refreshed.function_error(), None, "{:?}", refreshed.payload());
}

fn runtime_fault(fault: Value) -> Value {
    json!({ "seed": 7, "rules": [
        { "service": "personalize", "operation": "GetRecommendations", "fault": fault },
        { "service": "personalize", "operation": "GetPersonalizedRanking", "fault": fault },
    ] })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_route_and_option_is_answered_by_personalize() {
    let pipeline = with_popular_items().await;
    let visitor = App::visitor(&pipeline).await;

    let recommended = visitor.get("recommendations?numResults=3").await;
    assert_eq!(
        (recommended.status, recommended.source()),
        (StatusCode::OK, "personalize")
    );
    assert_eq!(recommended.items().len(), 3);
    assert_eq!(recommended.header("cache-control"), Some("private, no-cache"));
    let related = visitor.get("items/tent/related?numResults=2").await;
    assert_eq!(
        (related.status, related.source()),
        (StatusCode::OK, "personalize")
    );
    assert!(!related.items().contains(&"tent"), "{related:?}");
    let ranked = visitor
        .post("rankings", json!({ "items": ["rope", "unknown", "stove"] }))
        .await;
    assert_eq!((ranked.status, ranked.source()), (StatusCode::OK, "personalize"));
    let items: BTreeSet<_> = ranked.items().into_iter().collect();
    assert_eq!(items, BTreeSet::from(["rope", "stove", "unknown"]));

    let with_context = visitor
        .get("recommendations?context.DEVICE=phone&filter=unseen&numResults=1")
        .await;
    assert_eq!(
        (with_context.status, with_context.source()),
        (StatusCode::OK, "personalize"),
        "{with_context:?}"
    );
    let bad = [
        ("recommendations?numResults=0", "numResults"),
        ("recommendations?numResults=501", "numResults"),
        ("recommendations?filter=absent", "filter"),
        ("recommendations?surprise=1", "surprise"),
        ("items/tent/related?numResults=many", "numResults"),
    ];
    for (route, field) in bad {
        let answer = visitor.get(route).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{route}: {answer:?}");
        assert_eq!(answer.body["field"], json!(field), "{route}");
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
    assert_eq!(pipeline.cloud.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_known_is_not_sent_again_and_the_arm_is_stable() {
    let pipeline = with_popular_items().await;
    let visitor = App::visitor(&pipeline).await;
    let first = visitor.get("recommendations").await;
    let tag = first.header("etag").expect("an answer has a tag");
    let again = visitor.get_if_none_match("recommendations", tag).await;
    assert_eq!(again.status, StatusCode::NOT_MODIFIED, "{again:?}");
    visitor.click("more", "tent").await;
    let changed = async || visitor.get_if_none_match("recommendations", tag).await.status;
    eventually("the tag is out of date", changed, |status| {
        *status == StatusCode::OK
    })
    .await;

    let mut arms = BTreeSet::new();
    for _ in 0..12 {
        let somebody = App::visitor(&pipeline).await;
        let arm = somebody.get("recommendations").await.body["arm"].clone();
        let same = somebody.get("recommendations").await.body["arm"].clone();
        assert_eq!(arm, same, "a user stays in their arm");
        arms.insert(arm.as_str().expect("an answer names its arm").to_owned());
    }
    assert_eq!(
        arms,
        BTreeSet::from(["challenger".to_owned(), "control".to_owned()]),
        "both arms are in use"
    );
    assert_eq!(pipeline.cloud.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_throttled_personalize_tells_the_client_to_wait() {
    let pipeline = with_popular_items().await;
    let visitor = App::visitor(&pipeline).await;
    pipeline.set_faults(runtime_fault(json!({ "kind": "throttle" })));
    // More often than the breaker counts: being throttled is no failure.
    for _ in 0..8 {
        let answer = visitor.get("recommendations").await;
        assert_eq!(answer.status, StatusCode::TOO_MANY_REQUESTS, "{answer:?}");
        assert!(answer.header("retry-after").is_some());
        assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    }
    pipeline.cloud.clear_faults();
    let answer = visitor.get("recommendations").await;
    assert_eq!((answer.status, answer.source()), (StatusCode::OK, "personalize"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_personalize_is_not_waited_for() {
    let pipeline = with_popular_items().await;
    let visitor = App::visitor(&pipeline).await;
    // Longer than the function may run: whoever waits for it gives no answer at all.
    pipeline.set_faults(runtime_fault(json!({ "kind": "delay", "hold_ms": 60_000 })));
    let recommended = visitor.get("recommendations?numResults=2").await;
    assert_eq!(
        (recommended.status, recommended.source()),
        (StatusCode::OK, "popular"),
        "{recommended:?}"
    );
    assert_eq!(recommended.body["fallback"]["reason"], json!("timeout"));
    assert_eq!(recommended.header("x-recommendation-source"), Some("popular"));
    assert_eq!(recommended.items().len(), 2);
    let related = visitor.get("items/lamp/related").await;
    assert_eq!(related.source(), "popular");
    assert!(!related.items().contains(&"lamp"), "{related:?}");
    let ranked = visitor
        .post("rankings", json!({ "items": ["rope", "unknown", "lamp"] }))
        .await;
    assert_eq!(ranked.source(), "popular");
    assert_eq!(ranked.items().len(), 3, "nothing is dropped: {ranked:?}");
    assert_eq!(ranked.items().last(), Some(&"unknown"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_breaker_opens_on_a_dead_personalize_and_closes_when_it_lives() {
    let pipeline = with_popular_items().await;
    let visitor = App::visitor(&pipeline).await;
    pipeline.set_faults(runtime_fault(json!({ "kind": "server_error" })));
    let reason = async || {
        let answer = visitor.get("recommendations").await;
        assert_eq!(
            (answer.status, answer.source()),
            (StatusCode::OK, "popular"),
            "{answer:?}"
        );
        answer.body["fallback"]["reason"].clone()
    };
    eventually("the breaker opens", reason, |reason| *reason == "breaker_open").await;
    let calls = |pipeline: &Pipeline| pipeline.answered("GetRecommendations", 500);
    let before = calls(&pipeline);
    let answer = visitor.get("recommendations").await;
    assert_eq!(answer.body["fallback"]["reason"], json!("breaker_open"));
    assert_eq!(
        calls(&pipeline),
        before,
        "an open breaker spares Personalize the call"
    );

    // Of every four calls two fail: a probe that fails opens it again, one that succeeds closes it.
    pipeline.set_faults(json!({ "seed": 7, "rules": [
        { "service": "personalize", "operation": "GetRecommendations", "period": { "every": 4, "faulty": 2 },
          "fault": { "kind": "server_error" } },
    ] }));
    let source = async || visitor.get("recommendations").await.source().to_owned();
    eventually("the breaker closes", source, |source| source == "personalize").await;
    pipeline.cloud.clear_faults();
    let sources = async || {
        let mut all = BTreeSet::new();
        for _ in 0..3 {
            all.insert(visitor.get("recommendations").await.source().to_owned());
        }
        all
    };
    let only_personalize = BTreeSet::from(["personalize".to_owned()]);
    eventually("it stays closed", sources, |sources| *sources == only_personalize).await;
    assert_eq!(pipeline.cloud.violations(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_popular_items_the_answer_is_empty_and_says_so() {
    let pipeline = Pipeline::start().await;
    let visitor = App::visitor(&pipeline).await;
    pipeline.set_faults(runtime_fault(json!({ "kind": "reset" })));
    let answer = visitor.get("recommendations").await;
    assert_eq!(
        (answer.status, answer.source()),
        (StatusCode::OK, "none"),
        "{answer:?}"
    );
    assert_eq!(answer.items(), Vec::<&str>::new());
    assert_eq!(answer.body["fallback"]["reason"], json!("unavailable"));
    let ranked = visitor.post("rankings", json!({ "items": ["b", "a"] })).await;
    assert_eq!((ranked.source(), ranked.items()), ("none", vec!["b", "a"]));
}
