//! What is answered when Personalize does not.

use std::time::Duration;

use recommendation_api::handler::Handler;
use recommendation_api::personalize::CallErrorKind::{Broken, Misconfigured, Throttled, Unavailable};
use serde_json::{Value, json};
use stand_ins::personalize::LOCAL_CAMPAIGN_ARN;
use tokio::time::{Instant, advance};

use crate::support::events::{get_recommendations, get_related, post_rankings};
use crate::support::fakes::{FINE, FakePersonalize, FakeState, HANGS, Mood, Step, fails};
use crate::support::output::Output;
use crate::support::{Response, clock, config, config_with, handler, respond};

const OPEN_FOR: Duration = Duration::from_secs(10);

fn reason(response: &Response) -> Value {
    response.json()["fallback"]["reason"].clone()
}

#[tokio::test(start_paused = true)]
async fn a_failure_is_answered_with_popular_items_and_says_why() {
    let cases = [
        (HANGS, "timeout"),
        (fails(Unavailable), "unavailable"),
        (fails(Broken), "unavailable"),
        (fails(Misconfigured), "unavailable"),
    ];
    for (step, expected) in cases {
        let personalize = FakePersonalize::usually(step);
        let state = FakeState::with_popular(&["1", "2", "3"]);
        let handler = handler(&config(), &personalize, &state);
        let response = respond(&handler, get_recommendations(&[("numResults", "2")])).await;
        let body = json!({
            "source": "popular",
            "arm": "control",
            "fallback": {"reason": expected},
            "items": [{"itemId": "1"}, {"itemId": "2"}],
        });
        assert_eq!((response.status(), response.json()), (200, body));
        assert_eq!(response.header("X-Recommendation-Source"), Some("popular"));
        assert!(response.header("ETag").is_some());
    }
}

#[tokio::test(start_paused = true)]
async fn every_route_has_its_fallback() {
    let ranking = post_rankings(&json!({"items": ["9", "2", "8", "1", "2"]}));
    let cases = [
        (get_recommendations(&[]), &["1", "2", "3"][..]),
        (get_related("2", &[]), &["1", "3"]),
        (get_related("2", &[("numResults", "1")]), &["1"]),
        (ranking, &["1", "2", "2", "9", "8"]),
    ];
    for (event, expected) in cases {
        let personalize = FakePersonalize::usually(fails(Unavailable));
        let state = FakeState::with_popular(&["1", "2", "3"]);
        let response = respond(&handler(&config(), &personalize, &state), event).await;
        assert_eq!(response.items(), expected);
        assert_eq!(response.json()["source"], "popular");
    }
}

