//! The scheduled task.

use std::time::Duration;

use recommendation_api::event::Reply;
use recommendation_api::personalize::CallErrorKind::{Throttled, Unavailable};
use serde_json::{Value, json};
use stand_ins::personalize::LOCAL_POPULAR_CAMPAIGN_ARN;
use tokio::time::advance;

use crate::support::clock::unix_now;
use crate::support::events::get_recommendations;
use crate::support::fakes::{FINE, FakePersonalize, FakeState, Mood, Step, fails};
use crate::support::{config, config_with, handler, invoke, respond};

fn refresh() -> Value {
    json!({"task": "refresh-popular"})
}

#[tokio::test(start_paused = true)]
async fn the_popular_items_are_fetched_and_kept() {
    let personalize = FakePersonalize::usually(FINE);
    let state = FakeState::default();
    let reply = invoke(&handler(&config(), &personalize, &state), refresh(), "task").await;
    assert_eq!(reply.expect("done"), Reply::Task { items: 1 });
    let kept = state.kept().expect("kept");
    assert_eq!(
        (kept.items()[0].as_str(), kept.fetched_at()),
        ("mine", unix_now())
    );
    assert_eq!(personalize.asked()[0].source, LOCAL_POPULAR_CAMPAIGN_ARN);
}

#[tokio::test(start_paused = true)]
async fn the_environment_that_fetched_them_has_them_at_once() {
    let personalize = FakePersonalize::answering([FINE], fails(Unavailable));
    let state = FakeState::with_popular(&["old"]);
    let handler = handler(&config(), &personalize, &state);
    advance(Duration::from_secs(1)).await;
    invoke(&handler, refresh(), "task").await.expect("done");
    state.set_mood(Mood::Fails);
    assert_eq!(
        respond(&handler, get_recommendations(&[])).await.items(),
        ["mine"]
    );
}

#[tokio::test(start_paused = true)]
async fn a_task_that_was_slow_does_not_overwrite_newer_items() {
    let slow = Step(Duration::from_secs(3), Ok(()));
    let personalize = FakePersonalize::answering([slow, FINE], FINE);
    let state = FakeState::default();
    let handler = handler(&config(), &personalize, &state);
    let later = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        let asked_at = unix_now();
        invoke(&handler, refresh(), "later").await.expect("done");
        asked_at
    };
    let (earlier, asked_at) = tokio::join!(invoke(&handler, refresh(), "earlier"), later);
    earlier.expect("done");
    assert_eq!(state.kept().expect("kept").fetched_at(), asked_at);
}

#[tokio::test(start_paused = true)]
async fn a_task_that_fails_leaves_what_was_kept_and_is_run_again_by_lambda() {
    for (step, mood) in [
        (fails(Throttled), Mood::Answers(Duration::ZERO)),
        (fails(Unavailable), Mood::Answers(Duration::ZERO)),
        (FINE, Mood::Fails),
    ] {
        let personalize = FakePersonalize::usually(step);
        let state = FakeState::with_popular(&["old"]);
        advance(Duration::from_secs(1)).await;
        state.set_mood(mood);
        let reply = invoke(&handler(&config(), &personalize, &state), refresh(), "task").await;
        assert!(reply.is_err());
        assert_eq!(state.kept().expect("kept").items()[0].as_str(), "old");
    }
}

#[tokio::test(start_paused = true)]
async fn a_task_that_is_not_known_or_not_configured_is_an_error() {
    let personalize = FakePersonalize::usually(FINE);
    let state = FakeState::default();
    for event in [json!({"task": "other"}), json!({}), json!([]), json!(null)] {
        let reply = invoke(&handler(&config(), &personalize, &state), event, "task").await;
        assert!(reply.is_err());
    }
    let config = config_with(&[("POPULAR_SOURCE_ARN", "")]);
    let reply = invoke(&handler(&config, &personalize, &state), refresh(), "task").await;
    let error = reply.expect_err("nothing to fetch from");
    assert_eq!(
        error.to_string(),
        "refresh popular items: no source is configured"
    );
    assert_eq!(personalize.calls(), 0);
}
