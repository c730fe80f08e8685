//! What several environments make of the state that they share.

use std::time::Duration;

use recommendation_api::handler::Handler;
use recommendation_api::personalize::CallErrorKind::{Throttled, Unavailable};
use recommendation_api::state::StateStore;
use serde_json::Value;
use stand_ins::personalize::LOCAL_CAMPAIGN_ARN;
use tokio::time::advance;

use crate::support::events::get_recommendations;
use crate::support::fakes::{FINE, FakePersonalize, FakeState, HANGS, Mood, Step, fails};
use crate::support::{Response, config, handler, invoke, respond};

const OPEN_FOR: Duration = Duration::from_secs(10);
const A_MOMENT: Duration = Duration::from_millis(1);

type Environment<'fakes> = Handler<&'fakes FakePersonalize, &'fakes FakeState>;

async fn ask(environment: &Environment<'_>) -> Response {
    respond(environment, get_recommendations(&[])).await
}

fn reason(response: &Response) -> Value {
    response.json()["fallback"]["reason"].clone()
}

async fn open(environment: &Environment<'_>) {
    for _ in 0..3 {
        ask(environment).await;
    }
}

#[tokio::test(start_paused = true)]
async fn one_environment_opens_the_breaker_for_all() {
    let personalize = FakePersonalize::usually(Step(A_MOMENT, Err(Unavailable)));
    let state = FakeState::with_popular(&["1"]);
    let (one, other) = (
        handler(&config(), &personalize, &state),
        handler(&config(), &personalize, &state),
    );
    open(&one).await;
    assert!(state.record(LOCAL_CAMPAIGN_ARN).open_until.is_some());
    // The first call of the other environment goes before it knows.
    assert_eq!(reason(&ask(&other).await), "unavailable");
    assert_eq!(reason(&ask(&other).await), "breaker_open");
    assert_eq!(personalize.calls(), 4);
}

#[tokio::test(start_paused = true)]
async fn of_all_environments_one_probes() {
    let personalize = FakePersonalize::usually(Step(A_MOMENT, Err(Unavailable)));
    let state = FakeState::with_popular(&["1"]);
    let environments = [(); 4].map(|()| handler(&config(), &personalize, &state));
    open(&environments[0]).await;
    for environment in &environments[1..] {
        ask(environment).await;
    }
    let before = personalize.calls();

    advance(OPEN_FOR).await;
    personalize.become_usual(Step(Duration::from_millis(50), Ok(())));
    let event = || get_recommendations(&[]);
    let [one, two, three, four] = &environments;
    let _ = tokio::join!(
        invoke(one, event(), "request-1"),
        invoke(two, event(), "request-2"),
        invoke(three, event(), "request-3"),
        invoke(four, event(), "request-4"),
        invoke(four, event(), "request-5"),
    );
    assert_eq!(personalize.calls(), before + 1, "one probe");

    // The others ask again when a probe's time is over, and hear that the breaker is closed.
    advance(Duration::from_secs(1)).await;
    for environment in &environments {
        assert_eq!(ask(environment).await.json()["source"], "personalize");
    }
}

#[tokio::test(start_paused = true)]
async fn a_probe_that_nobody_hears_of_again_is_followed_by_another() {
    let personalize = FakePersonalize::usually(fails(Unavailable));
    let state = FakeState::with_popular(&["1"]);
    let (one, other) = (
        handler(&config(), &personalize, &state),
        handler(&config(), &personalize, &state),
    );
    open(&one).await;
    ask(&other).await;
    advance(OPEN_FOR).await;

    personalize.become_usual(HANGS);
    // The environment that probes is ended in the middle of it.
    let ended = tokio::time::timeout(A_MOMENT, invoke(&one, get_recommendations(&[]), "ended")).await;
    assert!(ended.is_err());
    assert_eq!(reason(&ask(&other).await), "breaker_open");

    personalize.become_usual(FINE);
    advance(Duration::from_secs(1)).await;
    assert_eq!(ask(&other).await.json()["source"], "personalize");
    assert_eq!(state.record(LOCAL_CAMPAIGN_ARN).open_until, None);
}

#[tokio::test(start_paused = true)]
async fn throttling_closes_the_breaker_since_it_is_an_answer() {
    let personalize = FakePersonalize::usually(fails(Unavailable));
    let state = FakeState::default();
    let environment = handler(&config(), &personalize, &state);
    open(&environment).await;
    advance(OPEN_FOR).await;
    personalize.become_usual(fails(Throttled));
    assert_eq!(ask(&environment).await.status(), 429);
    assert_eq!(state.record(LOCAL_CAMPAIGN_ARN).open_until, None);
}

#[tokio::test(start_paused = true)]
async fn without_the_store_each_environment_keeps_its_own_breaker() {
    for mood in [Mood::Fails, Mood::Hangs] {
        let personalize = FakePersonalize::usually(fails(Unavailable));
        let state = FakeState::default();
        state.set_mood(mood);
        let (one, other) = (
            handler(&config(), &personalize, &state),
            handler(&config(), &personalize, &state),
        );
        open(&one).await;
        assert_eq!(reason(&ask(&one).await), "breaker_open");
        assert_eq!(reason(&ask(&other).await), "unavailable");

        advance(OPEN_FOR).await;
        personalize.become_usual(FINE);
        assert_eq!(ask(&one).await.json()["source"], "personalize", "{mood:?}");
        assert_eq!(ask(&one).await.json()["source"], "personalize", "{mood:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_breaker_that_the_store_never_heard_of_closes_in_its_time() {
    let personalize = FakePersonalize::usually(fails(Unavailable));
    let state = FakeState::default();
    state.set_mood(Mood::Fails);
    let environment = handler(&config(), &personalize, &state);
    open(&environment).await;
    state.set_mood(Mood::Answers(Duration::ZERO));
    advance(OPEN_FOR).await;
    personalize.become_usual(FINE);
    assert_eq!(ask(&environment).await.json()["source"], "personalize");
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_lags_behind_closes_nothing() {
    let personalize = FakePersonalize::usually(Step(A_MOMENT, Err(Unavailable)));
    let state = FakeState::with_popular(&["1"]);
    let environment = handler(&config(), &personalize, &state);
    open(&environment).await;
    let source = LOCAL_CAMPAIGN_ARN.parse().expect("an ARN");
    assert!(
        (&state)
            .breaker(&source)
            .await
            .expect("an answer")
            .open_until
            .is_some()
    );
    advance(OPEN_FOR - Duration::from_millis(100)).await;
    assert_eq!(reason(&ask(&environment).await), "breaker_open");
    assert_eq!(personalize.calls(), 3);
}