#[tokio::test(start_paused = true)]
async fn without_popular_items_there_is_nothing_and_a_ranking_stays_as_it_came() {
    let ranking = post_rankings(&json!({"items": ["9", "2"]}));
    let cases = [
        (get_recommendations(&[]), &[][..]),
        (get_related("only", &[]), &[]),
        (ranking, &["9", "2"]),
    ];
    for (event, expected) in cases {
        // None kept, none configured, and of the related items none but the item itself.
        let only = FakeState::with_popular(&["only"]);
        let kept = if event["pathParameters"].is_null() {
            FakeState::default()
        } else {
            only
        };
        for source in ["", "arn:aws:personalize:us-east-1:000000000000:campaign/popular"] {
            let personalize = FakePersonalize::usually(fails(Unavailable));
            let handler = handler(
                &config_with(&[("POPULAR_SOURCE_ARN", source)]),
                &personalize,
                &kept,
            );
            let response = respond(&handler, event.clone()).await;
            assert_eq!(response.items(), expected);
            assert_eq!(response.json()["source"], "none");
            assert_eq!(response.header("X-Recommendation-Source"), Some("none"));
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_broke_is_tried_once_more() {
    let cases = [
        (vec![fails(Broken), FINE], "personalize", 2),
        (vec![fails(Broken), fails(Broken), FINE], "popular", 2),
        (vec![fails(Unavailable), FINE], "popular", 1),
        (
            vec![Step(Duration::from_millis(300), Err(Broken)), FINE],
            "popular",
            1,
        ),
        (vec![fails(Broken), fails(Throttled)], "", 2),
    ];
    for (script, source, calls) in cases {
        let personalize = FakePersonalize::answering(script, FINE);
        let state = FakeState::with_popular(&["1"]);
        let response = respond(
            &handler(&config(), &personalize, &state),
            get_recommendations(&[]),
        )
        .await;
        assert_eq!(personalize.calls(), calls);
        assert_eq!(
            response.header("X-Recommendation-Source").unwrap_or_default(),
            source
        );
    }
}

#[tokio::test(start_paused = true)]
async fn after_failures_in_a_row_nobody_waits_any_more() {
    let personalize = FakePersonalize::usually(HANGS);
    let state = FakeState::with_popular(&["1"]);
    let handler = handler(&config(), &personalize, &state);
    for _ in 0..3 {
        let response = respond(&handler, get_recommendations(&[])).await;
        assert_eq!(reason(&response), "timeout");
    }
    let start = Instant::now();
    let response = respond(&handler, get_recommendations(&[])).await;
    assert_eq!(reason(&response), "breaker_open");
    assert_eq!(response.items(), ["1"]);
    assert_eq!((start.elapsed(), personalize.calls()), (Duration::ZERO, 3));
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_is_known_to_be_open_is_not_read() {
    let personalize = FakePersonalize::usually(fails(Unavailable));
    let state = FakeState::with_popular(&["1"]);
    let handler = handler(&config(), &personalize, &state);
    for _ in 0..3 {
        respond(&handler, get_recommendations(&[])).await;
    }
    let before = state.operations();
    advance(Duration::from_secs(5)).await;
    assert_eq!(
        reason(&respond(&handler, get_recommendations(&[])).await),
        "breaker_open"
    );
    assert_eq!(state.operations(), before);
}

#[tokio::test(start_paused = true)]
async fn only_failures_in_a_row_count() {
    let step = [fails(Unavailable), fails(Misconfigured), FINE];
    let personalize = FakePersonalize::answering(step.into_iter().cycle().take(30), FINE);
    let state = FakeState::default();
    let handler = handler(&config(), &personalize, &state);
    for _ in 0..30 {
        respond(&handler, get_recommendations(&[])).await;
    }
    assert_eq!(personalize.calls(), 30);
}

#[tokio::test(start_paused = true)]
async fn a_probe_closes_the_breaker_or_opens_it_again() {
    let (config, output) = (config(), Output::default());
    let personalize = FakePersonalize::usually(fails(Unavailable));
    let state = FakeState::with_popular(&["1"]);
    let handler = Handler::new(&config, &personalize, &state, output.metrics(&config), clock::now);
    let mut opened = Vec::new();
    for _ in 0..3 {
        respond(&handler, get_recommendations(&[])).await;
        opened.push(output.last()["BreakerOpened"].clone());
    }
    assert_eq!(json!(opened), json!([0, 0, 1]));

    advance(OPEN_FOR).await;
    assert_eq!(
        reason(&respond(&handler, get_recommendations(&[])).await),
        "unavailable"
    );
    assert_eq!(output.last()["BreakerOpened"], 1, "opened again");
    assert_eq!(
        reason(&respond(&handler, get_recommendations(&[])).await),
        "breaker_open"
    );
    assert_eq!(personalize.calls(), 4);

    advance(OPEN_FOR).await;
    personalize.become_usual(FINE);
    for _ in 0..3 {
        let response = respond(&handler, get_recommendations(&[])).await;
        assert_eq!(response.json()["source"], "personalize");
    }
    assert_eq!(state.record(LOCAL_CAMPAIGN_ARN).open_until, None);
}

#[tokio::test(start_paused = true)]
async fn a_source_that_fails_does_not_take_the_others_with_it() {
    let personalize = FakePersonalize::answering([fails(Misconfigured); 3], FINE);
    let state = FakeState::default();
    let handler = handler(&config(), &personalize, &state);
    for _ in 0..4 {
        respond(&handler, get_related("31", &[])).await;
    }
    assert_eq!(personalize.calls(), 3);
    let response = respond(&handler, get_recommendations(&[])).await;
    assert_eq!(response.json()["source"], "personalize");
}

#[tokio::test(start_paused = true)]
async fn a_store_that_does_not_answer_is_no_failure_of_the_request() {
    for mood in [Mood::Fails, Mood::Hangs] {
        let personalize = FakePersonalize::usually(Step(Duration::from_millis(20), Ok(())));
        let state = FakeState::default();
        state.set_mood(mood);
        let handler = handler(&config(), &personalize, &state);
        let start = Instant::now();
        let response = respond(&handler, get_recommendations(&[])).await;
        assert_eq!(response.json()["source"], "personalize");
        assert_eq!(start.elapsed(), Duration::from_millis(20), "{mood:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_was_read_before_serves_when_the_store_is_down() {
    let personalize =
        FakePersonalize::answering([Step(Duration::from_millis(1), Ok(()))], fails(Unavailable));
    let state = FakeState::with_popular(&["1", "2"]);
    let (config, output) = (config(), Output::default());
    let handler = Handler::new(&config, &personalize, &state, output.metrics(&config), clock::now);
    respond(&handler, get_recommendations(&[])).await;
    state.set_mood(Mood::Fails);
    advance(Duration::from_secs(3_600)).await;
    let response = respond(&handler, get_recommendations(&[])).await;
    assert_eq!(response.items(), ["1", "2"]);
    assert_eq!(output.last()["PopularAge"], 3_600);
}

#[tokio::test(start_paused = true)]
async fn reads_are_not_repeated_while_they_are_fresh() {
    let personalize = FakePersonalize::usually(Step(Duration::from_millis(1), Ok(())));
    let state = FakeState::with_popular(&["1"]);
    let handler = handler(&config(), &personalize, &state);
    for _ in 0..100 {
        respond(&handler, get_recommendations(&[])).await;
    }
    assert_eq!(state.operations(), ["breaker", "popular"]);
    advance(Duration::from_secs(1)).await;
    respond(&handler, get_recommendations(&[])).await;
    assert_eq!(state.operations(), ["breaker", "popular", "breaker"]);
    advance(Duration::from_secs(60)).await;
    respond(&handler, get_recommendations(&[])).await;
    assert_eq!(
        state.operations(),
        ["breaker", "popular", "breaker", "breaker", "popular"]
    );
}
