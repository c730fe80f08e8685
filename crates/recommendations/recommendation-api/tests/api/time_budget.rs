//! The answer comes within the budget, whatever Personalize and the state store do.

use std::time::Duration;

use proptest::prelude::*;
use recommendation_api::personalize::CallErrorKind;
use serde_json::{Value, json};
use tokio::time::{Instant, advance};

use crate::support::events::{get_recommendations, get_related, post_rankings};
use crate::support::fakes::{FOREVER, FakePersonalize, FakeState, Mood, Step};
use crate::support::{config_with, handler, respond};

/// What comes one after the other: how long nobody asks, how the store goes, and what is asked.
#[derive(Debug, Clone)]
struct Turn {
    pause: Duration,
    mood: Mood,
    event: Value,
}

#[derive(Debug, Clone)]
struct Case {
    budget_ms: u64,
    script: Vec<Step>,
    turns: Vec<Turn>,
}

fn times() -> impl Strategy<Value = Duration> {
    prop_oneof![
        Just(Duration::ZERO),
        (0_u64..600).prop_map(Duration::from_millis),
        Just(FOREVER),
    ]
}

fn steps() -> impl Strategy<Value = Step> {
    use CallErrorKind::{Broken, Misconfigured, Refused, Throttled, TimedOut, Unavailable};
    let kinds = [Throttled, TimedOut, Unavailable, Broken, Refused, Misconfigured];
    let answers = prop_oneof![1 => Just(Ok(())), 3 => prop::sample::select(kinds.to_vec()).prop_map(Err)];
    (times(), answers).prop_map(|(time, answer)| Step(time, answer))
}

fn turns() -> impl Strategy<Value = Turn> {
    let moods = prop_oneof![
        3 => times().prop_map(Mood::Answers),
        1 => Just(Mood::Fails),
        1 => Just(Mood::Hangs),
    ];
    let events = prop::sample::select(vec![
        get_recommendations(&[]),
        get_related("31", &[]),
        post_rankings(&json!({"items": ["1", "2"]})),
    ]);
    ((0_u64..12_000), moods, events).prop_map(|(pause, mood, event)| Turn {
        pause: Duration::from_millis(pause),
        mood,
        event,
    })
}

fn cases() -> impl Strategy<Value = Case> {
    let parts = (
        50_u64..1_000,
        prop::collection::vec(steps(), 40),
        prop::collection::vec(turns(), 1..20),
    );
    parts.prop_map(|(budget_ms, script, turns)| Case {
        budget_ms,
        script,
        turns,
    })
}

async fn check(case: Case) -> Result<(), TestCaseError> {
    let budget = case.budget_ms.to_string();
    let config = config_with(&[("TIME_BUDGET_MS", &budget), ("BREAKER_FAILURES", "2")]);
    let usually = *case.script.last().expect("a script");
    let personalize = FakePersonalize::answering(case.script, usually);
    let state = FakeState::with_popular(&["1", "2"]);
    let handler = handler(&config, &personalize, &state);
    for turn in case.turns {
        advance(turn.pause).await;
        state.set_mood(turn.mood);
        let start = Instant::now();
        let response = respond(&handler, turn.event).await;
        prop_assert!(
            start.elapsed() <= Duration::from_millis(case.budget_ms),
            "{:?} of {} ms",
            start.elapsed(),
            case.budget_ms
        );
        prop_assert!(
            [200, 400, 429].contains(&response.status()),
            "{}",
            response.status()
        );
        if response.status() == 200 {
            let body = response.json();
            let personalized = body["source"] == "personalize";
            prop_assert_eq!(body.get("fallback").is_none(), personalized);
            prop_assert_eq!(body.get("recommendationId").is_some(), personalized);
        }
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_answer_comes_within_the_budget(case in cases()) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .start_paused(true)
            .build()
            .expect("a runtime");
        runtime.block_on(check(case))?;
    }
}
