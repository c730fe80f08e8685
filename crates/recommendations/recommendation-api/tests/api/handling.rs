//! A request from end to end, over fakes.

use serde_json::{Value, json};
use stand_ins::personalize::{
    LOCAL_CAMPAIGN_ARN, LOCAL_RANKING_CAMPAIGN_ARN, LOCAL_RELATED_ITEMS_CAMPAIGN_ARN,
};

use recommendation_api::handler::Handler;
use recommendation_api::personalize::CallErrorKind;
use recommendation_api::request::Subject;

use crate::support::events::{
    SESSION, by_member, get_recommendations, get_related, post_rankings, request, with,
};
use crate::support::fakes::{FINE, FakePersonalize, FakeState, fails};
use crate::support::output::Output;
use crate::support::{Response, arms, clock, config, config_with, handler, respond};

const READ_USERS: &str = "openid recommendations/users.read";

/// What the function answers when Personalize does.
async fn answer(event: Value) -> Response {
    let personalize = FakePersonalize::usually(FINE);
    let state = FakeState::default();
    respond(&handler(&config(), &personalize, &state), event).await
}

#[tokio::test(start_paused = true)]
async fn every_route_asks_its_source() {
    let cases = [
        (get_recommendations(&[]), LOCAL_CAMPAIGN_ARN),
        (get_related("31", &[]), LOCAL_RELATED_ITEMS_CAMPAIGN_ARN),
        (
            post_rankings(&json!({"items": ["1"]})),
            LOCAL_RANKING_CAMPAIGN_ARN,
        ),
    ];
    for (event, source) in cases {
        let personalize = FakePersonalize::usually(FINE);
        let state = FakeState::default();
        let response = respond(&handler(&config(), &personalize, &state), event).await;
        assert_eq!(response.status(), 200);
        let asked = personalize.asked();
        assert_eq!(asked.len(), 1);
        assert_eq!(asked[0].source, source);
        assert_eq!(asked[0].request.user().as_str(), SESSION);
        assert_eq!(response.json()["source"], "personalize");
        assert_eq!(response.header("X-Recommendation-Source"), Some("personalize"));
        assert_eq!(response.header("Content-Type"), Some("application/json"));
        assert_eq!(response.header("Cache-Control"), Some("private, no-cache"));
        assert_eq!(response.header("Vary"), Some("Authorization"));
        assert_eq!(response.header("Access-Control-Allow-Origin"), Some("*"));
    }
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_what_the_contract_says() {
    let expected = json!({
        "recommendationId": "RID-1",
        "source": "personalize",
        "arm": "control",
        "items": [{"itemId": "mine"}],
    });
    assert_eq!(answer(get_recommendations(&[])).await.json(), expected);
    let expected =
        json!({"recommendationId": "RID-1", "source": "personalize", "items": [{"itemId": "mine"}]});
    assert_eq!(answer(get_related("31", &[])).await.json(), expected);
    assert_eq!(
        answer(post_rankings(&json!({"items": ["1"]}))).await.json(),
        expected
    );
}

#[tokio::test(start_paused = true)]
async fn the_id_of_an_item_is_decoded() {
    let personalize = FakePersonalize::usually(FINE);
    let state = FakeState::default();
    let handler = handler(&config(), &personalize, &state);
    respond(&handler, get_related("a%20b%2Fc", &[])).await;
    let Subject::Related(item, _) = personalize.asked()[0].request.subject().clone() else {
        panic!("not asked for related items");
    };
    assert_eq!(item.as_str(), "a b/c");
    let response = respond(&handler, get_related("%ff", &[])).await;
    assert_eq!(
        (response.status(), response.json()["in"].as_str()),
        (400, Some("path"))
    );
}

#[tokio::test(start_paused = true)]
async fn a_member_is_asked_for_by_the_user_id() {
    let personalize = FakePersonalize::usually(FINE);
    let state = FakeState::default();
    let handler = handler(&config(), &personalize, &state);
    let events = [
        get_recommendations(&[]),
        get_recommendations(&[("userId", "ada")]),
        get_related("31", &[]),
        post_rankings(&json!({"items": ["1"], "userId": "ada"})),
    ];
    for event in events {
        assert_eq!(
            respond(&handler, by_member(event, "ada", "openid"))
                .await
                .status(),
            200
        );
    }
    assert!(
        personalize
            .asked()
            .iter()
            .all(|asked| asked.request.user().as_str() == "ada")
    );
}

#[tokio::test(start_paused = true)]
async fn another_user_needs_the_scope() {
    let events = [
        get_recommendations(&[("userId", "ben")]),
        post_rankings(&json!({"items": ["1"], "userId": "ben"})),
    ];
    for event in events {
        let refused = [event.clone(), by_member(event.clone(), "ada", "openid")];
        for event in refused {
            let response = answer(event).await;
            assert_eq!(response.status(), 403);
            assert_eq!(response.header("Content-Type"), Some("application/problem+json"));
            assert_eq!(response.json()["title"], "Forbidden");
        }
        assert_eq!(answer(by_member(event, "ada", READ_USERS)).await.status(), 200);
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_answered_who_is_not_known() {
    for authorizer in [
        json!(null),
        json!({}),
        json!({"userId": "ada"}),
        json!({"sessionId": 1}),
    ] {
        let mut event = get_recommendations(&[]);
        event["requestContext"]["authorizer"] = authorizer;
        let response = answer(event).await;
        assert_eq!(response.status(), 401);
        assert_eq!(response.json()["status"], 401);
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_route_is_refused_here_too() {
    for (method, resource, status) in [
        ("GET", "/", 404),
        ("GET", "/sessions", 404),
        ("HEAD", "/recommendations", 405),
        ("POST", "/recommendations", 405),
        ("GET", "/rankings", 405),
    ] {
        let response = answer(request(method, resource)).await;
        assert_eq!(response.status(), status, "{method} {resource}");
        assert_eq!(response.header("Content-Type"), Some("application/problem+json"));
        assert_eq!(
            response.header("Allow").is_some(),
            status == 405,
            "{method} {resource}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_route_without_a_source_is_not_found() {
    let config = config_with(&[("RELATED_SOURCE_ARN", ""), ("RANKING_CAMPAIGN_ARN", "")]);
    let personalize = FakePersonalize::usually(FINE);
    let state = FakeState::default();
    let handler = handler(&config, &personalize, &state);
    for event in [get_related("31", &[]), post_rankings(&json!({"items": ["1"]}))] {
        assert_eq!(respond(&handler, event).await.status(), 404);
    }
    assert_eq!(personalize.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn bad_input_is_named_and_never_asked_for() {
    let personalize = FakePersonalize::usually(FINE);
    let state = FakeState::default();
    let response = respond(
        &handler(&config(), &personalize, &state),
        get_recommendations(&[("numResults", "501")]),
    )
    .await;
    let expected = json!({
        "type": "about:blank",
        "title": "Bad Request",
        "status": 400,
        "detail": "not a whole number from 1 to 500",
        "field": "numResults",
        "in": "query",
    });
    assert_eq!((response.status(), response.json()), (400, expected));
    assert_eq!(response.header("Cache-Control"), Some("no-store"));
    assert_eq!(personalize.calls(), 0);
}

#[tokio::test(start_paused = true)]
async fn what_personalize_refuses_is_the_clients_to_change() {
    let personalize = FakePersonalize::usually(fails(CallErrorKind::Refused));
    let state = FakeState::default();
    let response = respond(
        &handler(&config(), &personalize, &state),
        get_recommendations(&[]),
    )
    .await;
    assert_eq!(response.status(), 400);
    assert_eq!(response.json().get("field"), None);
}

#[tokio::test(start_paused = true)]
async fn throttling_tells_the_client_to_slow_down() {
    let personalize = FakePersonalize::usually(fails(CallErrorKind::Throttled));
    let state = FakeState::with_popular(&["1"]);
    let handler = handler(&config(), &personalize, &state);
    for _ in 0..10 {
        let response = respond(&handler, get_recommendations(&[])).await;
        assert_eq!(response.status(), 429);
        assert_eq!(response.header("Retry-After"), Some("1"));
    }
    assert_eq!(personalize.calls(), 10, "throttling opens no breaker");
}

#[tokio::test(start_paused = true)]
async fn a_list_that_the_client_has_is_not_sent_again() {
    let first = answer(get_recommendations(&[])).await;
    let etag = first.header("ETag").expect("a tag").to_owned();
    for header in ["If-None-Match", "if-none-match"] {
        let event = with(get_recommendations(&[]), "headers", json!({header: etag}));
        let response = answer(event).await;
        assert_eq!((response.status(), response.body()), (304, ""));
        assert_eq!(response.header("ETag"), Some(etag.as_str()));
        assert_eq!(response.header("Content-Type"), None);
        assert_eq!(response.header("X-Recommendation-Source"), Some("personalize"));
    }
    let other = with(
        get_recommendations(&[]),
        "headers",
        json!({"If-None-Match": "W/\"other\""}),
    );
    assert_eq!(answer(other).await.status(), 200);
    let ranking = post_rankings(&json!({"items": ["1"]}));
    let ranking = answer(with(ranking, "headers", json!({"If-None-Match": "*"}))).await;
    assert_eq!((ranking.status(), ranking.header("ETag")), (200, None));
}

#[tokio::test(start_paused = true)]
async fn each_arm_has_its_source_and_its_metrics() {
    let config = config_with(&[("RECOMMENDATION_ARMS", &arms(&[("a", 1), ("b", 1)]))]);
    let personalize = FakePersonalize::usually(FINE);
    let state = FakeState::default();
    let output = Output::default();
    let handler = Handler::new(&config, &personalize, &state, output.metrics(&config), clock::now);
    let mut seen = Vec::new();
    for user in ["1", "2", "3", "4", "5", "6", "7", "8"] {
        let response = respond(&handler, by_member(get_recommendations(&[]), user, "")).await;
        let arm = response.json()["arm"].as_str().expect("an arm").to_owned();
        let source = personalize.asked().pop().expect("asked").source;
        let expected = config
            .sources
            .arms
            .all()
            .iter()
            .find(|each| each.name().as_str() == arm);
        assert_eq!(
            source,
            expected.expect("an arm of the configuration").source().as_str()
        );
        assert_eq!(output.last()["Arm"], arm.as_str());
        seen.push(arm);
    }
    assert!(
        seen.contains(&"a".to_owned()) && seen.contains(&"b".to_owned()),
        "{seen:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn every_request_is_counted() {
    let cases = [
        (FINE, get_recommendations(&[]), [0, 0, 0]),
        (
            fails(CallErrorKind::Unavailable),
            get_recommendations(&[]),
            [1, 0, 0],
        ),
        (
            fails(CallErrorKind::Throttled),
            get_recommendations(&[]),
            [0, 1, 0],
        ),
        (fails(CallErrorKind::Refused), get_recommendations(&[]), [0, 0, 1]),
        (FINE, get_recommendations(&[("numResults", "0")]), [0, 0, 1]),
        (FINE, request("HEAD", "/recommendations"), [0, 0, 0]),
        (FINE, json!({"httpMethod": 1}), [0, 0, 1]),
    ];
    for (step, event, [fallbacks, throttled, bad]) in cases {
        let (config, output) = (config(), Output::default());
        let personalize = FakePersonalize::usually(step);
        let state = FakeState::default();
        let handler = Handler::new(&config, &personalize, &state, output.metrics(&config), clock::now);
        respond(&handler, event.clone()).await;
        let line = output.last();
        let counts = [
            "Requests",
            "Fallbacks",
            "Throttled",
            "BadRequests",
            "BreakerOpened",
        ]
        .map(|name| line[name].clone());
        assert_eq!(json!(counts), json!([1, fallbacks, throttled, bad, 0]), "{event}");
        assert_eq!(line.get("PersonalizeLatency").is_some(), personalize.calls() > 0);
    }
}
